"""The real board on the played switch, in one thread, by a clock that is counted."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from qiao.core.actor import Actor
from qiao.telephony.clock_watch import ClockWatch
from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_phones import Manner, Phone
from qiao.telephony.engines.sim_switch import SimSwitch
from qiao.telephony.operations import Switchboard
from qiao.telephony.operations.calls_at_hand import Given
from qiao.telephony.rules.outside import to_dial


class SetClock(CountedClock):
    """A clock of the day that can be set; what is due comes when its seconds have passed."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._begun, self._set_by = start, timedelta()

    def now(self) -> datetime:
        return super().now() + self._set_by

    def steady(self) -> float:
        """Seconds that have passed, whatever the clock was set to."""
        return (super().now() - self._begun).total_seconds()

    def set(self, by: timedelta) -> None:
        """Set it forward, or back."""
        self._set_by += by


class Conducted:
    """Telephones of people and of whom they call, with the board that conducts their calls."""

    def __init__(self, start: datetime) -> None:
        self.clock = SetClock(start)
        self.watch = ClockWatch(self.clock.steady)
        self.switch = SimSwitch(self.clock, self._hear)
        self.board = Switchboard()
        self._orders: deque[Given] = deque()
        self._gives = False

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def own(self, person: Actor, endpoint: str, manner: Manner = "answers") -> None:
        """A person's own telephone."""
        del person
        self.switch.phones[endpoint] = Phone(endpoint, manner, 1.0)

    def other(self, number: str, manner: Manner = "answers", presses: str = "1") -> str:
        """A telephone outside by its stored number; the endpoint by which it is reached. Its
        person presses these keys when something is said to them."""
        endpoint = str(settings.TRUNK).format(number=to_dial(number))
        self.switch.phones[endpoint] = Phone(endpoint, manner, 3.0, presses)
        return endpoint

    def look(self) -> None:
        """The controller looks at what people ask."""
        self._take(self.board.carry_out_asks(now=self._moment()))

    def another_controller(self) -> None:
        """The controller is gone, and another takes its calls up."""
        self.board = Switchboard()
        self._take(self.board.take_up(self.switch.view(), now=self.now))

    def run(self, seconds: float) -> None:
        """Let time pass, for the switch and for the controller."""
        self.clock.run(seconds)
        self._take(self.board.pass_time(now=self._moment()))

    def _moment(self) -> datetime:
        """Now, as the controller looks at it."""
        if by := self.watch.look(self.now):
            self.board.follow_clock(by, now=self.now)
            self.watch.seen_to()
        return self.now

    def _hear(self, signal: object) -> None:
        self._take(self.board.hear(signal, now=self._moment()))  # type: ignore[arg-type]

    def _take(self, orders: Sequence[Given]) -> None:
        """Give orders in their order, those that follow from their outcome after them."""
        self._orders.extend(orders)
        if self._gives:
            return
        self._gives = True
        try:
            while self._orders:
                given = self._orders.popleft()
                outcome = self.switch.give(given.order)
                self._orders.extend(self.board.bring(given, outcome, now=self._moment()))
        finally:
            self._gives = False
