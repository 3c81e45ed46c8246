"""Callers in a voice menu, and the company that they call; for the tests of menus."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from qiao.core.packs.enabled import catalogue
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.models import Call
from qiao.telephony.operations import Switchboard, add_line, install_menus
from qiao.telephony.operations.calls_at_hand import Given
from qiao.telephony.queries import histories, menu_in_service
from qiao.telephony.rules import switch
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.speech import heard_at

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)  # a Friday in Shanghai, hours of service
NIGHT = datetime(2026, 11, 27, 19, tzinfo=UTC)
HOTLINE, CALLER = "96390", "13805712264"


@pytest.fixture
def world() -> Company:
    made = make_company()
    for key in sorted({q.skill for q in catalogue().queues.values() if q.skill}):
        define_skill(key=key, names={"en": key})
        for staff in (made.agent_staff, made.colleague_staff):
            give_skill(staff=staff, skill_key=key, level=3)
    install_menus(NOON)
    add_line(
        number=HOTLINE, name="热线", organisation_id=made.company.pk, queue="water.billing",
        menu="water.hotline",
    )  # fmt: skip
    return made


class Caller:
    """Somebody on the telephone, and the board that conducts their call."""

    def __init__(self, at: datetime = NOON, channel: str = "c1") -> None:
        self.board, self.at, self.channel = Switchboard(), at, channel
        self.orders: list[switch.Order] = []
        self._take(self.board.hear(switch.Arrived(at, channel, CALLER, HOTLINE), now=at))
        self._take(self.board.hear(switch.Up(at, channel), now=at))

    def _take(self, given: Sequence[Given]) -> None:
        self.orders += [each.order for each in given]

    @property
    def call(self) -> Call:
        return Call.objects.get(channel=self.channel)

    def listens(self) -> None:
        """Hear what is said to its end, and all that follows by itself."""
        played = [each for each in self.orders if isinstance(each, switch.Play)]
        self.orders.clear()
        for each in played:
            self.hears(switch.PlaybackEnded(self.at, each.playback, ok=True))

    def hears(self, signal: switch.Signal) -> None:
        self._take(self.board.hear(signal, now=self.at))

    def presses(self, keys: str) -> None:
        for key in keys:
            self.at += timedelta(milliseconds=240)
            self.hears(switch.KeyPressed(self.at, self.channel, key))

    def waits(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self._take(self.board.pass_time(now=self.at))

    def hangs_up(self) -> None:
        self.hears(switch.Left(self.at, self.channel))

    @property
    def node(self) -> str:
        call = self.call
        visit = visit_of(histories([call.pk])[call.pk])
        return visit.node if visit else ""

    @property
    def hears_words(self) -> str:
        call = self.call
        folded = histories([call.pk])[call.pk]
        menu, visit = menu_in_service(folded.menu), visit_of(folded)
        assert menu
        assert visit
        return heard_at(menu, visit)
