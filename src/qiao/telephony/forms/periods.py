"""What the page of the service level looks at: a day, a week or a month, and how it is divided."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from qiao.core.rules.ids import read_id
from qiao.core.rules.spans import Span, first_of
from qiao.telephony.forms.filters import read_moment
from qiao.telephony.queries import Wanted

PERIODS: Final[dict[str, Promise]] = {
    "day": pgettext_lazy("period", "Day"),
    "week": pgettext_lazy("period", "Week"),
    "month": pgettext_lazy("period", "Month"),
}
DIVISIONS: Final[dict[str, Promise]] = {
    "time": pgettext_lazy("rows of figures", "Time"),
    "hour": pgettext_lazy("rows of figures", "Time of day"),
    "queue": pgettext_lazy("rows of figures", "Queue"),
    "agent": pgettext_lazy("rows of figures", "Agent"),
    "line": pgettext_lazy("rows of figures", "Line"),
}
EARLIEST: Final = date(1990, 1, 1)
ONE_DAY: Final = timedelta(days=1)
MOST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """What was chosen. `by` is a key of `DIVISIONS`."""

    period: str
    day: date
    by: str
    queue: str = ""
    unit_id: int | None = None
    agent_id: int | None = None

    @property
    def span(self) -> Span:
        """The days, whole."""
        if self.period == "day":
            return Span(self.day, self.day)
        if self.period == "week":
            first = first_of(self.day, "week")
            return Span(first, first + timedelta(days=6))
        first = self.day.replace(day=1)
        return Span(first, first_of(first + timedelta(days=31), "month") - ONE_DAY)

    @property
    def wanted(self) -> Wanted:
        """Which calls are counted."""
        return Wanted(
            start_of(self.span.since),
            start_of(self.span.until + ONE_DAY),
            unit_id=self.unit_id,
            queue=self.queue,
            agent_id=self.agent_id,
        )

    @property
    def before(self) -> "LevelChoice":
        """The period before."""
        return replace(self, day=self.span.since - ONE_DAY)

    @property
    def after(self) -> "LevelChoice":
        """The period after."""
        return replace(self, day=self.span.until + ONE_DAY)

    def query(self, **changes: object) -> str:
        """The choice as the query of an address, with `changes`."""
        values: dict[str, object] = {
            "period": self.period,
            "day": self.day.isoformat(),
            "by": self.by,
            "queue": self.queue,
            "unit": self.unit_id or "",
            "agent": self.agent_id or "",
        }
        return urlencode({key: value for key, value in (values | changes).items() if value != ""})


def read_level_choice(data: QueryDict, *, today: date) -> LevelChoice:
    """The choice in an address; what cannot be read is as if it had not been chosen."""
    period, by = data.get("period", "day"), data.get("by", "time")
    return LevelChoice(
        period if period in PERIODS else "day",
        _day(data.get("day", ""), today),
        by if by in DIVISIONS else "time",
        data.get("queue", "")[:60],
        read_id(data.get("unit", "")),
        read_id(data.get("agent", "")),
    )


def read_stood(data: QueryDict, *, today: date) -> Wanted:
    """Whose time, and which, an address asks for: without moments that of today, a month at
    most."""
    since = read_moment(data.get("since", "")) or start_of(today)
    until = read_moment(data.get("until", "")) or since + ONE_DAY
    until = min(max(until, since), since + MOST)
    agent, unit = read_id(data.get("agent", "")), read_id(data.get("unit", ""))
    return Wanted(since, until, unit_id=unit, agent_id=agent)


def start_of(day: date) -> datetime:
    """The first moment of a day here."""
    return timezone.make_aware(datetime.combine(day, time()))


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if EARLIEST <= found <= today else today
