"""On a small desk anything may happen: nobody waits beside somebody idle or is asked twice."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.contact import operations
from qiao.contact.models import AgentState, Offer, Waiting
from qiao.contact.operations import Wish, WrongState
from qiao.contact.rules.routing import FULL
from qiao.contact.tests.skilled import BILLS, REPAIRS, WRITTEN, skilled_company
from qiao.staff.tests.cast import Company

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)


class Desk:
    """A small desk on which anything may happen."""

    def __init__(self, world: Company, seed: int) -> None:
        self.world, self.chance, self.now = world, Random(seed), NOW
        self.people = [world.agent, world.colleague, world.outsider]
        self.calls = 0

    def act(self) -> None:
        self.now += timedelta(seconds=self.chance.choice([0, 1, 5, 30, 70]))
        acts: list[Callable[[], object]] = [
            self.call, self.call, self.chat, self.chat, self.answer, self.answer, self.give_up,
            self.end, self.end_chat, self.turn, self.turn, self.pass_time,
        ]  # fmt: skip
        self.chance.choice(acts)()
        operations.route(now=self.now)
        self.look()

    def call(self) -> None:
        self.calls += 1
        queue = self.chance.choice([BILLS, REPAIRS, WRITTEN])
        emergency = self.chance.random() < 0.1
        wish = Wish(
            queue, "phone", "call", self.calls, self.world.company.pk, self.now,
            is_emergency=emergency,
        )  # fmt: skip
        operations.wait_for_agent(wish=wish, now=self.now)

    def chat(self) -> None:
        """Something written, of which one person may have several."""
        self.calls += 1
        wish = Wish(WRITTEN, "wechat", "call", self.calls, self.world.company.pk, self.now)
        operations.wait_for_agent(wish=wish, now=self.now)

    def answer(self) -> None:
        offers = list(Offer.objects.filter(state="open"))
        if offers:
            offer = self.chance.choice(offers)
            if self.chance.random() < 0.6:
                operations.take_offer(offer_id=offer.pk, now=self.now)
                subject = offer.waiting.subject_id
                operations.leave_queue(
                    subject_kind="call", subject_id=subject, why="taken", now=self.now
                )
            else:
                why = self.chance.choice(["no_answer", "busy", "withdrawn"])
                operations.refuse_offer(offer_id=offer.pk, why=why, now=self.now)

    def give_up(self) -> None:
        waiting = Waiting.objects.filter(state__in=["waiting", "offered"]).order_by("?").first()
        if waiting is not None:
            operations.leave_queue(
                subject_kind="call", subject_id=waiting.subject_id, why="abandoned", now=self.now
            )
            for offer in Offer.objects.filter(waiting=waiting, state="open"):
                operations.refuse_offer(offer_id=offer.pk, why="caller_gone", now=self.now)

    def end(self) -> None:
        whole = Offer.objects.filter(state="taken", released_at__isnull=True, takes=FULL)
        for offer in whole[:1]:
            operations.release_agent(staff_id=offer.staff_id, now=self.now)

    def end_chat(self) -> None:
        for offer in Offer.objects.filter(state="taken", released_at__isnull=True, takes__lt=FULL)[
            :1
        ]:
            subject = offer.waiting.subject_id
            operations.release_part(subject_kind="call", subject_id=subject, now=self.now)

    def turn(self) -> None:
        who = self.chance.choice(self.people)
        act = self.chance.choice(["on", "on", "ready", "break", "off"])
        try:
            if act == "on":
                operations.sign_on(actor=who, endpoint="PJSIP/1", now=self.now)
            elif act == "ready":
                operations.be_ready(actor=who, now=self.now)
            elif act == "break":
                operations.take_break(actor=who, reason="rest", now=self.now)
            else:
                operations.sign_off(actor=who, now=self.now)
        except WrongState:
            return

    def pass_time(self) -> None:
        for who in self.people:
            if self.chance.random() < 0.7:
                operations.renew_leases(people=[who.person_id], now=self.now)
        operations.let_time_pass(now=self.now)

    def look(self) -> None:
        """Nobody ready and able has room while somebody waits who needs no more of it; nobody has
        more than their room; whoever is asked to take a call or has one has exactly one offer that
        says so."""
        agents = {each.staff_id: each for each in AgentState.objects.all()}
        waiting = list(Waiting.objects.filter(state="waiting"))
        at_hand = Offer.objects.filter(
            Q(state="open") | Q(state="taken", released_at__isnull=True)
        )
        parts = at_hand.filter(takes__lt=FULL)
        for agent in agents.values():
            taken = sum(each.takes for each in parts if each.staff_id == agent.staff_id)
            assert taken <= FULL
            heard = agent.lease_until is not None and agent.lease_until > self.now
            if agent.state == "ready" and heard:
                for each in waiting:
                    assert each.queue not in agent.queues or each.takes > FULL - taken
        whole = at_hand.filter(takes=FULL)
        for state_, offers in (
            ("reserved", whole.filter(state="open")),
            ("busy", whole.filter(state="taken")),
        ):
            staff = sorted(offer.staff_id for offer in offers)
            assert staff == sorted(
                each.staff_id for each in agents.values() if each.state == state_
            )
        for offered in Waiting.objects.filter(state="offered"):
            assert Offer.objects.filter(waiting=offered, state="open").count() == 1


def test_whatever_happens_nobody_waits_beside_somebody_idle_and_nobody_is_asked_twice() -> None:
    world = skilled_company()

    @settings(max_examples=60)
    @given(seed=st.integers(0, 2**32))
    def play(seed: int) -> None:
        with transaction.atomic():
            desk = Desk(world, seed)
            for _ in range(25):
                desk.act()
            transaction.set_rollback(True)

    play()
