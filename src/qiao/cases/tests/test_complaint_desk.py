"""The green channel, disputes, and what executives read and decide."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases import operations, queries
from qiao.cases.models import Case, CaseGreen, Digest, DigestItem, Dispute, GreenRuleRow
from qiao.cases.operations.complaint_rules import install_rules, set_digest_reader
from qiao.cases.operations.digests import candidates, draw_due
from qiao.cases.queries import disputes_of, green_share
from qiao.cases.rules.digest import Candidate, draw
from qiao.cases.rules.green import GreenRule, Standing, first_that_holds, percent_of, raised
from qiao.cases.tests import world
from qiao.cases.tests.browsing import client_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.calendar_edits import put_calendar
from qiao.core.packs.green_rules import GreenRuleSpec
from qiao.core.rules.texts import Text
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import Customer
from qiao.customers.operations import register_customer
from qiao.customers.operations.protecting import claim_protection
from qiao.customers.tests.factories import make_account
from qiao.messaging.models import Message
from qiao.staff.models import Notice, Staff
from qiao.staff.tests.cast import Company

NAME = Text("Hospitals", "医院", "醫院")
PRIORITIES = ("urgent", "high", "normal", "low")


def hospital(company: Company) -> Customer:
    """A protected customer of the lake branch."""
    return register_customer(
        actor=company.agent,
        now=NOW,
        organisation_id=company.lake.pk,
        name="市二院",
        flags=["hospital"],
    )


@pytest.fixture
def rules(company: Company) -> None:
    """One rule of the green channel: hospitals' faults."""
    GreenRuleRow.objects.all().delete()
    spec = GreenRuleSpec(
        "hospital",
        NAME,
        NAME,
        date(2026, 10, 1),
        {"protections": ["hospital"], "groups": ["fault"]},
        "urgent",
    )
    install_rules(packs=[replace(world.PACK, green_rules=(spec,))], now=NOW)


def test_a_protected_customer_jumps_the_queue_by_a_rule_that_stands_on_the_case(
    company: Company, rules: None
) -> None:
    case = a_case(company, customer_id=hospital(company).pk)
    assert case.is_green
    assert case.priority == "urgent"
    entry = case.events.get(kind="green_entered")
    assert entry.data["rule"] == "hospital"
    assert entry.data["since"] == "2026-10-01"
    assert case.clocks.get(promise="respond").target_seconds == world.HOUR // 2


def test_others_wait_their_turn(company: Company, rules: None) -> None:
    assert not a_case(company).is_green
    assert not a_case(company, customer_id=hospital(company).pk, type_key="water.bill").is_green


def test_open_cases_of_a_customer_who_is_protected_since_jump_the_queue(
    company: Company, rules: None
) -> None:
    customer = register_customer(
        actor=company.agent, now=NOW, organisation_id=company.lake.pk, name="市二院"
    )
    case, bill = (
        a_case(company, customer_id=customer.pk, type_key=key)
        for key in ("water.leak", "water.bill")
    )
    left, stranger = a_case(company, customer_id=customer.pk), a_case(company)
    told: dict[str, Any] = {"case_id": left.pk, "reason": "x", "actor": company.agent, "now": NOW}
    operations.put_in_green(**told)
    operations.take_out_of_green(**told)
    claim_protection(
        actor=company.agent, now=NOW, customer_id=customer.pk, kind="hospital", reason="x"
    )
    run_deliveries()
    in_it = Case.objects.filter(is_green=True).values_list("pk", "priority")
    assert list(in_it) == [(case.pk, "urgent")]
    assert {bill.pk, left.pk, stranger.pk} == set(
        Case.objects.filter(is_green=False).values_list("pk", flat=True)
    )
    assert case.events.get(kind="green_entered").data["rule"] == "hospital"
    assert CaseGreen.objects.get(case=case).rule is not None


def test_by_hand_it_takes_a_reason_and_the_share_is_told(company: Company, rules: None) -> None:
    case = a_case(company)
    a_case(company)
    who: dict[str, Any] = {"case_id": case.pk, "actor": company.agent, "now": NOW}
    with pytest.raises(operations.GreenReasonMissing):
        operations.put_in_green(reason=" ", **who)
    operations.put_in_green(reason="区长热线交办", **who)
    share = green_share(actor=company.agent)
    assert (share.green, share.total, share.percent, share.is_much) == (1, 2, 50, True)
    with pytest.raises(operations.NotGreen):
        operations.put_in_green(reason="again", **who)
    operations.take_out_of_green(reason="已办结", **who)
    assert green_share(actor=company.agent).green == 0


@given(
    st.dictionaries(st.sampled_from("abc"), st.frozensets(st.sampled_from("xyz"), min_size=1)),
    st.dictionaries(st.sampled_from("abc"), st.frozensets(st.sampled_from("xyz"))),
)
def test_a_rule_holds_only_if_all_that_it_names_is_there(
    wants: dict[str, frozenset[str]], has: dict[str, frozenset[str]]
) -> None:
    found = first_that_holds([GreenRule("r", wants, "high")], Standing(has))
    assert (found is not None) == (
        bool(wants) and all(has.get(name, frozenset()) & want for name, want in wants.items())
    )


