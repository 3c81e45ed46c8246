"""Protections are given at once, confirmed with evidence, and ended only by people."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.approvals import AlreadyPending, SamePerson, decide
from qiao.core.models import Approval, Event
from qiao.customers.models import Customer, Protection, ProtectionStep
from qiao.customers.operations import (
    Coming,
    Evidence,
    HandOver,
    claim_protection,
    confirm_protection,
    end_protection,
    hand_over_account,
    merge_customers,
    remind_of_protection,
    restate_protections,
    undo_merge,
)
from qiao.customers.operations.documents import NewDocument, add_document
from qiao.customers.operations.protecting import end_agreed, keep_refused
from qiao.customers.operations.protection_moving import move_protections_on
from qiao.customers.operations.refusals import (
    AlreadyProtected,
    EvidenceMissing,
    ReasonMissing,
    WrongState,
)
from qiao.customers.protection_contributions import tell
from qiao.customers.protection_tasks import move_on
from qiao.customers.queries import NotVisible, list_customers
from qiao.customers.queries.protection import protection_counts, protection_work, protections_at
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


@pytest.fixture
def company() -> Company:
    return make_company()


def claimed(actor: Actor, customer: Customer, kind: str = "infant", **more: Any) -> Protection:
    return claim_protection(actor=actor, now=NOW, customer_id=customer.pk, kind=kind, **more)


def confirmed(actor: Actor, protection: Protection, **more: Any) -> Protection:
    told = Evidence(TODAY, issuer="民政局", certificate="33910219880101234567")
    return confirm_protection(
        actor=actor, now=NOW, protection_id=protection.pk, evidence=told, **more
    )


def flags(customer: Customer) -> list[str]:
    return Customer.objects.get(pk=customer.pk).flags


def disagreeing() -> list[int]:
    """Customers whose kept flags are not what their protections say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM customers_customer c WHERE c.flags <> customers_protected_as(c.id)"
        )
        return [pk for (pk,) in cursor.fetchall()]


def test_it_holds_from_the_claim_on_and_the_same_is_not_claimed_twice(company: Company) -> None:
    customer = make_customer(company.agent)
    protection = claimed(company.agent, customer, reason="孩子刚满月")
    assert (flags(customer), protection.stage) == (["infant"], "claimed")
    assert protection.prove_by == TODAY + timedelta(days=30)
    with pytest.raises(AlreadyProtected):
        claimed(company.agent, customer)
    assert [line.name for line in list_customers(actor=company.agent, flag="infant").lines] == [
        customer.name
    ]
    with pytest.raises(NotVisible):
        claimed(company.outsider, customer, "welfare")


