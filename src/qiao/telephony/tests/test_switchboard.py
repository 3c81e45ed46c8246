"""The board of one controller, by itself: what does not fit is told, and nothing stands still."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations import Wish, sign_on, wait_for_agent
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.controller import Controller
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.models import Call, CallAsk, CallEntry
from qiao.telephony.operations import Switchboard, Work, add_line
from qiao.telephony.operations.calls_at_hand import Given
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Outcome, View

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
BILLS, HOTLINE = "water.billing", "96111"


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=BILLS, names={"en": BILLS})
    give_skill(staff=made.agent_staff, skill_key=BILLS, level=3)
    add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
    return made


def on_duty(world: Company) -> None:
    sign_on(actor=world.agent, endpoint="PJSIP/1", now=NOW)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def arrive(board: Switchboard, channel: str = "c1") -> Call:
    """A caller who is answered and waits."""
    board.hear(switch.Arrived(NOW, channel, "13805712264", HOTLINE), now=NOW)
    board.hear(switch.Up(NOW, channel), now=NOW)
    return Call.objects.get(channel=channel)


def talking(board: Switchboard) -> Call:
    """A caller whom the agent has taken."""
    call = arrive(board)
    leg = f"q{call.pk}-a2"
    board.hear(switch.Ready(NOW, leg, "agent", str(call.pk)), now=NOW)
    orders = board.hear(switch.Up(NOW, leg), now=NOW)
    for given in orders:
        board.bring(given, Outcome.DONE, now=NOW)
    call.refresh_from_db()
    assert call.phase == "talking"
    return call


def test_what_waits_and_is_no_call_that_waits_does_not_hold_the_agent(world: Company) -> None:
    on_duty(world)
    wish = Wish(BILLS, "phone", "call", 999, world.company.pk, NOW)
    wait_for_agent(wish=wish, now=NOW)
    assert Switchboard().pass_time(now=after(1)) == []
    assert Waiting.objects.get().state == "gone"
    assert AgentState.objects.get().state == "ready"
    assert Offer.objects.get().why == "caller_gone"


def test_an_ask_that_cannot_be_carried_out_stands_before_no_other(world: Company) -> None:
    on_duty(world)
    board = Switchboard()
    call = talking(board)
    for kind, data in (("Hold", {"wrong": 1}), ("Fly", {}), ("Hold", {"on": True})):
        CallAsk.objects.create(call=call, kind=kind, data=data, asked_at=NOW)
    orders = [each.order for each in board.carry_out_asks(now=after(2))]
    assert switch.HoldMusic("c1", on=True) in orders
    assert not CallAsk.objects.filter(done_at__isnull=True).exists()
    call.refresh_from_db()
    assert call.phase == "held"


def test_a_call_to_a_number_that_is_no_line_waits_for_a_person(world: Company) -> None:
    del world
    board = Switchboard()
    board.hear(switch.Arrived(NOW, "c1", "anonymous", "000"), now=NOW)
    board.hear(switch.Up(NOW, "c1"), now=NOW)
    call = Call.objects.get()
    assert (call.phase, call.phone, call.caller) == ("waiting", "", "anonymous")


def test_calls_are_taken_up_with_as_many_statements_for_many_as_for_few(world: Company) -> None:
    del world
    board = Switchboard()
    counts = []
    for calls in (2, 12):
        for number in range(Call.objects.count(), calls):
            arrive(board, f"c{number}")
        view = View(tuple(switch.ChannelSeen(f"c{n}", True, "") for n in range(calls)), ())
        with CaptureQueriesContext(connection) as asked:
            fresh = Switchboard()
            fresh.take_up(view, now=after(5))
        assert fresh.living == calls
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_word_about_a_call_that_is_not_known_changes_nothing(world: Company) -> None:
    del world
    board = Switchboard()
    assert board.hear(switch.Left(NOW, "q77-a1"), now=NOW) == []
    assert board.bring(Given(77, switch.Answer("c")), Outcome.GONE, now=NOW) == []


def heard(*channels: str) -> list[switch.Signal]:
    """So many callers at one moment, each answered."""
    signals: list[switch.Signal] = [
        switch.Arrived(NOW, each, f"1380571226{each[-1]}", HOTLINE) for each in channels
    ]
    signals += [switch.Up(NOW, each) for each in channels]
    return signals


def hearing(board: Switchboard, signal: switch.Signal) -> Work:
    return lambda now: board.hear(signal, now=now)


def logged(channel: str) -> list[tuple[int, str]]:
    entries = CallEntry.objects.filter(call__channel=channel).order_by("seq")
    return list(entries.values_list("seq", "kind"))


def test_what_waits_is_done_at_once_as_it_would_be_one_by_one(world: Company) -> None:
    on_duty(world)
    alone, board = Switchboard(), Switchboard()
    with CaptureQueriesContext(connection) as one_by_one:
        given = [each for signal in heard("c1", "c2") for each in alone.hear(signal, now=NOW)]
    AgentState.objects.update(state=AgentState.State.READY)
    Offer.objects.all().delete()
    Waiting.objects.all().delete()
    works = [hearing(board, signal) for signal in heard("c3", "c4")]
    with CaptureQueriesContext(connection) as together:
        taken = board.at_once(works, now=NOW)
    assert [logged("c3"), logged("c4")] == [logged("c1"), logged("c2")]
    assert len(logged("c3")) == Call.objects.get(channel="c3").entry_count
    assert sorted(type(each.order).__name__ for each in taken) == sorted(
        type(each.order).__name__ for each in given
    )
    assert Waiting.objects.filter(state="offered").count() == 1
    assert len(together) < len(one_by_one) * 2 / 3


def test_one_that_cannot_be_done_leaves_the_others_of_its_moment_done_once(
    world: Company,
) -> None:
    on_duty(world)
    controller = Controller(SimEngine(LoopClock(timezone.now)), lambda: NOW)
    board = controller.board

    def breaks(_now: datetime) -> list[Given]:
        raise LookupError("a rule of ours")

    works = [*(hearing(board, signal) for signal in heard("c1", "c2")), breaks]
    with pytest.raises(LookupError):
        board.at_once(works, now=NOW)
    assert (board.living, Call.objects.count(), Offer.objects.count()) == (0, 0, 0)
    done = controller._done(works)  # noqa: SLF001 - what its thread does with what waits
    assert board.living == Call.objects.count() == 2
    assert len(logged("c1")) == Call.objects.get(channel="c1").entry_count
    assert [type(each.order).__name__ for each in done].count("Create") == 1
    assert Offer.objects.count() == 1


def ready(call: Call) -> switch.Ready:
    return switch.Ready(NOW, f"q{call.pk}-a2", "agent", str(call.pk))


def test_what_is_not_written_comes_at_sight_as_in_its_turn(world: Company) -> None:
    on_duty(world)
    board = Switchboard()
    call = arrive(board)
    (dial,) = board.at_sight(ready(call)) or ()
    assert isinstance(dial.order, switch.Dial)
    assert board.hear(ready(call), now=NOW) == [dial]


def test_what_is_written_or_not_known_is_heard_in_its_turn(world: Company) -> None:
    on_duty(world)
    board = Switchboard()
    call = arrive(board)
    entries = CallEntry.objects.count()
    assert board.at_sight(switch.Up(NOW, f"q{call.pk}-a2")) is None
    assert board.at_sight(switch.Ready(NOW, "q999999-a2", "agent", "")) is None
    assert board.at_sight(switch.Ready(NOW, "unknown", "agent", "")) is None
    assert CallEntry.objects.count() == entries


def test_of_a_call_that_a_turn_has_touched_nothing_comes_at_sight(world: Company) -> None:
    """The caller hangs up in the turn that goes on: whether that stands nobody knows yet."""
    on_duty(world)
    board = Switchboard()
    call = arrive(board)
    seen: list[object] = []

    def hangs_up(now: datetime) -> list[Given]:
        seen.append(board.at_sight(ready(call)))
        orders = board.hear(switch.Gone(now, "c1", 16), now=now)
        seen.append(board.at_sight(ready(call)))
        return list(orders)

    board.at_once([hangs_up], now=after(1))
    before, within = seen
    assert before
    assert within is None
    assert not board.at_sight(ready(call))
