"""Figures of contacts for the overview: sums of kept counts, each with the list that it counts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.contact.models import Interaction
from qiao.core.actor import Actor
from qiao.core.figures import Cell, Column, Grid, Row, Scope, Standing, count
from qiao.core.kept import Ask, KeptCounts, Sums
from qiao.core.rules.spans import Span, first_of, last_days

RIGHT: Final = "interactions.view"
KEPT: Final = KeptCounts(
    table="contact_interactioncount",
    changes="contact_interactioncountchange",
    months="contact_interactioncountmonth",
)
BEFORE: Final = "before"
CURVE: Final = "curve"
HEAT_DAYS: Final = 91  # thirteen weeks: enough of each weekday, and the habits of today
WEEKDAYS: Final = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
MONDAY: Final = date(2024, 1, 1)  # the first part of an ask by weekday


def _list(scope: Scope, span: Span, **filters: object) -> str:
    days = {"since": span.since, "until": span.until + timedelta(days=1)}
    return scope.address("contact:list", {**days, **filters, "pack": ""})


def _read(actor: Actor, scope: Scope, *asks: Ask) -> Sums:
    return KEPT.read(*asks, organisations=scope.organisations(actor, RIGHT))


def taken(actor: Actor, scope: Scope) -> Standing:
    """Contacts that began in the span; those begun by mistake are left out."""
    curve = scope.curve()
    sums = _read(
        actor,
        scope,
        Ask(("taken",), scope.span),
        Ask(("taken",), scope.before, mark=BEFORE),
        Ask(("taken",), curve, curve.step, mark=CURVE),
    )
    parts = [first_of(part.since, curve.step) for part in curve.parts(curve.step)]
    return Standing(
        value=sums.of("taken"),
        value_before=sums.of("taken", mark=BEFORE),
        trend=[sums.of("taken", part=part, mark=CURVE) for part in parts],
        href=_list(scope, scope.span),
    )


def by_channel(actor: Actor, scope: Scope) -> Grid:
    """Contacts of the span by channel, the most used first."""
    found = _read(actor, scope, Ask(("channel",), scope.span)).by_holder("channel")
    names = dict(Interaction.Channel.choices)

    def address(keys: Sequence[str]) -> str:
        return _list(scope, scope.span, channel=list(keys))

    rows = [Row(names.get(key, key), (count(n, address([key])),), key) for key, n in found.items()]
    whole = count(sum(found.values()), _list(scope, scope.span))
    return Grid(
        pgettext_lazy("column of figures", "Channel"),
        (Column("n", pgettext_lazy("column of figures", "Contacts")),),
        tuple(rows),
        (whole,),
        gathered=address,
    )


def by_hour(actor: Actor, scope: Scope) -> Grid:
    """Contacts by weekday and hour of the day, over at most thirteen weeks."""
    span = scope.span
    if span.days > HEAT_DAYS:
        span = last_days(span.until, HEAT_DAYS)
    sums = _read(actor, scope, Ask(("hour",), span, by_weekday=True))

    def cell(weekday: int, hour: int) -> Cell:
        n = sums.of("hour", f"{hour:02}", MONDAY + timedelta(days=weekday))
        return count(n, _list(scope, span, hour=hour, weekday=weekday + 1))

    return Grid(
        pgettext_lazy("column of figures", "Weekday"),
        tuple(Column(f"{hour:02}", f"{hour:02}") for hour in range(24)),
        tuple(
            Row(label, tuple(cell(weekday, hour) for hour in range(24)))
            for weekday, label in enumerate(WEEKDAYS)
        ),
        note="" if span == scope.span else _("the last thirteen weeks"),
    )


WORKLOAD: Final = (Column("contacts", pgettext_lazy("column of figures", "Contacts")),)


def workload(actor: Actor, scope: Scope) -> dict[str, dict[int, Cell]]:
    """Contacts of the span by who took them."""
    found = _read(actor, scope, Ask(("agent",), scope.span)).by_holder("agent")
    cells = {int(who): count(n, _list(scope, scope.span, agent=who)) for who, n in found.items()}
    return {"contacts": cells}
