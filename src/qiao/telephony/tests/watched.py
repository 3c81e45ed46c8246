"""Whoever watches over calls, at a switch that does at once whatever it is told."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from qiao.core.actor import Actor
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company
from qiao.telephony.models import Call, CallEntry
from qiao.telephony.operations import (
    CallRefusal,
    Given,
    Switchboard,
)
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Outcome
from qiao.telephony.tests.test_at_hand import (
    after,
)


@pytest.fixture
def chief(world: Company) -> Actor:
    return actor_for(world.chief_staff, day=TODAY)


class Desk:
    """A switch that does at once whatever it is told; only what people do is said to it."""

    def __init__(self) -> None:
        self.board = Switchboard()
        self.orders: list[switch.Order] = []

    def ask(self, seconds: float) -> None:
        self.carry(self.board.carry_out_asks(now=after(seconds)), seconds)

    def hear(self, signal: switch.Signal, seconds: float) -> None:
        self.carry(self.board.hear(signal, now=after(seconds)), seconds)

    def tick(self, seconds: float) -> None:
        self.carry(self.board.pass_time(now=after(seconds)), seconds)

    def carry(self, given: Sequence[Given], seconds: float) -> None:
        for each in given:
            self.orders.append(each.order)
            more = self.board.bring(each, Outcome.DONE, now=after(seconds))
            self.carry(more, seconds)

    def answers(self, call: Call, seconds: float) -> None:
        """Whoever watches takes their telephone."""
        data = CallEntry.objects.filter(call=call, kind="watched").latest("id").data
        self.hear(switch.Up(after(seconds), data["channel"]), seconds)


def why(act: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(CallRefusal) as refused:
        act(now=after(20), **given)
    return refused.value.why
