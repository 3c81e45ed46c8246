"""What the reader of the overview chose: days, unit, pack; read from and written to addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor
from qiao.core.figures import Scope
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.spans import Span, last_days, last_months
from qiao.staff.queries import Unit, subtree_of, units_among

RIGHT: Final = "desk.overview"
OWN: Final = "own"
USUAL: Final = "30d"
LONGEST_DAYS: Final = 1_830
PERIODS: Final[dict[str, Promise]] = {
    "today": _("Today"),
    "7d": _("7 days"),
    "30d": _("30 days"),
    "12m": _("12 months"),
    OWN: _("Own dates"),
}
LISTED_KINDS: Final = ("company", "branch", "department")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice with everything that may be chosen instead."""

    period: str
    span: Span
    unit: Unit | None
    pack: str
    units: Sequence[Unit]
    packs: dict[str, str]
    scope: Scope

    @property
    def before(self) -> Span:
        """The days that changes are measured against."""
        return self.scope.before

    @property
    def is_running(self) -> bool:
        """Whether the span is only today, which is not over: comparing it would mislead."""
        return self.period == "today"

    def query(self, **changes: object) -> str:
        """The choice as the query of an address, with `changes`."""
        values: dict[str, object] = {"period": self.period}
        if self.period == OWN:
            values |= {"since": self.span.since, "until": self.span.until}
        values |= {"unit": self.unit.unit_id if self.unit else "", "pack": self.pack}
        values |= changes
        return urlencode({key: value for key, value in values.items() if value not in ("", None)})


def read_choice(query: QueryDict, *, actor: Actor, now: datetime, language: str) -> Choice:
    """The choice in an address; what cannot be read is as if it had not been chosen."""
    period, span = _read_span(query, timezone.localdate(now))
    units = units_among(actor.organisations(RIGHT), language=language)
    wanted = query.get("unit", "")
    unit = next((u for u in units if str(u.unit_id) == wanted), None)
    names = {key: pack.name.in_language(language) for key, pack in catalogue().packs.items()}
    pack = query.get("pack", "")
    pack = pack if pack in names else ""
    scope = Scope(
        span=span,
        before=span.year_before() if period == "12m" else span.before(),
        now=now,
        unit_id=unit.unit_id if unit else None,
        unit_ids=subtree_of(unit.unit_id) if unit else None,
        pack=pack,
        language=language,
    )
    listed = [u for u in units if u.kind in LISTED_KINDS]
    return Choice(period, span, unit, pack, listed, names, scope)


def _read_span(query: QueryDict, today: date) -> tuple[str, Span]:
    period = query.get("period", USUAL)
    if period == OWN:
        span = _own_span(query, today)
        if span is not None:
            return OWN, span
    spans = {
        "today": Span(today, today),
        "7d": last_days(today, 7),
        "12m": last_months(today, 12),
    }
    return (period, spans[period]) if period in spans else (USUAL, last_days(today, 30))


def _own_span(query: QueryDict, today: date) -> Span | None:
    try:
        days = sorted(date.fromisoformat(query.get(name, "")) for name in ("since", "until"))
    except ValueError:
        return None
    until = min(days[1], today)
    if days[0] > until or days[0].year < 1900:
        return None
    return Span(max(days[0], last_days(until, LONGEST_DAYS).since), until)
