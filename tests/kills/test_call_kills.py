"""A controller is killed amid fifty calls in all phases, between any two of its orders; another
takes them up. Telephones go on meanwhile: nobody may be stuck, and the queue keeps its order."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations import sign_on
from qiao.core.actor import Actor
from qiao.customers.tests.factories import make_customer
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person
from qiao.telephony.engines.sim_phones import Manner
from qiao.telephony.models import Call as Row
from qiao.telephony.models import CallEntry
from qiao.telephony.operations import add_line, ask_of_call, call_customer, install_menus
from qiao.telephony.operations.owing import owe_call
from qiao.telephony.queries import histories
from qiao.telephony.rules import asks
from qiao.telephony.rules.calls import CALLING, Call
from qiao.telephony.tests.conducted import Conducted

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)  # a Friday in Shanghai
BILLS = "water.billing"
HOTLINE, GREETED, MENU = "96111", "96112", "96390"
PHASES = {
    "greeted": 4, "menu": 6, "waiting": 16, "talking": 10, "held": 4, "consulting": 4,
    "own_phone": 3, "dialling": 3,
}  # fmt: skip
ANSWERS: tuple[Manner, ...] = ("answers",)
SILENT: tuple[Manner, ...] = ("silent",)
OWN, OTHER = ANSWERS * 7 + SILENT, ANSWERS * 4 + SILENT * 4  # of those who call out
Act = Callable[[], object]


class Mortal(Conducted):
    """Dies after so many more orders: those that it kept and did not give are lost."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.left = -1  # without end
        self.is_dead = False
        give = self.switch.give

        def give_and_count(order: object) -> object:
            outcome = give(order)  # type: ignore[arg-type]
            self.left -= 1
            if self.left == 0:
                self.dies()
            return outcome

        self.switch.give = give_and_count  # type: ignore[method-assign,assignment]

    def dies(self) -> None:
        self.is_dead, self.switch.hears = True, False
        self._orders.clear()

    def _take(self, orders: object) -> None:
        if not self.is_dead:
            super()._take(orders)  # type: ignore[arg-type]

    def look(self) -> None:
        if not self.is_dead:
            super().look()

    def run(self, seconds: float) -> None:
        if self.is_dead:
            self.clock.run(seconds)
        else:
            super().run(seconds)

    def another_controller(self) -> None:
        self.is_dead, self.left, self.switch.hears = False, -1, True
        super().another_controller()
        self.look()


