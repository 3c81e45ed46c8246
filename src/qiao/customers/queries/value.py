"""Key customers: how many make four fifths of the value, who they are, and how that moves."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from qiao.core import settings as dated
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.models import ValuePeriod
from qiao.customers.queries.people import CustomerLine, lines_for
from qiao.customers.queries.search import visible
from qiao.customers.rules.value import Loyalty, loyalty

RIGHT = "customers.value"
PAGE = 30
# The source that the migration gives, for readers of other languages.
SOURCE = gettext_noop(
    "Company rule: value 30, tenure 20 (ten years full), repeat 15, satisfaction 20, complaints 15"
)
BATCH = 500


def value_periods() -> list[ValuePeriod]:
    """What is kept, the oldest first; the last one is open and ends today."""
    return list(ValuePeriod.objects.order_by("until"))


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key customer as a list shows them; `value` in minor units."""

    place: int
    value: int
    is_new: bool
    line: CustomerLine

    @property
    def yuan(self) -> int:
        """The value in whole yuan."""
        return (self.value + 50) // 100


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Lines, and the place after which the next page begins; None at the end."""

    lines: list[KeyLine]
    after: int | None


def _list(narrowed: str) -> str:
    return f"""
SELECT k.place, k.customer_id, k.value, k.is_new
  FROM customers_keycustomer k
 WHERE k.period_id = %(period)s AND k.place > %(after)s {narrowed} AND {visible("k.customer_id")}
 ORDER BY k.place LIMIT %(limit)s
"""


_STATEMENTS = {
    "": _list(""),
    "came": _list("AND k.is_new"),
    # Of the period before: those who are not in this one.
    "fell": _list(
        "AND NOT EXISTS (SELECT FROM customers_keycustomer n"
        " WHERE n.period_id = %(now)s AND n.customer_id = k.customer_id)"
    ),
}
VIEWS = tuple(_STATEMENTS)


def key_customers(
    *, actor: Actor, period: ValuePeriod, view: str = "", after: int = 0, limit: int = PAGE
) -> KeyPage:
    """Key customers of a period whom the actor may see, the most valuable first.

    `view` is empty for all, ``came`` for those who were not there the period before, ``fell`` for
    those who were and are no more (with what they were worth then).
    """
    shown = _before(period) if view == "fell" else period
    if shown is None:
        return KeyPage([], None)
    parameters: dict[str, Any] = {
        "period": shown.pk,
        "after": after,
        "limit": limit + 1,
        "organisations": list(actor.organisations(RIGHT)),
    }
    if view == "fell":
        parameters["now"] = period.pk
    rows = fetch_all(_STATEMENTS[view], parameters)
    known = lines_for(actor=actor, customer_ids=[row[1] for row in rows[:limit]])
    lines = [
        KeyLine(place, value, is_new, known[pk])
        for place, pk, value, is_new in rows[:limit]
        if pk in known
    ]
    return KeyPage(lines, rows[limit - 1][0] if len(rows) > limit else None)


def all_key_customers(*, actor: Actor, period: ValuePeriod, view: str) -> Iterator[list[KeyLine]]:
    """The whole list in pieces, for a file."""
    after: int | None = 0
    while after is not None:
        page = key_customers(actor=actor, period=period, view=view, after=after, limit=BATCH)
        yield page.lines
        after = page.after


def _before(period: ValuePeriod) -> ValuePeriod | None:
    return ValuePeriod.objects.filter(until__lt=period.until).order_by("-until").first()


@dataclass(frozen=True, slots=True)
class PartInWords:
    """A part of the loyalty figure as it is shown."""

    name: str
    weight: int
    score: int | None
    says: str


@dataclass(frozen=True, slots=True)
class LoyaltyInWords:
    """The figure with its parts, and where the weights come from."""

    figure: int | None
    parts: list[PartInWords]
    source: str
    valid_from: date | None


def loyalty_in_words(data: dict[str, Any]) -> LoyaltyInWords:
    """The loyalty figure of a panel's facts, in the reader's words."""
    figure, weights = loyalty_of(data)
    says = {
        "value": _("%(yuan)s yuan in 12 months, above %(percent)s %% of customers")
        % {"yuan": f"{(data['value'] or 0) // 100:,}", "percent": data["percentile"]},
        "tenure": ngettext("%(n)s year", "%(n)s years", data["tenure"] or 0)
        % {"n": data["tenure"]},
        "repeat": _("value in %(n)s of 3 years") % {"n": data["repeat"]},
        "satisfaction": _("mean %(figure)s of 4")
        % {"figure": f"{(data['satisfaction'] or 0) / 100:.2f}"},
        "complaints": ngettext(
            "%(n)s complaint in 24 months", "%(n)s complaints in 24 months", data["complaints"]
        )
        % {"n": data["complaints"]},
    }
    names = {
        "value": pgettext("loyalty", "Value"),
        "tenure": pgettext("loyalty", "Tenure"),
        "repeat": pgettext("loyalty", "Repeat"),
        "satisfaction": pgettext("loyalty", "Satisfaction"),
        "complaints": pgettext("loyalty", "Complaints"),
    }
    parts = [
        PartInWords(names[part.key], part.weight, part.score, says[part.key])
        for part in figure.parts
    ]
    return LoyaltyInWords(figure.figure, parts, _(weights.source), weights.valid_from)


def loyalty_of(data: dict[str, Any]) -> tuple[Loyalty, dated.Value]:
    """The loyalty figure out of a panel's facts, and the weights in force with their source."""
    since = date.fromisoformat(data["valid_from"]) if data["valid_from"] else None
    weights = dated.Value(data["weights"], since, data["source"])
    figure = loyalty(
        percentile=data["percentile"],
        tenure_years=data["tenure"],
        years_with_value=data["repeat"],
        satisfaction=data["satisfaction"],
        complaints=data["complaints"],
        weights=weights.value["weights"],
        full_years=weights.value["full_years"],
    )
    return figure, weights
