"""Figures of cases for the overview: sums of kept counts, each with the list that it counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.cases.queries.filters import NOTHING
from qiao.cases.showing.names import GROUPS, channel_words
from qiao.core.actor import Actor
from qiao.core.figures import (
    Cell,
    Column,
    Grid,
    Row,
    Scope,
    Standing,
    Text,
    count,
    part_label,
    percentage,
)
from qiao.core.kept import Ask, KeptCounts, Sums
from qiao.core.rules.spans import Span, Step, first_of
from qiao.core.rules.statistics import Share, cumulative_percents
from qiao.core.rules.texts import language_key
from qiao.core.wording import from_names

RIGHT: Final = "cases.view"
KEPT: Final = KeptCounts(
    table="cases_casecount",
    changes="cases_casecountchange",
    months="cases_casecountmonth",
    by_pack=True,
)

MANY_OF: Final = 4  # the note of a Pareto figure speaks of so many
BEFORE: Final = "before"
_TYPES: Final = (
    "SELECT jsonb_build_object('key', key, 'group', \"group\", 'names', names)"
    " FROM cases_casetype WHERE id = k.holder::bigint"
)
_AREAS: Final = (
    "SELECT jsonb_build_object('name', name, 'names', names) FROM staff_region"
    " WHERE code = k.holder"
)
NUMBER: Final = Column("n", pgettext_lazy("column of figures", "Cases"))
TOGETHER: Final = Column(
    "together",
    pgettext_lazy("column of figures", "Together"),
    tone="c3",
    axis="percent",
    is_line=True,
)


def _list(scope: Scope, **filters: object) -> str:
    return scope.address("cases:list", filters)


def _opened(scope: Scope, span: Span, **filters: object) -> str:
    return _list(scope, view="all", opened_from=span.since, opened_to=span.until, **filters)


def _closed(scope: Scope, span: Span, **filters: object) -> str:
    return _list(scope, view="closed", closed_from=span.since, closed_to=span.until, **filters)


def _read(actor: Actor, scope: Scope, *asks: Ask, labels: str = "") -> Sums:
    units = scope.organisations(actor, RIGHT)
    return KEPT.read(*asks, organisations=units, pack=scope.pack, labels=labels)


def _curve(scope: Scope) -> tuple[Step, list[tuple[Span, date]]]:
    """The parts of the curve, each with the day under which its sums stand."""
    span = scope.curve()
    return span.step, [(part, first_of(part.since, span.step)) for part in span.parts(span.step)]


# The strip.


def _daily(actor: Actor, scope: Scope, views: tuple[str, ...]) -> Sums:
    step, _parts = _curve(scope)
    return _read(
        actor,
        scope,
        Ask(views, scope.span),
        Ask(views, scope.before, mark=BEFORE),
        Ask(views, scope.curve(), step, mark="curve"),
    )


def _trend(scope: Scope, sums: Sums, view: str) -> list[float]:
    return [sums.of(view, part=day, mark="curve") for _, day in _curve(scope)[1]]


def opened(actor: Actor, scope: Scope) -> Standing:
    """Cases opened in the span."""
    sums = _daily(actor, scope, ("opened",))
    return Standing(
        value=sums.of("opened"),
        value_before=sums.of("opened", mark=BEFORE),
        trend=_trend(scope, sums, "opened"),
        href=_opened(scope, scope.span),
    )


def closed(actor: Actor, scope: Scope) -> Standing:
    """Cases archived in the span, whenever they were opened."""
    sums = _daily(actor, scope, ("closed",))
    return Standing(
        value=sums.of("closed"),
        value_before=sums.of("closed", mark=BEFORE),
        trend=_trend(scope, sums, "closed"),
        href=_closed(scope, scope.span),
    )


def _kept_share(sums: Sums, part: date | None = None, mark: str = "") -> Share:
    kept = sums.of("opened:promise", "kept", part, mark)
    return Share(kept, kept + sums.of("opened:promise", "missed", part, mark))


def promises_kept(actor: Actor, scope: Scope) -> Standing:
    """Of the cases opened in the span and decided, those whose every promise was kept."""
    sums = _daily(actor, scope, ("opened:promise",))
    shares = [_kept_share(sums, day, "curve") for _, day in _curve(scope)[1]]
    return Standing(
        share=_kept_share(sums),
        share_before=_kept_share(sums, mark=BEFORE),
        trend=[share.percent for share in shares if share.percent is not None],
        href=_opened(scope, scope.span, promise="kept"),
    )


def open_now(actor: Actor, scope: Scope) -> Standing:
    """Cases that are open at this moment."""
    sums = _read(actor, scope, Ask(("open", "urgent")))
    urgent = sums.of("urgent")
    return Standing(
        value=sums.of("open"),
        href=_list(scope, view="open"),
        note=_("%(count)s urgent") % {"count": f"{urgent:,}"} if urgent else "",
    )


def late_now(actor: Actor, scope: Scope) -> Standing:
    """Open cases that are past a promised time at this moment."""
    sums = _read(actor, scope, Ask(("level",)))
    soon = sums.of("level", "bad") + sums.of("level", "warn")
    return Standing(
        value=sums.of("level", "late"),
        href=_list(scope, view="late"),
        note=_("%(count)s due soon") % {"count": f"{soon:,}"} if soon else "",
    )


# The panels.


def over_time(actor: Actor, scope: Scope) -> Grid:
    """Cases opened and archived, by day, week or month."""
    step, parts = _curve(scope)
    sums = _read(actor, scope, Ask(("opened", "closed"), scope.curve(), step))
    rows = [
        Row(
            part_label(part, step),
            (
                count(sums.of("opened", part=day), _opened(scope, part)),
                count(sums.of("closed", part=day), _closed(scope, part)),
            ),
        )
        for part, day in parts
    ]
    span = scope.curve()
    totals = (_sum(rows, 0, _opened(scope, span)), _sum(rows, 1, _closed(scope, span)))
    return Grid(
        pgettext_lazy("column of figures", "Time"),
        (
            Column("opened", pgettext_lazy("column of figures", "Opened")),
            Column("closed", pgettext_lazy("column of figures", "Archived"), tone="c8"),
        ),
        tuple(rows),
        totals,
        note=_("the last seven days") if span != scope.span else "",
    )


def _sum(rows: list[Row], place: int, href: str) -> Cell:
    return count(int(sum(row.cells[place].value or 0 for row in rows)), href)


def _pareto(grid: Grid) -> Grid:
    """The grid with what its rows, the largest first, make up together."""
    counts = [int(row.cells[0].value or 0) for row in grid.rows]
    together = cumulative_percents(counts)
    rows = tuple(
        Row(row.label, (*row.cells, Cell(percent, is_percent=True)), row.key)
        for row, percent in zip(grid.rows, together, strict=True)
    )
    note: Text = ""
    if len(rows) > MANY_OF:
        percent = f"{together[MANY_OF - 1]:.0f}"
        note = _("the first %(count)s make up %(percent)s %%") % {
            "count": MANY_OF,
            "percent": percent,
        }
    return replace(
        grid,
        columns=(NUMBER, TOGETHER),
        rows=rows,
        totals=(*grid.totals, Cell(None)),
        note=note,
    )


def _parts(
    head: Text, scope: Scope, name: str, found: Mapping[str, int], labels: Mapping[str, Text]
) -> Grid:
    """Parts of the cases opened in the span by the list's filter `name`, the largest first."""

    def address(keys: Sequence[str]) -> str:
        return _opened(scope, scope.span, **{name: [key or NOTHING for key in keys]})

    rows = [
        Row(labels.get(key, key), (count(n, address([key])),), key)
        for key, n in sorted(found.items(), key=lambda item: -item[1])
    ]
    whole = _sum(rows, 0, _opened(scope, scope.span))
    return Grid(head, (NUMBER,), tuple(rows), (whole,), gathered=address)


