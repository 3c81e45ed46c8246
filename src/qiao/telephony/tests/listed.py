"""A company with agents signed on, and lists of calls that they work."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from qiao.cases.operations import OpenRequest, open_case
from qiao.contact.operations import sign_on
from qiao.core.actor import Actor
from qiao.customers.models import Customer, Segment, SegmentKept, SegmentMember
from qiao.customers.tests.factories import make_customer
from qiao.feedback.models import FollowUp
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.operations import (
    ListDraft,
    add_line,
    make_call_list,
    next_entry,
    turn_call_list,
)

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)  # a Friday in Shanghai
OWN = "screen/1027"


def world_of() -> Company:
    made = make_company()
    add_line(number="96111", name="热线", organisation_id=made.company.pk, queue="water.billing")
    for each, endpoint in ((made.agent, OWN), (made.colleague, "screen/1028")):
        sign_on(actor=each, endpoint=endpoint, now=NOON)
    return made


def people(world: Company, count: int) -> list[Customer]:
    return [
        make_customer(world.agent, name=f"客户{n}", phones=[f"1380571{2000 + n * 10}"])
        for n in range(count)
    ]


def segment(world: Company, members: list[Customer], name: str = "阀门到期") -> Segment:
    made = Segment.objects.create(
        organisation_id=world.lake.pk, name=name, rule={}, state="current", created_at=NOON,
        changed_at=NOON,
    )  # fmt: skip
    SegmentKept.objects.create(segment=made)
    SegmentMember.objects.bulk_create(
        SegmentMember(segment=made, customer=each, since=NOON) for each in members
    )
    return made


def made_list(
    world: Company, members: list[Customer], name: str = "回访", **more: Any
) -> CallList:
    of = segment(world, members, name)
    draft = ListDraft(name, world.lake.pk, segment_id=of.pk, **more)
    return make_call_list(draft=draft, actor=world.agent, now=NOON)


def running(world: Company, members: list[Customer], name: str = "回访", **more: Any) -> CallList:
    found = made_list(world, members, name, **more)
    return turn_call_list(list_id=found.pk, state="running", actor=world.agent, now=NOON)


def follow_up_of(world: Company, customer: Customer) -> FollowUp:
    """A follow-up of a case of the customer that waits to be called about."""
    request = OpenRequest(
        type_key="water.small_leak", organisation_id=world.lake.pk, title="漏水", channel="phone",
        area="339102", place="翠湖花园", facts={"leak_at": "before_meter"},
        customer_id=customer.pk,
    )  # fmt: skip
    case = open_case(request=request, actor=world.agent, now=NOON)
    return FollowUp.objects.create(
        case=case, entered_seq=1, organisation_id=world.lake.pk,
        assigned_to_id=world.agent.person_id, opened_at=NOON,
    )  # fmt: skip


def states(found: CallList) -> list[tuple[str, str]]:
    return list(found.entries.order_by("id").values_list("state", "why"))


def taken(*, list_id: int, actor: Actor, now: datetime = NOON) -> CallListEntry:
    """The next to be called, who must be there."""
    found = next_entry(list_id=list_id, actor=actor, now=now)
    assert found is not None
    return found


def browser(staff: Staff) -> Client:
    """Somebody's browser, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff)
    return client
