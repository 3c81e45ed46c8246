"""What a reader of the reports chose, read from and written to an address that can be kept."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict

from qiao.cases.forms.filters import read_filters, write_filters
from qiao.cases.queries import Filters
from qiao.cases.queries.reports import GROUPINGS, TIME
from qiao.core.rules.spans import ONE_DAY, Span, first_of, last_days

PERIODS: Final = ("yesterday", "week", "month", "7d", "30d", "own")
USUAL_PERIOD: Final = "week"
USUAL_FIGURES: Final = (
    "opened",
    "closed",
    "standing",
    "kept",
    "first_contact",
    "first_response",
    "reopened",
    "satisfied",
)
MOST_FIGURES: Final = 14
LONGEST_DAYS: Final = 400
LISTED: Final = ("person", "team")  # rows that name people are for who may see reports
_NOT_CHOSEN: Final[dict[str, Any]] = {
    "opened_from": None,
    "opened_to": None,
    "closed_from": None,
    "closed_to": None,
    "open_on": None,
    "figure": "",
    "text": "",
}


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """A report as it was chosen: a period with its days, rows, figures and filters."""

    period: str
    span: Span
    by: str
    figures: tuple[str, ...]
    filters: Filters

    @property
    def before(self) -> Span:
        """The days that changes are measured against: the month before, else as many days."""
        if self.period == "month":
            return _month_before(self.span.since)
        return self.span.before()

    def query(self, **changes: str) -> str:
        """The choice as the query of an address, with `changes`."""
        values = {"period": self.period, "by": self.by}
        if self.period == "own":
            values |= {
                "since": self.span.since.isoformat(),
                "until": self.span.until.isoformat(),
            }
        values |= changes
        parts = [(name, value) for name, value in values.items() if value]
        parts += [("fig", key) for key in self.figures]
        rest = write_filters(self.filters)
        return "&".join(filter(None, (urlencode(parts), rest)))


def read_report_choice(query: QueryDict, *, today: date) -> ReportChoice:
    """The choice in an address; what cannot be read is as if it had not been chosen."""
    period, span = _read_period(query, today)
    by = query.get("by", "type")
    chosen = tuple(dict.fromkeys(key for key in query.getlist("fig") if key))[:MOST_FIGURES]
    filters = replace(read_filters(query), **_NOT_CHOSEN)
    known = by in GROUPINGS or by in (TIME, "none")
    return ReportChoice(period, span, by if known else "type", chosen or USUAL_FIGURES, filters)


def _read_period(query: QueryDict, today: date) -> tuple[str, Span]:
    period = query.get("period", USUAL_PERIOD)
    if period == "own":
        own = _own(query)
        return ("own", own) if own else (USUAL_PERIOD, span_of(USUAL_PERIOD, today))
    known = period if period in PERIODS else USUAL_PERIOD
    return known, span_of(known, today)


def span_of(period: str, today: date) -> Span:
    """The days of a period as seen on a day; weeks run from Monday and are whole, as months."""
    if period == "yesterday":
        return Span(today - ONE_DAY, today - ONE_DAY)
    if period == "month":
        return _month_before(first_of(today, "month"))
    if period == "7d":
        return last_days(today, 7)
    if period == "30d":
        return last_days(today, 30)
    monday = first_of(today, "week")
    return Span(monday - timedelta(days=7), monday - ONE_DAY)


def _month_before(first: date) -> Span:
    last = first.replace(day=1) - ONE_DAY
    return Span(last.replace(day=1), last)


def _own(query: QueryDict) -> Span | None:
    try:
        days = sorted(date.fromisoformat(query.get(name, "")) for name in ("since", "until"))
    except ValueError:
        return None
    if days[0].year < 1900 or days[1].year > 2200:  # nothing was recorded there
        return None
    return Span(max(days[0], last_days(days[1], LONGEST_DAYS).since), days[1])