@given(st.sampled_from(PRIORITIES), st.sampled_from(PRIORITIES))
def test_a_priority_is_never_lowered(before: str, least: str) -> None:
    after = raised(before, least)
    assert PRIORITIES.index(after) <= min(PRIORITIES.index(before), PRIORITIES.index(least))


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_between_nothing_and_all(part: int, more: int) -> None:
    assert 0 <= percent_of(part, part + more) <= 100


def account_of(company: Company) -> int:
    """An account of the lake branch."""
    return make_account(company.agent).pk


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 10_000),
        st.sampled_from(["", "watch", "high"]),
        st.datetimes().map(lambda d: d.replace(tzinfo=NOW.tzinfo)),
        st.booleans(),
    ),
    max_size=40,
    unique_by=lambda each: each.case_id,
)


@given(CANDIDATES, st.integers(1, 20), st.integers(0, 2**31), st.randoms())
def test_a_draw_is_repeated_by_its_seed_whatever_the_order(
    pool: list[Candidate], count: int, seed: int, rng: Random
) -> None:
    drawn = draw(pool, count=count, seed=seed)
    shuffled = list(pool)
    rng.shuffle(shuffled)
    assert draw(shuffled, count=count, seed=seed) == drawn
    assert len(drawn) <= min(count, len(pool))
    assert len({each.case_id for each in drawn}) == len(drawn)


@given(CANDIDATES, st.integers(3, 20), st.integers(0, 2**31))
def test_the_highest_risk_is_always_read(pool: list[Candidate], count: int, seed: int) -> None:
    drawn = {each.case_id for each in draw(pool, count=count, seed=seed)}
    high = [each for each in pool if each.risk == "high"]
    if high:
        first = min(high, key=lambda each: (each.opened_at, each.case_id))
        assert first.case_id in drawn


def as_complaint(case: Case) -> Case:
    """The case as one of a complaint type."""
    type(case.case_type).objects.filter(pk=case.case_type_id).update(group="complaint")
    return case


@pytest.fixture
def digest(company: Company) -> Digest:
    """The chief's digest of two complaints."""
    for title in ("第一件", "第二件"):
        as_complaint(a_case(company, title=title))
    read_by_chief(company)
    assert draw_due(now=NOW) == 0
    return Digest.objects.get(staff=company.chief.staff_id)


def read_by_chief(company: Company) -> None:
    """The chief reads the digest from now on, and today's is drawn."""
    set_digest_reader(
        actor=company.chief,
        now=NOW,
        staff_id=company.chief.person_id,
        organisation_id=company.company.pk,
        hour=8,
        count=5,
    )
    assert draw_due(now=NOW) == 1


def test_every_working_day_the_executive_is_told_of_the_draw(
    company: Company, digest: Digest
) -> None:
    assert digest.items.count() == 2
    assert Notice.objects.filter(staff=company.chief.staff_id, subject_id=digest.pk).exists()
    again = draw(candidates(company.chief), count=5, seed=digest.seed)
    assert [each.case_id for each in again] == list(
        digest.items.order_by("place").values_list("case_id", flat=True)
    )
    saturday, before_hour = NOW + timedelta(days=1), NOW + timedelta(days=3, hours=-3)
    assert draw_due(now=saturday) == 0
    assert draw_due(now=before_hour) == 0


def test_a_long_story_leads_to_its_older_entries(company: Company, digest: Digest) -> None:
    case_id = digest.items.order_by("place")[0].case_id
    page = reverse("cases:digest", args=[digest.pk])
    older = f"{reverse('cases:feed', args=[case_id])}?side=&amp;before="
    reader = client_of(Staff.objects.get(pk=company.chief.person_id))
    assert older not in reader.get(page).content.decode()
    for number in range(15):
        operations.add_note(case_id=case_id, text=f"记 {number}", actor=company.agent, now=NOW)
    assert older in reader.get(page).content.decode()


def test_no_open_complaint_is_left_out_of_the_draw(company: Company, digest: Digest) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = candidates(company.chief)
    assert len(found) == 2
    assert not any("LIMIT" in query["sql"] for query in asked if "opened_at" in query["sql"])


def test_a_reader_who_left_keeps_nobody_elses_digest_back(company: Company) -> None:
    as_complaint(a_case(company))
    terms: dict[str, Any] = {"actor": company.chief, "now": NOW, "hour": 8, "count": 5}
    set_digest_reader(staff_id=company.agent.person_id, organisation_id=company.lake.pk, **terms)
    Staff.objects.filter(pk=company.agent.person_id).update(is_active=False)
    read_by_chief(company)
    assert [each.staff_id for each in Digest.objects.all()] == [company.chief.person_id]


