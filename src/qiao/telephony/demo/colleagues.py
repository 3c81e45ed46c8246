"""Colleagues who take calls beside the visitor: they sign on, answer, rest, and come back.

They do not take every call from a visitor who waits for one: all but one rest as long.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.conf import settings
from django.db import transaction

from qiao.contact.operations import (
    InteractionRefusal,
    be_ready,
    renew_leases,
    sign_on,
    take_break,
)
from qiao.contact.queries import standings
from qiao.core.actor import Actor
from qiao.staff.queries import cast_ids, extras
from qiao.telephony.engines.sim_phones import Phone

MOST: Final = 5  # beside the visitor; with callers of the demo's rhythm they have little rest
SLOWEST_SECONDS: Final = 6.0
MISSES: Final = 0.03
RESTS: Final = 0.005  # how often somebody who is ready takes a break, each time one looks
BACK_AFTER: Final = timedelta(minutes=3)
AGAIN_AFTER: Final = timedelta(seconds=25)
VISITOR_WAITS: Final = timedelta(seconds=15)
BESIDE: Final = 1  # who stay ready beside a visitor that waits for a call


class Colleagues:
    """People of the demo whom no visitor plays."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311 - a play, no secret
        self._people: list[Actor] = []
        self._telephones: frozenset[str] = frozenset()
        self._visitors: frozenset[int] = frozenset()
        self._aside: set[int] = set()  # who rest for the visitor's sake

    def phone(self, endpoint: str) -> Phone | None:
        """Their telephones are taken by themselves, now and then too late."""
        if endpoint not in self._telephones:
            return None
        if self._random.random() < MISSES:
            return Phone(endpoint, "silent")
        return Phone(endpoint, "answers", self._random.uniform(1.0, SLOWEST_SECONDS))

    def live(self, *, now: datetime) -> None:
        """One look at all of them: who has gone signs on, who rested or missed a call is back."""
        if not self._people:
            self._people = extras(role="agent", day=now.date())[:MOST]
            names = {settings.TELEPHONE.format(number=each.number) for each in self._people}
            self._telephones = frozenset(names)
            self._visitors = cast_ids()
        ids = [each.person_id for each in self._people]
        with transaction.atomic():
            renew_leases(people=ids, now=now)
        known = standings(staff_ids=[*ids, *self._visitors])
        waits = any(
            known[pk].is_free(now) and now - known[pk].since > VISITOR_WAITS
            for pk in self._visitors & known.keys()
        )
        ready = [pk for pk in ids if pk in known and known[pk].state == "ready"]
        rest = set(ready[BESIDE:]) if waits else set()
        for each in self._people:
            state = known.get(each.person_id)
            if each.person_id in rest:
                self._step_aside(each, now)
            elif each.person_id in self._aside and not waits:
                self._come_back(each, now)
            elif each.person_id not in self._aside:
                self._move(
                    each, state.state if state else "off", state.since if state else now, now
                )

    def _step_aside(self, actor: Actor, now: datetime) -> None:
        try:
            with transaction.atomic():
                take_break(actor=actor, reason="training", now=now)
        except InteractionRefusal:  # a call came in between
            return
        self._aside.add(actor.person_id)

    def _come_back(self, actor: Actor, now: datetime) -> None:
        self._aside.discard(actor.person_id)
        try:
            with transaction.atomic():
                be_ready(actor=actor, now=now)
        except InteractionRefusal:  # somebody has moved them
            return

    def _move(self, actor: Actor, state: str, since: datetime, now: datetime) -> None:
        try:
            with transaction.atomic():
                if state == "off":
                    telephone = settings.TELEPHONE.format(number=actor.number)
                    sign_on(actor=actor, endpoint=telephone, now=now)
                elif (state == "break" and now - since > BACK_AFTER) or (
                    state == "not_ready" and now - since > AGAIN_AFTER
                ):
                    be_ready(actor=actor, now=now)
                elif state == "ready" and self._random.random() < RESTS:
                    reason = self._random.choice(("rest", "rest", "meal", "training"))
                    take_break(actor=actor, reason=reason, now=now)
        except InteractionRefusal:  # a call came in between
            return
