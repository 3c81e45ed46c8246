"""Figures of the reports, counted over exactly the cases that the list would show for them."""
# ruff: noqa: S608 - statements are put together from declarations in code; values are bound

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.queries.filters import NOTHING, Filters, conditions, scope_of
from qiao.cases.queries.report_figures import figure_values
from qiao.core.actor import Actor
from qiao.core.manifest import CaseFigure
from qiao.core.rules.spans import Span, Step, first_of
from qiao.core.rules.statistics import Share
from qiao.customers.queries import stands_for

RIGHT: Final = "cases.reports"
MOST_ROWS: Final = 500
PLAIN: Final = ""
TIME: Final = "time"
_TYPE = "(SELECT t.{column} FROM cases_casetype t WHERE t.id = c.case_type_id)"
NOBODY: Final = "nobody"  # the row of cases without a customer, among those of tiers
_TIER = (
    "coalesce((SELECT cu.tier FROM customers_customer held"
    f" JOIN customers_customer cu ON cu.id = {stands_for('held')}"
    f" WHERE held.id = c.customer_id), '{NOBODY}')"
)
# How rows are made of cases, and the filter of the list that leads back to the cases of a row.
GROUPINGS: Final[Mapping[str, tuple[str, str]]] = {
    "unit": ("c.organisation_id::text", "only"),
    "team": ("c.team_id::text", "team"),
    "person": ("c.responsible_id::text", "responsible"),
    "type": (_TYPE.format(column="key"), "type"),
    "group": (_TYPE.format(column='"group"'), "group"),
    "channel": ("c.channel", "channel"),
    "area": ("c.area", "area"),
    "priority": ("c.priority", "priority"),
    "tier": (_TIER, "tier"),
}
_DAY_OF: Final = {"opened": "c.opened_date", "closed": "c.closed_date"}
_IDS: Final = frozenset({"team", "responsible"})


@dataclass(frozen=True, slots=True)
class Value:
    """What was counted of one figure: `n` of `whole` cases, and of their values the rest."""

    n: int = 0
    whole: int = 0
    median: float | None = None
    ninth: float | None = None
    mean: float | None = None

    @property
    def share(self) -> Share:
        """As a share."""
        return Share(self.n, self.whole)


NOT_COUNTED: Final = Value()
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Counted:
    """Values by row and figure, and those of all rows together."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    total: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What a report asks: figures over the days of `span`, in rows by `by` (empty: one row).

    `by` is a key of `GROUPINGS` or ``time``; `filters` narrow which cases count at all.
    """

    span: Span
    figures: Sequence[CaseFigure]
    by: str = PLAIN
    filters: Filters = field(default_factory=Filters)

    @property
    def step(self) -> Step:
        """In which steps ``time`` goes."""
        return self.span.step


def within_rights(filters: Filters, actor: Actor) -> Filters:
    """The filters narrowed to what the actor may see figures of: units with the right to
    reports; without any, only what the actor answers for."""
    units = actor.organisations(RIGHT)
    if not units:
        return replace(filters, responsible=actor.staff_id or 0)
    if set(actor.organisations("cases.view")) <= set(units):
        return filters
    wanted = tuple(o for o in filters.only if o in units) if filters.only else tuple(units)
    return replace(filters, only=wanted or (0,))


def in_period(filters: Filters, basis: str, span: Span) -> Filters:
    """The cases of a period: opened in it, archived in it, or open at its end."""
    if basis == "opened":
        return replace(filters, opened_from=span.since, opened_to=span.until)
    if basis == "closed":
        return replace(filters, closed_from=span.since, closed_to=span.until)
    return replace(filters, open_on=span.until)


def of_row(filters: Filters, by: str, key: str) -> Filters:
    """The filters of one row's cases; rows of ``time`` are told by their days instead."""
    if by not in GROUPINGS:
        return filters
    if by == "tier" and key == NOBODY:
        return replace(filters, nobody=True)
    name = GROUPINGS[by][1]
    values: dict[str, Any] = {name: int(key)} if name in _IDS else {name: (key or NOTHING,)}
    if name == "only":
        values = {name: (int(key),)}
    return replace(filters, **values)


def read_report(*, actor: Actor, now: datetime, question: Question) -> Counted:
    """Count everything that was asked, one statement for each basis of its figures."""
    rows: dict[str, Row] = {}
    total: Row = {}
    for basis in ("opened", "closed", "standing"):
        figures = [figure for figure in question.figures if figure.basis == basis]
        if not figures or (basis == "standing" and question.by == TIME):
            continue
        for key, values in _count(actor, now, question, basis, figures):
            (total if key is None else rows.setdefault(key, {})).update(values)
    return Counted(rows, total)