def _opened_types(actor: Actor, scope: Scope) -> Sums:
    """Read once for the figures of types and of kinds."""
    found: Sums | None = scope.memo.get(_TYPES)
    if found is None:
        found = _read(actor, scope, Ask(("opened:type",), scope.span), labels=_TYPES)
        scope.memo[_TYPES] = found
    return found


def by_type(actor: Actor, scope: Scope) -> Grid:
    """Cases opened in the span by type, with what the most frequent make up together."""
    sums = _opened_types(actor, scope)
    found = {sums.labels[h]["key"]: n for h, n in sums.by_holder("opened:type").items()}
    labels = {kind["key"]: from_names(kind["names"]) for kind in sums.labels.values()}
    head = pgettext_lazy("column of figures", "Type")
    return _pareto(_parts(head, scope, "type", found, labels))


def by_group(actor: Actor, scope: Scope) -> Grid:
    """Cases opened in the span by kind: fault reports, complaints, enquiries …"""
    sums = _opened_types(actor, scope)
    found: dict[str, int] = defaultdict(int)
    for holder, n in sums.by_holder("opened:type").items():
        found[sums.labels[holder]["group"]] += n
    return _parts(pgettext_lazy("column of figures", "Kind"), scope, "group", found, GROUPS)


def by_channel(actor: Actor, scope: Scope) -> Grid:
    """Cases opened in the span by the way in which the customer came."""
    found = _read(actor, scope, Ask(("opened:channel",), scope.span)).by_holder("opened:channel")
    labels = {key: channel_words(key) for key in found}
    return _parts(pgettext_lazy("column of figures", "Channel"), scope, "channel", found, labels)


