"""Calls as a controller runs them: what is heard is kept first, then comes what to order.

One controller writes. It knows each living call as the fold of its log, so most of what is heard
needs no database at all; whatever changes a call is one transaction with all that follows from it:
who is rung, who is free, which contact begins. What waits to be heard when many call is one
transaction together. A transaction that fails leaves all as it was, and what was heard is brought
again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from django.db import OperationalError, transaction

from qiao.contact.operations import Asked, follow_clock, let_time_pass, refuse_offer, route
from qiao.core import events
from qiao.core.once import settled
from qiao.telephony.models import Call as Row
from qiao.telephony.models import CallAsk
from qiao.telephony.operations.arriving import arrived
from qiao.telephony.operations.calling_back import call_back
from qiao.telephony.operations.calls_at_hand import (
    KIND,
    Decide,
    Given,
    Known,
    asking,
    comes_again,
    people_of,
    terms_of,
    terms_of_calls,
    thirds_of,
)
from qiao.telephony.operations.carrying_out import asked_of
from qiao.telephony.operations.contacts import begin_contact
from qiao.telephony.operations.dialling import (
    DIALLED,
    terms_of_outgoing,
)
from qiao.telephony.operations.duty_rings import ring_duty
from qiao.telephony.operations.living_calls import LivingCalls
from qiao.telephony.operations.log import keep, note
from qiao.telephony.operations.owed_places import OWED
from qiao.telephony.operations.reserving import lose_place
from qiao.telephony.operations.settling import settle_end
from qiao.telephony.operations.telling import answer_menu, tell_people, tell_queues
from qiao.telephony.operations.timers import Timers
from qiao.telephony.operations.watching import (
    WATCHING,
    follow_watch,
    lost_watches,
    renew_all_watches,
    settle_watch,
    settle_watches_but,
)
from qiao.telephony.queries import (
    callers_channels,
    due_asks,
    due_offers,
    histories,
    living_calls,
)
from qiao.telephony.rights import WATCH
from qiao.telephony.rules import adopting, asks, conduct, switch
from qiao.telephony.rules.calls import Call, Entry
from qiao.telephony.rules.conducting import Conduct, Terms
from qiao.telephony.rules.switch import Outcome, Signal, View

log: Final = structlog.get_logger(__name__)
Work = Callable[[datetime], Sequence[Given]]
GRACE: Final = timedelta(seconds=5)  # the switch ends the ringing itself; this is for a lost word


class Switchboard:
    """Runs the calls of one switch. Belongs to one thread at a time, but for `at_sight`.

    Every method is a transaction of its own, or none where nothing changes, and returns the orders
    to give. Raises `django.db.OperationalError` where the database is away; then nothing changed.
    """

    def __init__(self) -> None:
        self._calls = LivingCalls()
        self._routes = False
        self._orders: list[Given] = []  # of the turn that goes on
        self._given: list[Given] = []  # of turns that stand, until somebody gives them
        self._is_turning = False
        self._log: dict[int, list[Entry]] = {}  # what is to be written, by call
        self._before: dict[int, Known | None] = {}
        self._moved: dict[int, set[int]] = {}  # calls, and whose screens show them
        self._thirds: set[int] = set()  # whoever was asked to a talk
        self._timers = Timers()

    @property
    def living(self) -> int:
        """How many calls have not ended."""
        return len(self._calls)

    def at_once(self, works: Sequence[Work], *, now: datetime) -> Sequence[Given]:
        """What comes of several of `hear` and `bring`, in one transaction: whoever is free is
        looked for once, after all of them."""
        with self._turn(now):
            for work in works:
                work(now)
        return self._taken()

    def hear(self, signal: Signal, *, now: datetime) -> Sequence[Given]:
        """What comes of a signal."""
        if isinstance(signal, switch.Arrived) and not self._calls.comes_from(signal.channel):
            with self._turn(now):
                self._arrive(signal, now)
            return self._taken()
        call_id = self._calls.named_by(signal)
        if call_id is None:
            return []
        return self._do(call_id, lambda call, terms: conduct.heard(call, signal, terms), now)

    def at_sight(self, signal: Signal) -> Sequence[Given] | None:
        """What comes of a signal of which nothing is written, as if it had been heard before the
        turn that another thread may be at; None where it is to be heard in its turn.

        The one method that may be called beside a turn. It reads what stands: of a call that the
        turn has touched it tells nothing, and orders of the turn are given after its own.
        """
        call_id = self._calls.named_by(signal)
        known = None if call_id is None else self._calls.get(call_id)
        if call_id is None or known is None:
            return None
        step = conduct.heard(known.call, signal, known.terms)
        if step.entries or step.words or (self._is_turning and call_id in self._before):
            return None
        return [Given(call_id, order) for order in step.orders]

    def bring(self, given: Given, outcome: Outcome, *, now: datetime) -> Sequence[Given]:
        """What comes of an order that was given."""

        def decide(call: Call, terms: Terms) -> Conduct:
            return conduct.outcome(call, given.order, outcome, now, terms)

        return self._do(given.call_id, decide, now)

    def carry_out_asks(self, *, now: datetime) -> Sequence[Given]:
        """What comes of all that people asked since, each for itself."""
        for each in due_asks():
            if not self._alone(now, partial(self._carry_out, each, now), ask=each.pk):
                CallAsk.objects.filter(pk=each.pk).update(done_at=now)
        return self._taken()

    def _alone(self, now: datetime, do: Callable[[], None], **what: int) -> bool:
        """Do something in a turn of its own; where it cannot be done that is told, and stands
        before nothing else."""
        try:
            with self._turn(now):
                do()
        except OperationalError:
            raise
        except Exception:  # whatever rule raised: nothing of it was kept
            log.exception("not_done_alone", **what)
            return False
        return True

    def _carry_out(self, row: CallAsk, now: datetime) -> None:
        if row.kind == DIALLED and row.call_id not in self._calls:
            self._calls.know(row.call, Call(row.call_id), terms_of_outgoing(row.call, now))
            self._before[row.call_id] = None
        if row.call_id in self._calls:
            for ask in asked_of(row, self._calls[row.call_id], now):
                self._decide(row.call_id, asking(ask, now), now)
        if row.kind in WATCHING:
            known = self._calls.get(row.call_id)
            settle_watch(call_id=row.call_id, call=known.call if known else None, now=now)
        CallAsk.objects.filter(pk=row.pk).update(done_at=now)

    def pass_time(self, *, now: datetime) -> Sequence[Given]:
        """Take back offers that nobody answered in time, end what ends by itself, ask again."""
        self._let_timers_ring(now)
        for call_id in self._calls.dialled_for_too_long(now - GRACE):
            over = partial(self._decide, call_id, asking(asks.DialOver(), now), now)
            self._alone(now, over, call=call_id)
        with self._turn(now):
            watches = list(lost_watches(now=now))
        for call_id, staff_id in watches:
            self._alone(now, partial(self._end_watch, call_id, staff_id, now), call=call_id)
        for offer_id, call_id in due_offers(now=now - GRACE):
            self._alone(now, partial(self._withdraw, offer_id, call_id, now), call=call_id)
        with self._turn(now):
            let_time_pass(now=now)
            self._routes = True
        self._alone(now, partial(self._ring_duty, now))
        return self._taken()

    def follow_clock(self, by: timedelta, *, now: datetime) -> None:
        """The clock was set by so much, which is `now`; zero where nobody could be heard of for a
        while. Whoever waits, is rung or rests after a call does so for as long as they would have:
        nothing runs out because of it."""
        with self._turn(now):
            follow_clock(by=by, now=now)
            renew_all_watches(now=now)
            if by:
                stepped = asking(asks.ClockStepped(by.total_seconds()), now)
                for call_id in list(self._calls):
                    self._decide(call_id, stepped, now)
        self._timers.move(by)

    def _ring_duty(self, now: datetime) -> None:
        """Emergencies that nobody signed on can take ring whoever is on duty."""
        for each in ring_duty(now):
            self._offer(each.asked, now, each.confirm)

    def _withdraw(self, offer_id: int, call_id: int, now: datetime) -> None:
        if call_id in self._calls:
            self._decide(call_id, asking(asks.Withdraw(offer_id), now), now)
        refuse_offer(offer_id=offer_id, why="withdrawn", now=now)

    def _let_timers_ring(self, now: datetime) -> None:
        """What comes of timers that have run out, each for itself."""
        while (due := self._timers.due(now)) is not None:
            call_id, ask = due
            if call_id in self._calls:
                rang = asking(ask, now)
                self._alone(now, partial(self._decide, call_id, rang, now), call=call_id)
            self._timers.pop()

    def take_up(self, view: View, *, now: datetime) -> Sequence[Given]:
        """Take calls up again from their logs, and bring them together with what stands at the
        switch: what is missing has ended, what is unknown has arrived or is let go."""
        self._calls.clear()
        self._timers.clear()
        living = living_calls()
        folded = histories([row.pk for row in living])
        terms = terms_of_calls(living, folded)
        for row in living:
            is_out = row.direction == Row.Direction.OUT
            own = terms_of_outgoing(row, now) if is_out else terms[row.pk]
            self._calls.know(row, folded[row.pk], own)
        known = callers_channels(each.channel for each in view.channels)
        with self._turn(now):
            for seen in view.channels:
                if seen.channel not in known and not adopting.is_ours(seen.channel):
                    self._arrive(switch.Arrived(now, seen.channel, seen.caller, seen.dialled), now)
            for call_id in list(self._calls):
                self._decide(
                    call_id, lambda call, terms: adopting.adopt(call, view, now, terms), now
                )
            settle_watches_but(call_ids=list(self._calls), now=now)
            self._routes = True
        calls = [each.call for each in self._calls.values()]
        stray = adopting.strays(calls, view, known)
        return [*self._taken(), *(Given(0, order) for order in stray)]

    def _do(self, call_id: int, decide: Decide, now: datetime) -> Sequence[Given]:
        known = self._calls.get(call_id)
        if known is None:
            return []
        step = decide(known.call, known.terms)
        if not step.entries and not step.words:
            orders = self._orders if self._is_turning else self._given
            orders += [Given(call_id, order) for order in step.orders]
            return self._taken()
        with self._turn(now):
            self._keep(call_id, step, now)
        return self._taken()

    @contextmanager
    def _turn(self, now: datetime) -> Iterator[None]:
        """One transaction; where it fails, what is known of calls is what it was before. Within
        another it is part of that one."""
        if self._is_turning:
            yield
            return
        self._orders, self._routes, self._before, self._moved = [], False, {}, {}
        self._log, self._thirds, self._is_turning = {}, set(), True
        try:
            with transaction.atomic(), events.together(), settled():
                yield
                while self._routes:
                    self._routes = False
                    for asked in route(now=now):
                        self._offer(asked, now)
                self._write(now)
                for call_id, people in self._moved.items():
                    unit = self._calls[call_id].row.organisation_id
                    # Whoever is asked has no page of the call yet: their frame shows it.
                    frames = [f"agent-{each}" for each in sorted(people & self._thirds)]
                    topics = [f"call-{call_id}", "living", *frames]
                    events.wake_people(topics, people, right=WATCH, organisation_id=unit)
        except BaseException:
            self._undo()
            raise
        finally:
            self._is_turning = False
        self._given += self._orders
        for key in self._before:
            call = self._calls[key].call
            if call.phase == "ended" and not call.recording:  # nothing more is told of it
                self._calls.forget(key)

    def _undo(self) -> None:
        for key, known in self._before.items():
            self._calls.forget(key)
            if known is not None:
                self._calls.know(known.row, known.call, known.terms, known.caller)

    def _taken(self) -> Sequence[Given]:
        """The orders of all that stands; those of a turn that goes on are not among them."""
        if self._is_turning:
            return []
        taken, self._given = self._given, []
        return taken

    def _decide(self, call_id: int, decide: Decide, now: datetime) -> None:
        known = self._calls[call_id]
        self._keep(call_id, decide(known.call, known.terms), now)

    def _keep(self, call_id: int, step: Conduct, now: datetime) -> None:
        known = self._calls[call_id]
        self._before.setdefault(
            call_id, Known(copy(known.row), known.call, known.terms, known.caller)
        )
        had, before = known.row.staff_id, known.call
        if step.entries:
            self._moved.setdefault(call_id, set()).update(people_of(before), people_of(step.call))
            self._thirds |= thirds_of(before) | thirds_of(step.call)
        known.call = step.call
        if step.entries:
            note(known.row, step.call)
            self._log.setdefault(call_id, []).extend(step.entries)
            if before.leg("watcher") is not None:
                follow_watch(call_id=call_id, entries=step.entries, now=now)
        if known.row.staff_id is not None and (
            known.row.staff_id != had or comes_again(had, step)
        ):
            begin_contact(known.row, known.row.staff_id, now)
        self._orders += [Given(call_id, order) for order in step.orders]
        for word in step.words:
            self._listen(known, word, now)
        if step.call.phase == "ended" and any(e.kind == "ended" for e in step.entries):
            settle_end(known.row, now)

    def _write(self, now: datetime) -> None:
        """Write what the log of each call gained, all in one statement."""
        gained, self._log = self._log, {}
        keep([(self._calls[key].row, entries) for key, entries in gained.items()], now)

    def _listen(self, known: Known, word: asks.Word, now: datetime) -> None:
        if tell_queues(known, word, now):
            self._routes = True
        elif tell_people(known, word, now):
            return
        elif isinstance(word, asks.Later):
            self._timers.put(known.row.pk, word, now)
        elif (answer := answer_menu(known, word, now)) is not None:
            self._decide(known.row.pk, asking(answer, now), now)

    def _offer(self, asked: Asked, now: datetime, confirm: str = "") -> None:
        if asked.subject_kind == OWED:
            self._call_back(asked, now)
            return
        if asked.subject_kind != KIND:
            return
        known = self._calls.get(asked.subject_id)
        if known is None or known.call.phase != "waiting":  # what waits is no call that waits
            lose_place(asked, now)
            return
        ask = asks.Offer(asked.offer_id, asked.staff_id, asked.endpoint, asked.seconds, confirm)
        self._decide(asked.subject_id, asking(ask, now), now)

    def _call_back(self, asked: Asked, now: datetime) -> None:
        """Whoever is next kept their place without holding the line: they are called."""
        made = call_back(asked, now)
        if made is None:
            self._routes = True  # somebody else may be asked to take something else
            return
        row, dial = made
        self._calls.know(row, Call(row.pk), terms_of_outgoing(row, now))
        self._before[row.pk] = None
        self._decide(row.pk, asking(dial, now), now)

    def _arrive(self, signal: switch.Arrived, now: datetime) -> None:
        row, caller = arrived(signal, now)
        self._calls.know(row, Call(row.pk), terms_of(row.line), caller)
        self._before[row.pk] = None
        self._decide(row.pk, lambda call, terms: conduct.heard(call, signal, terms), now)

    def _end_watch(self, call_id: int, staff_id: int, now: datetime) -> None:
        known = self._calls.get(call_id)
        if known is not None:
            self._decide(call_id, asking(asks.EndWatch(staff_id), now), now)
        settle_watch(call_id=call_id, call=known.call if known else None, now=now)
