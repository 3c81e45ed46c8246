"""Rules of the green channel on screen: changed per unit, off and on, in order, tried before."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases.models import Case, GreenRuleRow
from qiao.cases.operations.complaint_rules import BadRule, RuleMissing, install_rules
from qiao.cases.operations.green_rules import (
    GreenWish,
    add_green_rule,
    change_green_rule,
    end_green_rule,
    place_green_rule,
)
from qiao.cases.queries.green_trials import try_green_rule
from qiao.cases.tests import world
from qiao.cases.tests.browsing import client_of, text_of
from qiao.cases.tests.world import a_case
from qiao.core.actor import Forbidden
from qiao.core.packs.green_rules import GreenRuleSpec
from qiao.core.rules.text import BadText
from qiao.core.rules.texts import Text
from qiao.customers.models import Customer
from qiao.customers.operations import register_customer
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
HOSPITALS = {"protections": ["hospital"], "groups": ["fault"]}


@pytest.fixture
def rule(company: Company) -> GreenRuleRow:
    """What the pack brings: faults of hospitals are urgent."""
    del company
    GreenRuleRow.objects.all().delete()
    install(date(2026, 1, 1))
    return GreenRuleRow.objects.get()


def install(day: date) -> None:
    name = Text("Hospitals", "医院", "醫院")
    spec = GreenRuleSpec("hospital", name, name, day, HOSPITALS, "urgent")
    install_rules(packs=[replace(world.PACK, green_rules=(spec,))], now=timezone.now())


def hospital(company: Company) -> Customer:
    return register_customer(
        actor=company.agent, now=timezone.now(), organisation_id=company.lake.pk, name="市二院",
        flags=["hospital"],
    )  # fmt: skip


def opened(company: Company, customer: Customer, unit: Any = None) -> Case:
    where = {"organisation": unit} if unit else {}
    actor = company.outsider if unit else company.agent
    return a_case(company, actor, customer_id=customer.pk, now=timezone.now(), **where)


def wish(unit: Any = None, **changes: Any) -> GreenWish:
    told: dict[str, Any] = {
        "valid_from": TODAY(), "terms": HOSPITALS, "raises_to": "urgent", "source": "Order 7",
        "organisation_id": unit and unit.pk,
    }  # fmt: skip
    return GreenWish(**(told | changes))


def changed(company: Company, row: GreenRuleRow, unit: Any = None, **changes: Any) -> GreenRuleRow:
    return change_green_rule(
        rule_id=row.pk, wish=wish(unit, **changes), actor=company.chief, now=timezone.now()
    )


def test_a_rule_that_is_switched_off_in_a_unit_holds_next_door_and_again_when_that_ends(
    company: Company, rule: GreenRuleRow
) -> None:
    customer, now = hospital(company), timezone.now()
    assert opened(company, customer).is_green
    off = changed(company, rule, company.lake, is_on=False)
    assert not opened(company, customer).is_green
    assert opened(company, customer, company.river).is_green
    rule.refresh_from_db()
    assert (rule.valid_to, off.key, off.place) == (None, rule.key, rule.place)
    end_green_rule(rule_id=off.pk, valid_to=TODAY(), actor=company.chief, now=now)
    assert opened(company, customer).is_green
    with pytest.raises(RuleMissing):
        end_green_rule(rule_id=rule.pk, valid_to=TODAY(), actor=company.chief, now=now)


def test_a_change_is_another_version_that_an_older_pack_leaves_alone(
    company: Company, rule: GreenRuleRow
) -> None:
    newer = changed(company, rule, raises_to="high", terms={"groups": ["fault"]})
    rule.refresh_from_db()
    assert rule.valid_to == newer.valid_from
    assert newer.changed_by_id == company.chief.staff_id
    case = a_case(company, now=timezone.now())
    assert (case.is_green, case.priority) == (True, "high")
    install(date(2026, 1, 1))
    assert GreenRuleRow.objects.filter(valid_to__isnull=True).get() == newer
    with pytest.raises(RuleMissing):
        changed(company, rule)


def test_a_newer_pack_takes_over_place_and_state_and_leaves_units_alone(
    company: Company, rule: GreenRuleRow
) -> None:
    own = changed(company, rule, company.lake)
    changed(company, rule, is_on=False)
    install(TODAY() + timedelta(days=1))
    pack = GreenRuleRow.objects.get(valid_to__isnull=True, organisation=None)
    assert (pack.is_on, pack.place, pack.changed_by) == (False, rule.place, None)
    own.refresh_from_db()
    assert own.valid_to is None


def test_a_version_that_has_not_begun_is_written_anew(
    company: Company, rule: GreenRuleRow
) -> None:
    morrow = TODAY() + timedelta(days=1)
    planned = changed(company, rule, valid_from=morrow, raises_to="high")
    again = changed(company, planned, valid_from=morrow, terms={"groups": ["complaint"]})
    assert (again.pk, again.raises_to) == (planned.pk, "urgent")
    with pytest.raises(BadRule):
        changed(company, planned, valid_from=TODAY())
    begun = changed(company, planned, company.lake)
    with pytest.raises(BadRule):
        changed(company, begun, company.lake)


def test_the_first_rule_in_their_order_counts(company: Company, rule: GreenRuleRow) -> None:
    own = add_green_rule(
        pack="water", name="All faults", wish=wish(terms={"groups": ["fault"]}, raises_to="high"),
        actor=company.chief, now=timezone.now(),
    )  # fmt: skip
    customer = hospital(company)
    assert opened(company, customer).green.rule == rule
    place_green_rule(rule_id=own.pk, place=1, actor=company.chief)
    assert opened(company, customer).green.rule == own
    rule.refresh_from_db()
    assert rule.place == 2
    with pytest.raises(BadRule):
        place_green_rule(rule_id=own.pk, place=3, actor=company.chief)


def test_what_cannot_stand_is_refused(company: Company, rule: GreenRuleRow) -> None:
    yesterday = TODAY() - timedelta(days=1)
    for field, bad in (
        ("valid_from", {"valid_from": yesterday}),
        ("terms", {"terms": {}}),
        ("terms", {"terms": {"moon": ["full"]}}),
        ("raises_to", {"raises_to": "low"}),
    ):
        with pytest.raises(BadRule) as refusal:
            changed(company, rule, **bad)
        assert refusal.value.field == field
    with pytest.raises(BadText):
        changed(company, rule, source=" ")
    with pytest.raises(Forbidden):
        change_green_rule(rule_id=rule.pk, wish=wish(), actor=company.agent, now=timezone.now())


def test_a_rule_is_tried_on_recent_cases_of_the_asked_units(
    company: Company, rule: GreenRuleRow
) -> None:
    del rule
    now, customer = timezone.now(), hospital(company)
    caught = opened(company, customer)
    a_case(company, now=now)
    a_case(company, customer_id=customer.pk, now=now - timedelta(days=40))
    opened(company, customer, company.river)
    now = timezone.now()
    tried = try_green_rule(pack="water", terms=HOSPITALS, units=[company.lake.pk], now=now)
    assert (tried.total, tried.caught, tried.numbers) == (2, 1, (caught.number,))
    wanted: list[tuple[dict[str, list[str]], int]] = [
        ({"types": ["leak"]}, 2),
        ({"types": ["water.leak"], "priorities": ["urgent"]}, 1),
        ({"tiers": ["A"], "tags": ["x"]}, 0),
    ]
    for terms, caught_by in wanted:
        found = try_green_rule(pack="water", terms=terms, units=[company.lake.pk], now=now)
        assert (terms, found.caught) == (terms, caught_by)


@pytest.fixture
def chief(company: Company) -> Client:
    browser = client_of(company.chief_staff)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return browser


def form(**changes: Any) -> dict[str, Any]:
    return {
        "unit": "", "state": "on", "terms_protections": ["hospital"],
        "terms_groups": ["fault", "complaint"], "raises": "high",
        "valid_from": TODAY().isoformat(), "source": "Order 7",
    } | changes  # fmt: skip


def test_on_screen_a_rule_is_read_tried_and_then_changed(
    company: Company, rule: GreenRuleRow, chief: Client
) -> None:
    opened(company, hospital(company))
    listed = text_of(chief.get(reverse("administration:code_table", args=["cases.green"])))
    assert (
        "If the customer is protected as Hospital, and the case is of the group Fault report"
        in listed
    )
    page = reverse("administration:code_action", args=["cases.green", rule.pk, "change"])
    assert 'name="try"' in text_of(chief.get(page))
    tried = chief.post(page, form(**{"try": "1"}))
    assert tried.status_code == 200
    assert "it would have caught 1" in text_of(tried)
    assert GreenRuleRow.objects.count() == 1
    nothing = chief.post(page, form(terms_protections=[], terms_groups=[], **{"try": "1"}))
    assert nothing.status_code == 422
    assert "at least one thing" in text_of(nothing)
    assert chief.post(page, form(terms_groups=["moon"])).status_code == 422
    assert chief.post(page, form()).status_code == 302
    newest = GreenRuleRow.objects.get(valid_to__isnull=True)
    assert newest.terms == {"protections": ["hospital"], "groups": ["fault", "complaint"]}
    assert newest.raises_to == "high"


def test_on_screen_rules_are_switched_placed_and_added(
    company: Company, rule: GreenRuleRow, chief: Client
) -> None:
    def url(row: GreenRuleRow, action: str) -> str:
        return reverse("administration:code_action", args=["cases.green", row.pk, action])

    off = form(unit=str(company.lake.pk), state="off")
    assert chief.post(url(rule, "change"), off).status_code == 302
    own = GreenRuleRow.objects.get(organisation=company.lake)
    assert not own.is_on
    shown = text_of(chief.get(reverse("cases:green")))
    assert company.lake.name in shown
    assert "The customer is protected as Hospital" in shown
    add = reverse("administration:code_add", args=["cases.green", "add"])
    told = form(
        name="Schools", pack="water", terms_protections=["school"], terms_tags="VIP，press",
        terms_types=["water.leak"],
    )  # fmt: skip
    assert chief.post(add, told).status_code == 302
    added = GreenRuleRow.objects.get(names__en="Schools")
    assert (added.place, added.terms["tags"]) == (2, ["VIP", "press"])
    assert chief.post(url(added, "place"), {"place": "x"}).status_code == 422
    assert chief.post(url(added, "place"), {"place": "1"}).status_code == 302
    assert chief.post(url(own, "end"), {"valid_to": TODAY().isoformat()}).status_code == 302
    own.refresh_from_db()
    assert (own.valid_to, own.place) == (TODAY(), 2)
    assert chief.get(url(rule, "end")).status_code == 404
