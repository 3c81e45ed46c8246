"""A call takes all of a person, a written conversation a part: how many they have at once."""

from datetime import UTC, datetime, timedelta

import pytest

from qiao.contact import operations
from qiao.contact.models import AgentState, Offer
from qiao.contact.operations import Asked, Wish
from qiao.contact.queries import offered_to, why_waiting
from qiao.contact.tests.skilled import BILLS, WRITTEN, skilled_company
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
AT_ONCE = catalogue().channels["wechat"].at_once


@pytest.fixture
def world() -> Company:
    made = skilled_company()
    operations.sign_on(actor=made.agent, endpoint="PJSIP/1", now=NOW)
    return made


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def comes(world: Company, subject: int, channel: str, seconds: float) -> None:
    """A chat, or a call about a bill."""
    kind, queue = ("call", BILLS) if channel == "phone" else ("chat", WRITTEN)
    wish = Wish(queue, channel, kind, subject, world.company.pk, after(seconds))
    operations.wait_for_agent(wish=wish, now=after(seconds))


def asked(seconds: float) -> list[Asked]:
    return list(operations.route(now=after(seconds)))


def take(each: Asked, seconds: float) -> None:
    operations.take_offer(offer_id=each.offer_id, now=after(seconds))
    operations.leave_queue(
        subject_kind=each.subject_kind, subject_id=each.subject_id, why="taken",
        now=after(seconds),
    )  # fmt: skip


def stands(actor: Actor) -> str:
    return AgentState.objects.get(staff_id=actor.person_id).state


def test_somebody_has_as_many_chats_as_the_pack_says_and_no_call_beside_them(
    world: Company,
) -> None:
    for n in range(AT_ONCE + 1):
        comes(world, n, "wechat", n)
    found = asked(10)
    assert [each.subject_id for each in found] == list(range(AT_ONCE))
    assert asked(11) == []
    for each in found:
        take(each, 12)
    assert stands(world.agent) == "ready"
    comes(world, 9, "phone", 13)
    assert asked(14) == []
    assert why_waiting(subject_kind="call", now=after(14)) == {9: "all_busy"}


def test_whose_chat_is_over_has_room_for_the_next_and_for_a_call_after_the_last(
    world: Company,
) -> None:
    for n in range(AT_ONCE + 1):
        comes(world, n, "wechat", n)
    for each in asked(10):
        take(each, 11)
    assert operations.release_part(subject_kind="chat", subject_id=0, now=after(20))
    assert not operations.release_part(subject_kind="chat", subject_id=0, now=after(20))
    (last,) = asked(21)
    assert last.subject_id == AT_ONCE
    take(last, 22)
    comes(world, 9, "phone", 23)
    for n in range(1, AT_ONCE + 1):
        assert asked(24) == []
        operations.release_part(subject_kind="chat", subject_id=n, now=after(25))
    (call,) = asked(26)
    assert (call.subject_kind, call.subject_id) == ("call", 9)
    assert stands(world.agent) == "reserved"


def test_who_talks_is_asked_nothing_and_the_end_of_the_talk_ends_no_chat(world: Company) -> None:
    comes(world, 1, "wechat", 0)
    (chat,) = asked(1)
    take(chat, 2)
    # Somebody in charge may give a call to whom they name, beside what they write.
    comes(world, 2, "phone", 3)
    given = operations.reserve(wish_of=("call", 2), staff_id=world.agent.person_id, now=after(4))
    assert given is not None
    take(given, 5)
    comes(world, 3, "wechat", 6)
    assert asked(7) == []
    operations.release_agent(staff_id=world.agent.person_id, now=after(60))
    assert list(Offer.objects.filter(released_at=None).values_list("pk", flat=True)) == [
        chat.offer_id
    ]
    operations.be_ready(actor=world.agent, now=after(70))
    operations.renew_leases(people=[world.agent.person_id], now=after(70))
    assert [each.subject_id for each in asked(71)] == [3]


def test_a_chat_that_is_not_taken_keeps_its_place_and_its_person_is_not_ready(
    world: Company,
) -> None:
    comes(world, 1, "wechat", 0)
    (chat,) = asked(1)
    assert operations.refuse_offer(offer_id=chat.offer_id, why="no_answer", now=after(20))
    assert stands(world.agent) == "not_ready"
    assert asked(21) == []
    operations.be_ready(actor=world.agent, now=after(22))
    (again,) = asked(23)
    assert again.subject_id == 1
    operations.refuse_offer(offer_id=again.offer_id, why="caller_gone", now=after(24))
    assert stands(world.agent) == "ready"


def test_a_call_that_rings_is_shown_before_a_chat_that_was_offered_later(world: Company) -> None:
    comes(world, 1, "phone", 0)
    (call,) = asked(1)
    comes(world, 2, "wechat", 2)
    assert asked(3) == []
    shown = offered_to(staff_id=world.agent.person_id)
    assert shown is not None
    assert (shown.offer_id, shown.subject_kind) == (call.offer_id, "call")


def test_the_next_chat_goes_to_whoever_got_none_for_longest(world: Company) -> None:
    operations.sign_on(actor=world.colleague, endpoint="PJSIP/2", now=after(1))
    got = []
    for n in range(4):
        comes(world, n, "wechat", 10 + n)
        (each,) = asked(10 + n)
        take(each, 10 + n)
        got.append(each.staff_id)
    assert (
        sorted(got[:2])
        == sorted(got[2:])
        == sorted([world.agent.person_id, world.colleague.person_id])
    )