def test_a_working_day_that_is_planned_for_later_is_none_today(company: Company) -> None:
    weekend = (("08:30", "12:00"),)
    usual = next(each for each in world.PACK.calendars if each.key == "office")
    planned = replace(usual, week={**usual.week, "sat": weekend})
    put_calendar(key="water.office", spec=planned, effective_at=NOW + timedelta(days=30))
    as_complaint(a_case(company))
    read_by_chief(company)
    assert draw_due(now=NOW + timedelta(days=1)) == 0
    assert draw_due(now=NOW + timedelta(days=36)) == 1


def test_the_e_mail_of_a_digest_says_how_much_waits_and_nothing_of_whom(
    company: Company,
) -> None:
    Staff.objects.filter(pk=company.chief.person_id).update(
        email="chief@example.org", language="zh-hans"
    )
    case = as_complaint(a_case(company, caller_name="钱多多"))
    read_by_chief(company)
    message = Message.objects.get(kind="digest")
    assert message.to_address == "chief@example.org"
    assert message.channel == "email"
    assert "1 件投诉" in message.body
    told = message.title + message.body
    for private in (case.number, case.title, case.description, case.caller_name, case.place):
        assert not private or private not in told


def test_a_decision_is_an_entry_of_the_case_and_a_duty_of_its_owner(
    company: Company, digest: Digest
) -> None:
    item = digest.items.order_by("place")[0]
    order: dict[str, Any] = {
        "item_id": item.pk,
        "decision": "order",
        "words": "三日内上门",
        "owner_id": company.agent.person_id,
        "due_date": NOW.date() + timedelta(days=3),
        "now": NOW,
    }
    with pytest.raises(operations.NotYourDigest):
        operations.decide(actor=company.agent, **order)
    with pytest.raises(operations.BadDecision):
        operations.decide(actor=company.chief, **{**order, "owner_id": None})
    operations.decide(actor=company.chief, **order)
    with pytest.raises(operations.DecidedAlready):
        operations.decide(actor=company.chief, **order)
    assert item.case.events.filter(kind="executive_decided", data__words="三日内上门").exists()
    (waiting,) = queries.open_orders(actor=company.agent)
    assert waiting.is_mine
    operations.finish_order(item_id=item.pk, words="已上门", actor=company.agent, now=NOW)
    assert not queries.open_orders(actor=company.agent)
    assert DigestItem.objects.get(pk=item.pk).done_words == "已上门"


def test_who_heads_sees_what_is_unread_and_outsiders_see_nothing(
    company: Company, digest: Digest
) -> None:
    since = NOW.date() - timedelta(days=7)
    (line,) = queries.digests(actor=company.chief, since=since, everybody=True)
    assert line.read_at is None
    operations.read_digest(digest_id=digest.pk, actor=company.chief, now=NOW)
    (line,) = queries.digests(actor=company.chief, since=since)
    assert line.read_at == NOW
    assert not queries.digests(actor=company.outsider, since=since, everybody=True)
    with pytest.raises(queries.NotVisible.__bases__[0]):
        queries.digest_for(actor=company.outsider, digest_id=digest.pk)


def test_a_dispute_is_told_to_collection_until_it_ends_with_the_case(company: Company) -> None:
    account = account_of(company)
    case = a_case(company, account_id=account, type_key="water.bill")
    who: dict[str, Any] = {"actor": company.agent, "now": NOW}
    for amount in (0, -1):
        with pytest.raises(operations.BadDispute):
            operations.open_dispute(case_id=case.pk, bill="2026-10", amount=amount, **who)
    first = operations.open_dispute(case_id=case.pk, bill="2026-10", amount=1_200, **who)
    assert operations.open_dispute(case_id=case.pk, bill="2026-10", amount=5, **who) == first
    operations.open_dispute(
        case_id=case.pk, bill="2026-09", amount=None, stays_because="法院受理", **who
    )
    found = disputes_of(account_ids=[account], at=NOW + timedelta(hours=1))
    assert [(line.bill, line.amount) for line in found] == [("2026-10", 1_200), ("2026-09", None)]
    assert not disputes_of(account_ids=[account], at=NOW - timedelta(hours=1))
    assert operations.end_with_case(case_id=case.pk, now=NOW) == 0
    later = NOW + timedelta(days=1)
    Case.objects.filter(pk=case.pk).update(
        closed_at=later, closed_date=later.date(), phase="closed"
    )
    assert operations.end_with_case(case_id=case.pk, now=later) == 1
    left = disputes_of(account_ids=[account], at=later + timedelta(hours=1))
    assert [line.bill for line in left] == ["2026-09"]
    assert Dispute.objects.get(pk=first.pk).ended_at == later


def test_without_an_account_no_bill_is_disputed(company: Company) -> None:
    case = a_case(company)
    with pytest.raises(operations.NoAccount):
        operations.open_dispute(
            case_id=case.pk, bill="x", amount=None, actor=company.agent, now=NOW
        )
