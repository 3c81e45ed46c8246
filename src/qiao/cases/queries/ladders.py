"""Ladders as they are set, and where today's cases would stand on one."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from qiao.cases.journal import kept_clocks, known_calendars
from qiao.cases.ladders import declared, is_meant, setting_key
from qiao.cases.models import Case, CaseEvent, CaseRung, CaseType
from qiao.cases.rules.ladder import Rung, due_steps, rung_from_data, steps_of
from qiao.core.actor import Actor
from qiao.core.models import Setting
from qiao.staff.queries import subtree_of

Place = tuple[str, int, str]
WAITS_SINCE: Final = ("opened", "reopened", "transferred", "assigned")
MOST_LOOKED_AT: Final = 2_000
EXAMPLES: Final = 3


def climbed_rungs(case_ids: Sequence[int]) -> dict[int, frozenset[Place]]:
    """Promise, round and key of the rungs that cases have climbed."""
    found: dict[int, set[Place]] = defaultdict(set)
    for rung in CaseRung.objects.filter(case__in=case_ids):
        found[rung.case_id].add((rung.promise, rung.round, rung.rung))
    return {pk: frozenset(places) for pk, places in found.items()}


def waiting_since(case_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """The round of waiting of cases that nobody has, and since when."""
    since = CaseEvent.objects.filter(case__in=case_ids, kind__in=WAITS_SINCE)
    latest = since.order_by("case_id", "-seq").distinct("case_id")
    return {pk: (seq, at) for pk, seq, at in latest.values_list("case_id", "seq", "at")}


@dataclass(frozen=True, slots=True)
class LadderSet:
    """What was set for a ladder at a place: for `type_key` (empty: all its types) and a unit
    (None: the company), from `since` until before `until`."""

    type_key: str
    organisation_id: int | None
    since: date
    until: date | None
    rungs: tuple[Rung, ...]
    source: str
    changed_by_id: int | None


def history_of_ladder(key: str) -> list[LadderSet]:
    """Everything that was ever set for a ladder, the latest first."""
    own = setting_key(key)
    rows = Setting.objects.filter(key__startswith=own).order_by("-valid", "organisation_id", "key")
    return [
        LadderSet(
            row.key.removeprefix(own).removeprefix(":"),
            row.organisation_id,
            row.valid.lower,
            row.valid.upper,
            tuple(rung_from_data(each) for each in row.value),
            row.source,
            row.changed_by_id,
        )
        for row in rows
        if row.key == own or row.key.startswith(f"{own}:")
    ]


def types_on(ladder: str) -> list[str]:
    """Keys of the case types that climb a ladder."""
    rows = CaseType.objects.filter(is_active=True).order_by("key").values_list("key", "group")
    found = [(key, declared(key, group)) for key, group in rows]
    return [key for key, spec in found if spec is not None and spec.key == ladder]


@dataclass(frozen=True, slots=True)
class TriedRung:
    """How many cases stand on a rung, how many of its notices are new, and some of the cases."""

    rung: Rung
    standing: int
    told: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """Where open cases would stand; `looked_at` of `total`, drawn by chance where there are many.

    `below` have not reached any rung.
    """

    total: int
    looked_at: int
    below: int
    rungs: tuple[TriedRung, ...]

    @property
    def is_sample(self) -> bool:
        """Whether only some of the cases were looked at."""
        return self.looked_at < self.total


def try_rungs(
    *,
    actor: Actor,
    types: Sequence[str],
    organisation_id: int | None,
    rungs: Sequence[Rung],
    now: datetime,
) -> Tried:
    """Which open cases that the actor may see would be on which rung now; writes nothing.

    A case stands on the last rung that it has reached; what it has climbed already is not told
    again.
    """
    cases = Case.objects.visible_to(actor).filter(closed_at=None, case_type__key__in=types)
    if organisation_id is not None:
        cases = cases.filter(organisation_id__in=subtree_of(organisation_id))
    ids = list(cases.order_by("id").values_list("id", flat=True))
    dice = random.Random(len(ids))  # noqa: S311 - the same sample when one looks again
    some = sorted(dice.sample(ids, min(len(ids), MOST_LOOKED_AT)))
    standing: Counter[Rung] = Counter()
    told: Counter[Rung] = Counter()
    examples: dict[Rung, list[str]] = defaultdict(list)
    for number, reached, new in _reached(some, rungs, now):
        told.update(new)
        if reached:
            standing[reached[-1]] += 1
            examples[reached[-1]].append(number)
    return Tried(
        total=len(ids),
        looked_at=len(some),
        below=len(some) - standing.total(),
        rungs=tuple(
            TriedRung(rung, standing[rung], told[rung], tuple(examples[rung][:EXAMPLES]))
            for rung in rungs
        ),
    )


def _reached(
    case_ids: Sequence[int], rungs: Sequence[Rung], now: datetime
) -> list[tuple[str, list[Rung], list[Rung]]]:
    """Number of each case, the rungs that it has reached, and those that were not climbed."""
    rows = list(
        Case.objects.filter(pk__in=case_ids).values("id", "number", "priority", "assignee_id")
    )
    calendars, kept = known_calendars(), kept_clocks(case_ids)
    climbed = climbed_rungs(case_ids)
    waiting = waiting_since([row["id"] for row in rows if row["assignee_id"] is None])
    found = []
    for row in rows:
        own = _for_priority(rungs, row)
        steps = steps_of(kept[row["id"]].state, own, calendars, waiting.get(row["id"]))
        meant = [step for step in steps if is_meant(step)]
        reached, _next = due_steps(meant, frozenset(), now)
        new, _next = due_steps(meant, climbed.get(row["id"], frozenset()), now)
        found.append((row["number"], [step.rung for step in reached], [step.rung for step in new]))
    return found


def _for_priority(rungs: Sequence[Rung], row: Mapping[str, Any]) -> list[Rung]:
    return [r for r in rungs if not r.priorities or row["priority"] in r.priorities]