class Hall:
    """A hotline with its people and its callers."""

    def __init__(self, chance: Random) -> None:
        self.world: Company = make_company()
        self.chance = chance
        self.desk = Mortal(NOON)
        self.desk.switch.sound_seconds = lambda _sound: 60.0
        define_skill(key=BILLS, names={"en": BILLS})
        install_menus(NOON)
        unit = self.world.company.pk
        add_line(number=HOTLINE, name="热线", organisation_id=unit, queue=BILLS)
        add_line(number=GREETED, name="问候", organisation_id=unit, queue=BILLS, greeting=("hi",))
        add_line(number=MENU, name="菜单", organisation_id=unit, queue=BILLS, menu="water.hotline")
        self.people: list[Actor] = []
        self.callers = 0

    def on_duty(self, manner: Manner = "answers") -> Actor:
        """One more agent who takes calls, or lets them ring."""
        number = str(3001 + len(self.people))
        staff = person(number=number, name=f"坐席{number}", branch=self.world.lake)
        give_skill(staff=staff, skill_key=BILLS, level=3)
        found = actor_for(staff, day=TODAY)
        self.people.append(found)
        self.desk.own(found, phone_of(found), manner)
        sign_on(actor=found, endpoint=phone_of(found), now=self.desk.now)
        AgentState.objects.update(lease_until=NOON + timedelta(hours=9))
        return found

    def calls(self, number: str = HOTLINE) -> str:
        self.callers += 1
        return self.desk.switch.call(f"1380571{self.callers:04d}", number)

    def asks(self, phase: str, what: asks.Ask, place: int = 0) -> None:
        """Whoever has one of the calls that stand so asks something of it."""
        rows = list(Row.objects.filter(phase=phase, direction="in").order_by("id"))
        for row in rows[place : place + 1]:
            actor = next(each for each in self.people if each.person_id == row.staff_id)
            ask_of_call(call_id=row.pk, ask=what, actor=actor, now=self.desk.now)
        self.desk.look()

    def calls_out(self, own: Manner, other: Manner) -> None:
        actor = self.on_duty(own)
        number = f"+86139057{self.callers:05d}"
        self.callers += 1
        self.desk.other(number, other)
        customer = make_customer(self.world.agent, phones=[number])
        call_customer(customer_id=customer.pk, number=number, actor=actor, now=self.desk.now)
        self.desk.look()

    def owes(self) -> None:
        """Somebody kept their place, and whoever is to call them back is rung."""
        since = NOON - timedelta(minutes=10)
        self.callers += 1
        number = f"+86137057{self.callers:05d}"
        came = Row.objects.create(
            organisation_id=self.world.lake.pk, channel=f"c{number}", caller=number[3:],
            phone=number, arrived_at=since, queued_at=since, phase="ended", ended_at=NOON,
            end="menu",
        )  # fmt: skip
        owe_call(call=came, kind="callback", phone=number, queue=BILLS, now=self.desk.now)
        self.on_duty("silent")

    def fills(self) -> None:
        """Fifty calls, in all phases."""
        self._talks()
        self._goes_out()
        desk = self.desk
        for number, times in ((GREETED, 4), (MENU, 6), (HOTLINE, 16)):
            for _ in range(times):
                self.calls(number)
                desk.clock.run(0.01)
        for _ in range(4):
            self.on_duty("silent")
        desk.run(0.5)

    def _talks(self) -> None:
        for _ in range(14):
            self.on_duty()
            self.calls()
        self.desk.run(2)
        for third in [self.on_duty(manner) for manner in 2 * (ANSWERS + SILENT)]:
            self.asks("talking", asks.Consult(0, third.person_id, "", 20))
        for _ in range(4):
            self.asks("talking", asks.Hold(on=True))

    def _goes_out(self) -> None:
        for own, other in zip(OWN, OTHER, strict=True):
            self.calls_out(own, other)
        self.desk.run(5)
        for _ in range(2):
            self.owes()
        self.desk.run(0.5)

    # What may happen at any moment.

    def lifts(self, at: str) -> None:
        """Somebody who is rung lifts the receiver: ``-a`` and ``-c`` for callers, ``-o`` to call
        out, ``-k`` at the other side."""
        switch = self.desk.switch
        ringing = [c.channel for c in switch.view().channels if at in c.channel and not c.is_up]
        if ringing:
            switch.take(self.chance.choice(ringing))

    def puts_down(self, phase: str) -> None:
        """The caller of a call that was kept in this phase hangs up, whatever it is by now."""
        rows = Row.objects.filter(phase=phase).order_by("id")
        ids = list(rows.values_list("pk", flat=True))
        if ids:
            call = histories(ids)[self.chance.choice(ids)]
            self.desk.switch.put_down(call.caller_channel)

    def agent_puts_down(self) -> None:
        ids = list(Row.objects.filter(phase="talking").values_list("pk", flat=True))
        agent = histories(ids)[self.chance.choice(ids)].leg("agent")
        self.desk.switch.put_down(agent.channel if agent else "")

    def presses(self) -> None:
        ids = list(Row.objects.filter(phase="menu").values_list("pk", flat=True))
        if ids:
            call = histories(ids)[self.chance.choice(ids)]
            self.desk.switch.press(call.caller_channel, self.chance.choice("129"))

    def by_telephone(self) -> list[Act]:
        """What people do who know nothing of a controller."""
        phases = ("greeted", "menu", "waiting", "talking", "held", "consulting", "dialling")
        return [
            *(lambda phase=phase: self.puts_down(phase) for phase in phases),
            *(lambda at=at: self.lifts(at) for at in ("-a", "-a", "-c", "-o", "-k")),
            self.agent_puts_down, self.presses, self.calls, lambda: self.calls(MENU),
        ]  # fmt: skip

    def on_screens(self) -> list[Act]:
        """What people ask on their screens."""
        return [
            lambda: self.asks("talking", asks.Hold(on=True), 1),
            lambda: self.asks("held", asks.Hold(on=False), 1),
            lambda: self.asks("talking", asks.TransferTo(BILLS), 2),
            lambda: self.asks("consulting", asks.HandOver()),
            lambda: self.asks("consulting", asks.EndConsult(), 1),
            lambda: self.asks("talking", asks.HangUp(), 3),
        ]


def phone_of(actor: Actor) -> str:
    return f"screen/{actor.person_id}"


def living() -> list[Call]:
    ids = list(Row.objects.exclude(phase="ended").values_list("pk", flat=True))
    return list(histories(ids).values())


def queued() -> list[tuple[int, datetime]]:
    """Calls that wait, with since when, the first to be served first."""
    waiting = Waiting.objects.filter(subject_kind="call", state__in=["waiting", "offered"])
    return list(waiting.order_by("since", "id").values_list("subject_id", "since"))


