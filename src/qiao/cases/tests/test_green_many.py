"""The green channel follows what happens to many customers at once."""

from dataclasses import replace
from datetime import date

from qiao.cases.models import Case, GreenRuleRow
from qiao.cases.operations.complaint_rules import install_rules
from qiao.cases.tests import world
from qiao.cases.tests.world import NOW, a_case
from qiao.core import events
from qiao.core.packs.green_rules import GreenRuleSpec
from qiao.core.rules.texts import Text
from qiao.core.tests.deliveries import run_background, run_deliveries
from qiao.customers.events import TiersGraded
from qiao.customers.models import Customer, TierChange
from qiao.customers.operations import merge_customers, register_customer
from qiao.customers.operations.segment_keeping import build_segment
from qiao.customers.operations.segments import save_segment
from qiao.customers.operations.tag_work import tag_segment
from qiao.customers.operations.tags import create_tag
from qiao.customers.rules.segments import Group, Line, Rule
from qiao.staff.tests.cast import Company

NAME = Text("First", "优先", "優先")


def install(**terms: list[str]) -> None:
    """One rule of the green channel, by these terms."""
    GreenRuleRow.objects.all().delete()
    spec = GreenRuleSpec("first", NAME, NAME, date(2026, 10, 1), terms, "high")
    install_rules(packs=[replace(world.PACK, green_rules=(spec,))], now=NOW)


def somebody(company: Company, *flags: str) -> Customer:
    """A customer of the lake branch."""
    return register_customer(
        actor=company.agent,
        now=NOW,
        organisation_id=company.lake.pk,
        name="市二院",
        flags=list(flags),
    )


def in_it() -> set[int]:
    """The cases in the green channel."""
    return set(Case.objects.filter(is_green=True).values_list("pk", flat=True))


def test_cases_of_one_who_is_the_same_as_a_protected_customer_enter(company: Company) -> None:
    """A merge tells it: the case was opened for the row that now stands for another."""
    install(protections=["hospital"])
    known, doubled, other = somebody(company, "hospital"), somebody(company), somebody(company)
    case = a_case(company, customer_id=doubled.pk)
    stranger = a_case(company, customer_id=other.pk)
    assert in_it() == set()
    merge_customers(actor=company.chief, now=NOW, customer_id=known.pk, merged_id=doubled.pk)
    run_deliveries()
    assert in_it() == {case.pk}
    assert stranger.pk not in in_it()


def graded(company: Company, *customers: Customer) -> None:
    """As the nightly grading tells that it moved these into tier A."""
    for each in customers:
        Customer.objects.filter(pk=each.pk).update(tier="A")
        TierChange.objects.create(
            customer=each,
            tier="A",
            computed_tier="A",
            at=NOW,
            rule_version="1",
            points=1,
            inputs={},
        )
    ids = sorted(each.pk for each in customers)
    events.publish(
        TiersGraded("1", len(ids), ids[0], ids[-1], NOW),
        organisation_id=company.company.pk,
        actor=None,
        now=NOW,
    )
    run_deliveries()


def test_cases_of_all_whom_the_rule_moved_enter(company: Company) -> None:
    """Those between them that were not moved, and cases taken out by hand, stay outside."""
    install(tiers=["A"])
    first, between, last = (somebody(company) for _ in range(3))
    one, two, three = (a_case(company, customer_id=each.pk) for each in (first, between, last))
    graded(company, first, last)
    assert in_it() == {one.pk, three.pk}
    assert two.pk not in in_it()


def test_gradings_look_at_no_case_where_no_rule_asks_for_tiers(company: Company) -> None:
    """A rule of protections alone is not disturbed by tiers."""
    install(protections=["hospital"])
    customer = somebody(company)
    a_case(company, customer_id=customer.pk)
    graded(company, customer)
    assert in_it() == set()


def test_cases_of_a_segment_that_was_tagged_enter(company: Company) -> None:
    """All who carry the tag now, each once."""
    install(tags=["VIP"])
    tag = create_tag(actor=company.chief, now=NOW, name="VIP")
    cases = [a_case(company, customer_id=somebody(company).pk) for _ in range(3)]
    rule = Rule("all", (Group("all", (Line("customers.kind", "in", ("person",)),)),))
    segment = save_segment(
        actor=company.agent, now=NOW, name="s", note="", rule=rule,
        organisation_id=company.lake.pk,
    )  # fmt: skip
    build_segment(segment_id=segment.pk, now=NOW)
    tag_segment(actor=company.agent, now=NOW, tag_id=tag.pk, segment_id=segment.pk)
    run_background()
    run_deliveries()
    assert in_it() == {case.pk for case in cases}