@pytest.mark.usefixtures("media")
def test_evidence_is_a_paper_of_the_file_or_a_certificate_kept_masked(company: Company) -> None:
    agent = company.agent
    customer, other = make_customer(agent), make_customer(agent, name="王伟")
    protection = confirmed(agent, claimed(agent, customer), until=date(2029, 1, 1))
    assert (protection.stage, protection.certificate) == ("in_force", "3391************4567")
    assert (protection.due_date, protection.grace_until) == (
        TODAY + timedelta(days=365),
        date(2029, 1, 1) + timedelta(days=60),
    )
    papers = [
        add_document(
            actor=agent,
            now=NOW,
            customer_id=each.pk,
            told=NewDocument("other", "出生证明", TODAY),
            file=BytesIO(b"born"),
            file_name="born.txt",
        )
        for each in (customer, other)
    ]
    told = Evidence(TODAY, papers[0].pk)
    confirm_protection(actor=agent, now=NOW, protection_id=protection.pk, evidence=told)
    protection.refresh_from_db()
    assert (protection.document, protection.certificate, protection.until) == (papers[0], "", None)
    acts = list(ProtectionStep.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["confirmed", "extended"]
    for bad, refusal in (
        (Evidence(TODAY), EvidenceMissing),
        (Evidence(TODAY, papers[1].pk), NotVisible),
    ):
        with pytest.raises(refusal):
            confirm_protection(actor=agent, now=NOW, protection_id=protection.pk, evidence=bad)


def test_one_person_ends_most_kinds_with_a_reason_and_only_once(company: Company) -> None:
    customer = make_customer(company.agent)
    protection = claimed(company.agent, customer)
    told: dict[str, Any] = {"actor": company.agent, "now": NOW, "protection_id": protection.pk}
    with pytest.raises(ReasonMissing):
        end_protection(**told, reason=" ")
    assert end_protection(**told, reason="已满三岁") is None
    assert flags(customer) == []
    with pytest.raises(WrongState):
        end_protection(**told, reason="已满三岁")
    assert claimed(company.agent, customer).pk != protection.pk


def test_life_support_ends_only_when_a_second_person_agrees(company: Company) -> None:
    customer = make_customer(company.agent)
    protection = claimed(company.agent, customer, "life_support")
    told: dict[str, Any] = {"actor": company.agent, "now": NOW, "protection_id": protection.pk}
    for agrees, expected in ((False, ["life_support"]), (True, [])):
        asked = end_protection(**told, reason="设备已归还医院")
        assert asked is not None
        assert flags(customer) == ["life_support"]
        with pytest.raises(AlreadyPending):
            end_protection(**told, reason="设备已归还医院")
        word: dict[str, Any] = {"approval_id": asked.pk, "approve": agrees, "note": "已核实"}
        with pytest.raises(SamePerson):
            decide(**word, actor=company.agent, now=NOW)
        second = company.colleague
        decided = decide(**word, actor=second, now=NOW)
        (end_agreed if agrees else keep_refused)(approval=decided, actor=second, now=NOW)
        assert flags(customer) == expected
    acts = list(ProtectionStep.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["asked", "kept", "asked", "ended"]


def test_days_bring_it_onto_the_list_and_never_out_of_force(company: Company) -> None:
    agent = company.agent
    customer, other = make_customer(agent), make_customer(agent, name="王伟")
    until = TODAY + timedelta(days=90)
    first = confirmed(agent, claimed(agent, customer), until=until)
    second = claimed(agent, other, "welfare")
    for day, stages in (
        (TODAY + timedelta(days=29), ("in_force", "claimed")),
        (TODAY + timedelta(days=30), ("in_force", "due")),
        (until - timedelta(days=30), ("due", "due")),
        (until, ("grace", "due")),
        (until + timedelta(days=60), ("overdue", "due")),
    ):
        move_protections_on(now=NOW + (day - TODAY))
        assert move_protections_on(now=NOW + (day - TODAY)) == 0
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.stage, second.stage) == stages
    assert (flags(customer), flags(other)) == (["infant"], ["welfare"])
    told = Event.objects.filter(name="customers.protections_moved").order_by("id")
    assert [each.payload["stage"] for each in told] == ["due", "due", "grace", "overdue"]
    page, _after = protection_work(actor=agent)
    assert [line.protection_id for line in page] == [second.pk, first.pk]
    assert protection_counts(actor=agent) == {"overdue": 1, "due": 1}
    assert protection_work(actor=company.outsider) == ([], None)


def test_each_branch_moves_on_at_its_own_midnight(company: Company) -> None:
    company.river.timezone = "Asia/Urumqi"
    company.river.save()
    here = claimed(company.agent, make_customer(company.agent))
    west = claimed(company.outsider, make_customer(company.outsider))
    assert here.moves_on == west.moves_on
    half_past = datetime(2024, 1, 1, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    midnight = half_past + ((here.moves_on or TODAY) - half_past.date())
    for hours, stages in (
        (-1, ("claimed", "claimed")),
        (0, ("due", "claimed")),
        (2, ("due",) * 2),
    ):
        move_on(midnight + timedelta(hours=hours))
        here.refresh_from_db()
        west.refresh_from_db()
        assert (here.stage, west.stage) == stages
    told = Event.objects.filter(name="customers.protections_moved").order_by("id")
    assert {each.payload["day"] for each in told} == {str(midnight.date())}


def test_the_list_is_read_page_by_page(company: Company) -> None:
    for n in range(5):
        claimed(company.agent, make_customer(company.agent, name=f"客户{n}"))
    move_protections_on(now=NOW + timedelta(days=40))
    seen, after = protection_work(actor=company.agent, limit=2)
    while after is not None:
        page, after = protection_work(actor=company.agent, limit=2, after=after)
        seen += page
    assert len({line.protection_id for line in seen}) == len(seen) == 5
    assert protection_work(actor=company.agent, kind="welfare")[0] == []
    assert protection_work(actor=company.agent, stage="grace")[0] == []
    assert len(protection_work(actor=company.agent, branch=company.lake.pk)[0]) == 5


def test_the_protections_of_both_records_hold_while_they_are_merged(company: Company) -> None:
    agent = company.agent
    one, other, third = (make_customer(agent, name=name) for name in ("王伟", "王维", "王唯"))
    claimed(agent, other, "welfare")
    claimed(agent, third, "life_support")
    merge_customers(actor=agent, now=NOW, customer_id=other.pk, merged_id=third.pk)
    merge_customers(actor=agent, now=NOW, customer_id=one.pk, merged_id=other.pk)
    assert flags(one) == flags(other) == ["life_support", "welfare"]
    late = claimed(agent, third, "infant")  # told of the merged record, held by who stands for it
    assert late.customer_id == one.pk
    ended = Protection.objects.get(kind="welfare")
    end_protection(actor=agent, now=NOW, protection_id=ended.pk, reason="已脱贫")
    assert flags(one) == ["life_support", "infant"]
    undo_merge(actor=agent, now=NOW, merged_id=other.pk)
    assert [flags(each) for each in (one, other, third)] == [
        ["infant"], ["life_support"], ["life_support"],
    ]  # fmt: skip
    assert disagreeing() == []


def test_what_one_of_two_merged_records_has_is_not_claimed_again_and_events_name_who_stands(
    company: Company,
) -> None:
    agent = company.agent
    one, other = (make_customer(agent, name=name) for name in ("王伟", "王维"))
    welfare, life = (claimed(agent, other, kind) for kind in ("welfare", "life_support"))
    merge_customers(actor=agent, now=NOW, customer_id=one.pk, merged_id=other.pk)
    for kind in ("welfare", "life_support"):
        with pytest.raises(AlreadyProtected):
            claimed(agent, one, kind)
    confirmed(agent, welfare)
    end_protection(actor=agent, now=NOW, protection_id=welfare.pk, reason="已脱贫")
    told: dict[str, Any] = {"actor": agent, "now": NOW, "protection_id": life.pk}
    asked = end_protection(reason="设备已归还医院", **told)
    assert asked is not None
    second: dict[str, Any] = {"actor": company.colleague, "now": NOW}
    assert (tell(asked).title, tell(asked).url) == ("王伟 · 居家生命支持", f"/customers/{one.pk}/")
    decided = decide(approval_id=asked.pk, approve=True, note="", **second)
    end_agreed(approval=decided, **second)
    names = ("protection_confirmed", "protection_ended", "customer_changed")
    events = Event.objects.filter(name__in=[f"customers.{name}" for name in names])
    after = events.filter(pk__gt=Event.objects.get(name="customers.customers_merged").pk)
    assert [each.payload["customer_id"] for each in after.order_by("id")] == [one.pk] * 5


def test_whatever_is_written_into_the_flags_the_protections_say_what_stands_there(
    company: Company,
) -> None:
    customer = make_customer(company.agent, flags=["infant"])
    customer.flags = ["hospital", "welfare"]
    customer.save()
    assert flags(customer) == ["infant"]
    Customer.objects.filter(pk=customer.pk).update(flags=[])
    assert flags(customer) == ["infant"]
    assert disagreeing() == []


def test_restating_claims_what_is_new_and_asks_before_it_takes_life_support(
    company: Company,
) -> None:
    customer = make_customer(company.agent, flags=["life_support", "infant"])
    told: dict[str, Any] = {"actor": company.agent, "now": NOW, "customer_id": customer.pk}
    for _twice in range(2):
        restated = restate_protections(**told, kinds=["welfare"], reason="告知")
        assert restated.flags == ["life_support", "welfare"]
    assert Approval.objects.filter(kind="protection.end").count() == 1


def test_who_moves_out_leaves_a_protection_of_the_place_to_be_looked_at(company: Company) -> None:
    agent = company.agent
    old, new = make_customer(agent), make_customer(agent, name="王伟")
    account = make_account(agent, owner=old)
    place = account.service_point.premises_id  # type: ignore[union-attr] # it has one
    at_home = claimed(agent, old, "life_support", premises_id=place)
    along = claimed(agent, old, "welfare")
    assert protections_at(actor=agent, account_id=account.pk, limit=5) == [at_home]
    owner = account.parties.get()
    hand_over = HandOver(TODAY, leaving=(owner.pk,), coming=(Coming(new.pk, ("owner",)),))
    hand_over_account(actor=agent, now=NOW, account_id=account.pk, hand_over=hand_over)
    move_on(NOW)
    at_home.refresh_from_db()
    along.refresh_from_db()
    assert (at_home.stage, along.stage) == ("due", "claimed")
    assert (flags(old), flags(new)) == (["life_support", "welfare"], [])


def test_a_reminder_is_a_note_of_the_customer(company: Company) -> None:
    customer = make_customer(company.agent)
    protection = claimed(company.agent, customer)
    remind_of_protection(
        actor=company.agent, now=NOW, protection_id=protection.pk, words="已电话通知"
    )
    assert "已电话通知" in customer.notes.get().text
    with pytest.raises(NotVisible):
        remind_of_protection(
            actor=company.outsider, now=NOW, protection_id=protection.pk, words="x"
        )