def by_area(actor: Actor, scope: Scope) -> Grid:
    """Cases opened in the span by area."""
    sums = _read(actor, scope, Ask(("opened:area",), scope.span), labels=_AREAS)
    found = sums.by_holder("opened:area")
    labels = {key: _area_name(sums.labels.get(key), key, scope.language) for key in found}
    head = pgettext_lazy("column of figures", "Area")
    return _pareto(_parts(head, scope, "area", found, labels))


def _area_name(region: dict[str, Any] | None, code: str, language: str) -> Text:
    if region is None:
        return code or pgettext_lazy("area", "Not stated")
    key = language_key(language)
    return str(region["names"].get(key, region["name"]))


def by_promise(actor: Actor, scope: Scope) -> Grid:
    """Cases opened by what became of their promises, by day, week or month."""
    step, parts = _curve(scope)
    sums = _read(actor, scope, Ask(("opened:promise",), scope.curve(), step))
    rows = []
    for part, day in parts:
        cells = [
            count(sums.of("opened:promise", key, day), _opened(scope, part, promise=key))
            for key in ("kept", "missed", "running")
        ]
        share = _kept_share(sums, day)
        kept = percentage(share.part, share.whole, _opened(scope, part, promise="kept"))
        rows.append(Row(part_label(part, step), (*cells, kept)))
    span = scope.curve()
    totals = [
        _sum(rows, place, _opened(scope, span, promise=key))
        for place, key in enumerate(("kept", "missed", "running"))
    ]
    kept_n, missed_n = (int(total.value or 0) for total in totals[:2])
    whole = percentage(kept_n, kept_n + missed_n, _opened(scope, span, promise="kept"))
    return Grid(
        pgettext_lazy("column of figures", "Time"),
        (
            Column("kept", pgettext_lazy("promise", "Kept"), tone="c8", stack="promise"),
            Column("missed", pgettext_lazy("promise", "Missed"), tone="c5", stack="promise"),
            Column("running", pgettext_lazy("promise", "Running"), tone="mute", stack="promise"),
            Column(
                "rate",
                pgettext_lazy("promise", "Kept of those decided"),
                tone="text",
                axis="percent",
                is_line=True,
            ),
        ),
        tuple(rows),
        (*totals, whole),
        note=_("the last seven days") if span != scope.span else "",
    )


# The table of people.

WORKLOAD: Final = (
    Column("opened", pgettext_lazy("column of figures", "Cases opened")),
    Column("closed", pgettext_lazy("column of figures", "Cases archived")),
    Column("open", pgettext_lazy("column of figures", "Open now")),
    Column("late", pgettext_lazy("column of figures", "Late now"), tone="bad"),
)


def workload(actor: Actor, scope: Scope) -> dict[str, dict[int, Cell]]:
    """Cases by the person who is responsible for them."""
    sums = _read(
        actor,
        scope,
        Ask(("opened:responsible", "closed:responsible"), scope.span),
        Ask(("responsible", "late:responsible")),
    )

    def cells(view: str, address: Any) -> dict[int, Cell]:
        found = sums.by_holder(view)
        return {int(holder): count(n, address(holder)) for holder, n in found.items()}

    return {
        "opened": cells(
            "opened:responsible", lambda who: _opened(scope, scope.span, responsible=who)
        ),
        "closed": cells(
            "closed:responsible", lambda who: _closed(scope, scope.span, responsible=who)
        ),
        "open": cells("responsible", lambda who: _list(scope, view="open", responsible=who)),
        "late": cells("late:responsible", lambda who: _list(scope, view="late", responsible=who)),
    }