def all_stands(desk: Conducted) -> None:
    """Each call has at the switch what its log says, and nothing else is there."""
    view, calls = desk.switch.view(), living()
    up = {each.channel: each.is_up for each in view.channels}
    inside = {each.bridge: set(each.channels) for each in view.bridges}
    known: set[str] = set()
    for call in calls:
        assert set(call.legs) <= up.keys(), call
        known |= {call.holding, call.talk, call.consult, *(e.bridge for e in call.legs.values())}
        caller = call.caller_channel
        hears = desk.switch.heard_by(caller)
        talkers = {e.channel for e in call.legs.values() if e.is_up and e.role != "caller"}
        assert all(up[each] for each in talkers)
        if call.phase in ("menu", "greeted"):
            assert hears not in ("music", "talk"), call
        elif call.phase == "waiting":
            assert hears == "music", call
            assert caller in inside[call.holding]
        elif call.phase in ("held", "consulting"):
            assert hears == "music", call
            assert call.phase == "held" or talkers <= inside[call.consult]
        elif call.phase == "talking":
            assert hears == "talk", call
            assert {caller, *talkers} <= inside[call.talk]
    assert up.keys() == {each for call in calls for each in call.legs}
    assert inside.keys() <= known


def nobody_is_stuck() -> None:
    """Who counts as busy talks, or calls out; who counts as rung is rung; no other is either."""
    busy: set[int] = set()
    rung: set[int] = set()
    for call in living():
        for leg in call.legs.values():
            if leg.role in ("agent", "consulted"):
                is_rung = leg.offer is not None and not leg.is_up
                (rung if is_rung else busy).add(leg.staff or 0)
        assert call.phase not in CALLING or call.leg("agent") is not None
    states = dict(AgentState.objects.values_list("staff_id", "state"))
    assert {staff for staff, state in states.items() if state == "busy"} == busy
    assert {staff for staff, state in states.items() if state == "reserved"} == rung
    offered = Offer.objects.filter(state="open").values_list("staff_id", flat=True)
    assert sorted(offered) == sorted(rung)


def logs_have_no_gap() -> None:
    for row in Row.objects.exclude(entry_count=0):
        seqs = CallEntry.objects.filter(call=row).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, row.entry_count + 1))


def dies_amid(hall: Hall) -> None:
    """People do what they do; between two of the orders that follow nobody conducts any more.
    Telephones go on."""
    desk, chance = hall.desk, hall.chance
    acts = [*hall.by_telephone(), *hall.on_screens()]
    chance.shuffle(acts)
    desk.left = chance.randrange(1, 40)
    for act in acts:
        act()
    if not desk.is_dead:
        desk.dies()
    desk.run(chance.uniform(0.0, 25.0))
    for act in chance.sample(hall.by_telephone(), 8):
        act()
    desk.run(0.5)


def order_is_kept(before: list[tuple[int, datetime]]) -> None:
    """Who waits on does so at the old place, and once."""
    after = queued()
    still, known = (dict(each) for each in (after, before))
    assert [each for each in after if each[0] in known] == [e for e in before if e[0] in still]
    assert len(still) == len(after)


def the_first_is_served(hall: Hall) -> None:
    """Somebody comes who may be asked: nobody waits longer than whom they are asked to take."""
    fresh = hall.on_duty()
    hall.desk.run(0.1)
    taken = Offer.objects.filter(staff_id=fresh.person_id).latest("id").waiting
    earlier = Waiting.objects.filter(
        queue=BILLS, state="waiting", since__lt=taken.since, is_emergency=taken.is_emergency
    )
    assert not earlier.filter(not_before=None).exists()


def everybody_goes(desk: Conducted) -> None:
    for _ in range(3):
        for each in desk.switch.view().channels:
            desk.switch.put_down(each.channel)
        for _second in range(45):
            desk.run(1)
    assert living() == []
    assert (desk.switch.view().channels, desk.switch.view().bridges) == ((), ())
    assert not Offer.objects.filter(state="open").exists()
    assert queued() == []


@pytest.mark.parametrize("seed", range(8))
def test_fifty_calls_outlive_their_controller(seed: int) -> None:
    hall = Hall(Random(seed))
    desk = hall.desk
    hall.fills()
    phases = Counter(call.phase for call in living())
    assert (phases, sum(phases.values())) == (PHASES, 50)
    all_stands(desk)
    nobody_is_stuck()
    before = queued()
    dies_amid(hall)
    desk.another_controller()
    desk.run(0.5)
    all_stands(desk)
    nobody_is_stuck()
    order_is_kept(before)
    the_first_is_served(hall)
    everybody_goes(desk)
    nobody_is_stuck()
    logs_have_no_gap()
