"""Figures of the overview: what a module hands over, whatever is drawn of it.

A figure is a small table. Its cells hold counts and lead to the records behind them; pie, bar,
line and heat are ways to draw it, CSV and XLSX ways to take it away.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal
from urllib.parse import quote_plus

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from qiao.core.actor import Actor
from qiao.core.rules.spans import Span, Step, last_days
from qiao.core.rules.statistics import Share

Text = str | Promise
Form = Literal["pie", "bar", "line", "heat", "table"]
Axis = Literal["count", "percent"]

SHORT: Final = 7  # a curve over fewer days says nothing: it is drawn over this many


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at: days, a unit of the organisation with all below it, a pack.

    `unit_ids` are the ids of the chosen unit's subtree, None when no unit is chosen. `before` is
    what changes are measured against. `language` is a code as in ``zh-hans``. `memo` holds what
    figures of one page share; a scope belongs to one page of one actor.
    """

    span: Span
    before: Span
    now: datetime
    unit_id: int | None = None
    unit_ids: frozenset[int] | None = None
    pack: str = ""
    language: str = "zh-hans"
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def organisations(self, actor: Actor, permission: str) -> list[int]:
        """Ids of the organisations in which `permission` holds, within the chosen unit."""
        held = actor.organisations(permission)
        return [o for o in held if self.unit_ids is None or o in self.unit_ids]

    @property
    def step(self) -> Step:
        """In which steps a curve is drawn."""
        return self.span.step

    def curve(self) -> Span:
        """The days that a curve is drawn over: at least a week."""
        return self.span if self.span.days >= SHORT else last_days(self.span.until, SHORT)

    def address(self, url_name: str, parameters: Mapping[str, object]) -> str:
        """The page of that name with the scope's unit and pack and with `parameters`.

        Empty ones are left out, and a parameter takes the place of the scope's own. Without such
        a page there is no address, as there is no entry in the rail.
        """
        path = _path(url_name)
        if not path:
            return ""
        named = {"unit": self.unit_id, "pack": self.pack, **parameters}
        query = "&".join(_parts(named))
        return f"{path}?{query}" if query else path


@cache
def _path(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _parts(parameters: Mapping[str, object]) -> Iterator[str]:
    """The parts of a query. Written out because a page has a thousand addresses."""
    for name, value in parameters.items():
        if value is None or value == "":
            continue
        if isinstance(value, list | tuple):
            yield from (f"{name}={quote_plus(str(one))}" for one in value)
        elif isinstance(value, str):
            yield f"{name}={quote_plus(value)}"
        else:
            yield f"{name}={value}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value and the address of exactly the records that it counts.

    A percentage of records carries its `share`; `value` is then the percentage, or None.
    """

    value: float | None
    href: str = ""
    share: Share | None = None
    is_percent: bool = False


def count(n: int, href: str = "") -> Cell:
    """A number of records; nothing needs no address."""
    return Cell(n, href if n else "")


def percentage(part: int, whole: int, href: str = "") -> Cell:
    """A share of records."""
    share = Share(part, whole)
    return Cell(share.percent, href if part else "", share, is_percent=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A series. `is_line` draws it as a line over the bars; a percent axis stands right."""

    key: str
    label: Text
    tone: str = ""
    stack: str = ""
    axis: Axis = "count"
    is_line: bool = False
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A place on the category axis with a cell for each column. `key` names it in addresses."""

    label: Text
    cells: tuple[Cell, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The values of a figure. `head` names what the rows are.

    `totals` belong to the columns, over all rows; a pie of several columns is drawn from them.
    `note` stands beside the title: what the reader should see first. `gathered` gives the address
    of the records of several rows by their keys, so that a chart may draw the small ones as one;
    a figure that has it counts parts of one whole, in its first column.
    """

    head: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Cell, ...] = ()
    note: Text = ""
    gathered: Callable[[Sequence[str]], str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it counts nothing at all."""
        return not any(cell.value for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Standing:
    """A headline figure: the value now, the value before, and the way there.

    A percentage has `share` (and `share_before`), everything else `value` (and `value_before`).
    None before means that there is nothing to compare with. `trend` runs oldest first.
    """

    value: int = 0
    value_before: int | None = None
    share: Share | None = None
    share_before: Share | None = None
    trend: Sequence[float] = ()
    href: str = ""
    note: Text = ""


def part_label(part: Span, step: Step) -> str:
    """How a part of a curve is called on the axis: ``11-21``, ``11-16–22``, ``2026-11``."""
    if step == "day":
        return f"{part.since:%m-%d}"
    if step == "month":
        return f"{part.since:%Y-%m}"
    return f"{part.since:%m-%d}–{part.until:%d}" if part.days > 1 else f"{part.since:%m-%d}"
