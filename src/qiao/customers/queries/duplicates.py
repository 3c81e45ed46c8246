"""Pairs that wait for a decision, the strongest first; counts kept, never counted."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.ids import LARGEST_ID
from qiao.customers.models import Duplicate, DuplicateRun
from qiao.customers.queries.people import CustomerLine, NotVisible, line_of
from qiao.customers.queries.search import LINE_JOINS, visible

MERGE = "customers.merge"
EVERYTHING = float("inf")


@dataclass(frozen=True, slots=True)
class Sign:
    """One piece of evidence as it was weighed; see `rules.duplicates.Evidence`."""

    key: str
    weight: float
    count: int
    what: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair as the worklist shows it. `chance` is 0 to 1; decided ones say who, when, why."""

    duplicate_id: int
    first: CustomerLine
    second: CustomerLine
    score: float
    prior: float
    against: str
    signs: tuple[Sign, ...]
    decided_at: datetime | None = None
    decided_by_id: int | None = None
    reason: str = ""

    @property
    def people(self) -> tuple[CustomerLine, CustomerLine]:
        """Both sides."""
        return self.first, self.second

    @property
    def chance(self) -> float:
        """The score as a probability."""
        return float(1 / (1 + 2.0**-self.score))


@dataclass(frozen=True, slots=True)
class PairPage:
    """Lines, and the mark after which the next page begins; empty at the end."""

    lines: list[PairLine]
    after: str


# One line of a customer: its columns are those of `line_of`.
_LINE = """
SELECT c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT unnest(%(ids)s::bigint[]) AS id, NULL::bigint AS account_id) f
  JOIN customers_customer c ON c.id = f.id
"""
_LINES = _LINE + LINE_JOINS
_PAGE = f"""
SELECT d.id, d.first_id, d.second_id, d.score, d.evidence, d.decided_at, d.decided_by_id, d.reason
  FROM customers_duplicate d
 WHERE d.state = %(state)s AND (d.score, d.id) < (%(score)s, %(id)s)
   AND (%(strongest)s = '' OR d.strongest = %(strongest)s)
   AND {visible("d.first_id")} AND {visible("d.second_id")}
 ORDER BY d.score DESC, d.id DESC LIMIT %(limit)s
"""  # noqa: S608 - put together from this module's own pieces; values are bound
# The first condition is that of the partial index.
_WAITING = _PAGE.replace("d.state = %(state)s", "d.state = 'proposed'")
_COUNTS = """
SELECT strongest, sum(n) FROM (
    SELECT strongest, n FROM customers_duplicatecount
     WHERE first_organisations && %(organisations)s::bigint[]
       AND second_organisations && %(organisations)s::bigint[]
    UNION ALL
    SELECT strongest, n FROM customers_duplicatecountchange
     WHERE first_organisations && %(organisations)s::bigint[]
       AND second_organisations && %(organisations)s::bigint[]) AS kept
 GROUP BY strongest
"""


def list_duplicates(
    *,
    actor: Actor,
    after: str = "",
    limit: int = 20,
    strongest: str = "",
    state: str = Duplicate.State.PROPOSED,
) -> PairPage:
    """Pairs of which the actor may merge both sides, the strongest evidence first.

    `after` is a mark of the page before; one that cannot be read begins at the start.
    """
    score, pk = _mark(after)
    values: dict[str, Any] = {
        "state": state, "score": score, "id": pk, "strongest": strongest, "limit": limit + 1,
        "organisations": list(actor.organisations(MERGE)),
    }  # fmt: skip
    rows = fetch_all(_WAITING if state == Duplicate.State.PROPOSED else _PAGE, values)
    lines = _pair_lines(actor, rows[:limit])
    last = lines[-1] if len(rows) > limit else None
    return PairPage(lines, f"{last.score!r}~{last.duplicate_id}" if last else "")


def _mark(text: str) -> tuple[float, int]:
    score, _, pk = text.partition("~")
    try:
        found = float(score)
    except ValueError:
        return EVERYTHING, LARGEST_ID
    whole = int(pk) if pk.isascii() and pk.isdecimal() else 0
    return (found, whole) if found == found and whole <= LARGEST_ID else (EVERYTHING, LARGEST_ID)


def _pair_lines(actor: Actor, rows: Iterable[tuple[Any, ...]]) -> list[PairLine]:
    rows = list(rows)
    people = _people(actor, {pk for row in rows for pk in row[1:3]})
    return [_pair_line(row, people) for row in rows]


def _pair_line(row: tuple[Any, ...], people: Mapping[int, CustomerLine]) -> PairLine:
    pk, first, second, score, evidence, decided_at, decided_by, reason = row
    told = json.loads(evidence) if isinstance(evidence, str) else evidence
    signs = tuple(Sign(**sign) for sign in told["signs"])
    return PairLine(
        pk, people[first], people[second], score, told["prior"], told["against"], signs,
        decided_at, decided_by, reason,
    )  # fmt: skip


def _people(actor: Actor, ids: set[int]) -> dict[int, CustomerLine]:
    values = {
        "ids": sorted(ids),
        "organisations": list(actor.organisations("customers.view")),
        "zone": settings.TIME_ZONE,
    }
    return {row[0]: line_of(row) for row in fetch_all(_LINES, values)} if ids else {}


def get_duplicate_for(*, actor: Actor, duplicate_id: int) -> PairLine:
    """One pair. Raises `NotVisible` unless the actor may merge both sides."""
    return _one(actor, pk=duplicate_id)


def duplicate_of(*, actor: Actor, one: int, other: int) -> PairLine | None:
    """The pair of these two as far as it was weighed, None if it was not."""
    try:
        return _one(actor, first=min(one, other), second=max(one, other))
    except NotVisible:
        return None


_ONE = f"""
SELECT d.id, d.first_id, d.second_id, d.score, d.evidence, d.decided_at, d.decided_by_id, d.reason
  FROM customers_duplicate d
 WHERE (d.id = %(id)s OR (d.first_id = %(first)s AND d.second_id = %(second)s))
   AND {visible("d.first_id")} AND {visible("d.second_id")}
"""  # noqa: S608 - as above


def _one(actor: Actor, *, pk: int = 0, first: int = 0, second: int = 0) -> PairLine:
    values: dict[str, Any] = {"id": pk, "first": first, "second": second}
    rows = fetch_all(_ONE, values | {"organisations": list(actor.organisations(MERGE))})
    if not rows:
        raise NotVisible(f"pair {pk}")
    return _pair_lines(actor, rows)[0]


def count_duplicates(*, actor: Actor) -> dict[str, int]:
    """How many pairs wait, by their strongest evidence; the key ``""`` holds all."""
    rows = fetch_all(_COUNTS, {"organisations": list(actor.organisations(MERGE))})
    counts = {strongest: int(n) for strongest, n in rows if n > 0}
    return counts | {"": sum(counts.values())}


def last_duplicate_run() -> DuplicateRun | None:
    """The search that runs, else the latest."""
    return DuplicateRun.objects.order_by("-id").first()