def _count(
    actor: Actor, now: datetime, question: Question, basis: str, figures: Sequence[CaseFigure]
) -> Iterator[tuple[str | None, Row]]:
    filters = in_period(within_rights(question.filters, actor), basis, question.span)
    sql, values = statement(
        actor=actor,
        now=now,
        filters=filters,
        figures=figures,
        group=_group(question, basis),
        day=question.span.until,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for is_total, key, *counts in cursor.fetchall():
            found = {
                figure.key: value_of(figure, counts[place * 3 : place * 3 + 3])
                for place, figure in enumerate(figures)
            }
            yield (None if is_total else str(key)), found


def _group(question: Question, basis: str) -> str:
    if question.by == TIME:
        return f"date_trunc('{question.step}', {_DAY_OF[basis]})::date::text"
    return GROUPINGS[question.by][0] if question.by else "''"


def statement(
    *,
    actor: Actor,
    now: datetime,
    filters: Filters,
    figures: Sequence[CaseFigure],
    group: str,
    day: date,
    also: str = "true",
) -> tuple[str, dict[str, Any]]:
    """The statement that counts figures by `group` over the cases of a list for which `also`
    holds, and its values."""
    scope = scope_of("all", filters, actor)
    parts, values = conditions("all", filters, actor, now)
    columns = [_columns(place, figure) for place, figure in enumerate(figures)]
    counts = [_counts(place, figure) for place, figure in enumerate(figures)]
    where = " AND ".join([f"c.{scope.column} = ANY(%(scope)s::bigint[])", *parts, also])
    sql = (
        f"SELECT grouping(x.g), x.g, {', '.join(counts)}"
        f" FROM (SELECT {group} AS g, {', '.join(columns)} FROM cases_case c WHERE {where}) AS x"
        f" GROUP BY GROUPING SETS ((x.g), ()) LIMIT {MOST_ROWS + 1}"
    )
    return sql, values | {"scope": list(scope.ids)} | figure_values(sql, actor, day)


def _columns(place: int, figure: CaseFigure) -> str:
    if figure.value:
        return f"{figure.value} AS v{place}"
    return f"({figure.whole}) AS w{place}, ({figure.part}) AS p{place}"


def _counts(place: int, figure: CaseFigure) -> str:
    if figure.kind == "time":
        spread = f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY v{place})"
        return f"count(v{place}), NULL, {spread}"
    if figure.kind == "money":
        return f"count(v{place}), NULL, ARRAY[avg(v{place})::float8]"
    return f"count(*) FILTER (WHERE w{place}), count(*) FILTER (WHERE w{place} AND p{place}), NULL"


def value_of(figure: CaseFigure, counts: Sequence[Any]) -> Value:
    """What three columns of a `statement` say of a figure."""
    whole, n, spread = counts
    if figure.kind == "time":
        median, ninth = spread or (None, None)
        return Value(whole, whole, median, ninth)
    if figure.kind == "money":
        return Value(whole, whole, mean=spread[0] if spread else None)
    return Value(n, whole)


def parts_of(question: Question) -> list[tuple[str, Span]]:
    """The rows of ``time``: the key of each and its days."""
    step = question.step
    return [(first_of(part.since, step).isoformat(), part) for part in question.span.parts(step)]


def shares_by(
    *, actor: Actor, now: datetime, question: Question, by: tuple[str, str]
) -> dict[str, dict[tuple[str, ...], Share]]:
    """Shares by figure and by two groupings at once, to tell where a change comes from."""
    group = f"ARRAY[{', '.join(GROUPINGS[name][0] for name in by)}]::text[]"
    found: dict[str, dict[tuple[str, ...], Share]] = {}
    for basis in ("opened", "closed"):
        figures = [f for f in question.figures if f.basis == basis and f.kind == "share"]
        if not figures:
            continue
        filters = in_period(within_rights(question.filters, actor), basis, question.span)
        sql, values = statement(
            actor=actor,
            now=now,
            filters=filters,
            figures=figures,
            group=group,
            day=question.span.until,
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for is_total, keys, *counts in cursor.fetchall():
                for place, figure in enumerate(figures):
                    whole, n = counts[place * 3], counts[place * 3 + 1]
                    if not is_total and whole:
                        found.setdefault(figure.key, {})[tuple(keys)] = Share(n, whole)
    return found
