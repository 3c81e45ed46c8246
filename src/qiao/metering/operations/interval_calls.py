"""Interval data that programs send: calls taken in at once and whole, many in one go.

What a call tells again of an interval of an earlier call is a correction, also among those that
are taken in together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa

from qiao.core.actor import Actor
from qiao.core.rules.numbers import normal_form
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.models import IntervalLoad
from qiao.metering.operations.interval_blocks import (
    known_for,
    meet,
    set_aside,
    tell_block,
    write_block,
)
from qiao.metering.operations.interval_files import Block
from qiao.metering.operations.interval_rows import Judged, Refused, judge_block
from qiao.metering.operations.taking import READ
from qiao.metering.queries.interval_meters import Meters
from qiao.metering.rules.intervals import Clock

KEY_LENGTH: Final = 120
MINUTES: Final = 30  # of a load; each row says its own


@dataclass(frozen=True, slots=True)
class NewInterval:
    """The use of a meter from a moment on, `minutes` long, as decimal text."""

    meter_number: str
    start: datetime
    value: str
    minutes: int
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class IntervalCall:
    """What a program sends at once; `key` names it within its source, for ever."""

    key: str
    intervals: Sequence[NewInterval]


@dataclass(frozen=True, slots=True)
class CallTaken:
    """The load of a call, whether it was known before, and the rows of it that were refused, by
    their place in the call (the first is 1); none of one that was known."""

    load: IntervalLoad
    is_known: bool
    refused: tuple[Refused, ...] = ()


def take_intervals(
    *, actor: Actor, organisation_id: int, source: str, key: str,
    intervals: Sequence[NewInterval], now: datetime,
) -> IntervalLoad:  # fmt: skip
    """Take in what a program sends, at once and whole; the same `key` again is the load that is
    known. Raises as `take_interval_calls`."""
    (taken,) = take_interval_calls(
        actor=actor, organisation_id=organisation_id, source=source, now=now,
        calls=[IntervalCall(key, intervals)],
    )  # fmt: skip
    return taken.load


def take_interval_calls(
    *, actor: Actor, organisation_id: int, source: str, calls: Sequence[IntervalCall],
    now: datetime,
) -> list[CallTaken]:  # fmt: skip
    """Take in what a program sent by several calls, each once; what became of each, in their
    order. What a refused transaction leaves of files in the lake is swept.

    Raises `BadText`, `Forbidden`.
    """
    required()
    actor.require(READ, organisation_id)
    word = clean(source, field="source", max_length=40, required=True)
    keys = [
        clean(each.key, field="key", max_length=KEY_LENGTH, one_line=True, required=True)
        for each in calls
    ]
    loads = IntervalLoad.objects.exclude(state=IntervalLoad.State.FAILED)
    held = {
        each.key: each
        for each in loads.filter(organisation=organisation_id, source=word, key__in=keys)
    }
    new: dict[str, IntervalCall] = {}
    for key, call in zip(keys, calls, strict=True):
        if key not in held:
            new.setdefault(key, call)
    begun = _begin(actor, organisation_id, word, list(new), now)
    taken = _take(begun, list(new.values()), known_for(organisation_id, actor), now)
    found, seen = [], set[str]()
    for key in keys:
        is_known = key in held or key in seen
        seen.add(key)
        found.append(CallTaken(held[key], is_known=True) if key in held else taken[key])
        if is_known and key not in held:
            found[-1] = replace(taken[key], is_known=True, refused=())
    return found


def _begin(
    actor: Actor, organisation_id: int, source: str, keys: Sequence[str], now: datetime
) -> list[IntervalLoad]:
    return IntervalLoad.objects.bulk_create(
        IntervalLoad(
            organisation_id=organisation_id, minutes=MINUTES, created_at=now, source=source,
            key=key, created_by_id=actor.staff_id,
        )
        for key in keys
    )  # fmt: skip


def _take(
    loads: Sequence[IntervalLoad], calls: Sequence[IntervalCall], known: tuple[Clock, Meters],
    now: datetime,
) -> dict[str, CallTaken]:  # fmt: skip
    taken: dict[str, CallTaken] = {}
    for places in _apart(calls):
        some = [loads[place] for place in places]
        refused = _take_apart(some, [calls[place].intervals for place in places], known, now)
        for load, rows in zip(some, refused, strict=True):
            load.state, load.finished_at = IntervalLoad.State.DONE, now
            taken[load.key] = CallTaken(load, is_known=False, refused=tuple(rows))
    IntervalLoad.objects.bulk_update(
        loads,
        ["state", "finished_at", "read_count", "taken_count", "refused_count", "faults"],
        batch_size=500,
    )
    return taken


def _apart(calls: Sequence[IntervalCall]) -> Iterator[list[int]]:
    """Places of calls that tell nothing of each other's intervals, in their order."""
    together: list[int] = []
    told: set[tuple[str, int]] = set()
    for place, call in enumerate(calls):
        own = {
            (normal_form(each.meter_number), int(each.start.timestamp()))
            for each in call.intervals
        }
        if told & own:
            yield together
            together, told = [], set()
        together.append(place)
        told |= own
    if together:
        yield together


def _take_apart(
    loads: Sequence[IntervalLoad], given: Sequence[Sequence[NewInterval]],
    known: tuple[Clock, Meters], now: datetime,
) -> list[list[Refused]]:  # fmt: skip
    """Take in calls that tell nothing of each other's intervals, as one block; the refused rows of
    each."""
    refused: list[list[Refused]] = [[] for _ in loads]
    every = [each for own in given for each in own]
    if not every:
        return refused
    clock, meters = known
    block = _block_of(every)
    meet(block, meters, now)
    judged = judge_block(block, meters, clock, minutes=MINUTES, now=now)
    written = write_block(judged, clock)
    tell_block(written, load_id=max(load.pk for load in loads), clock=clock, now=now)
    sizes = [len(own) for own in given]
    owner = np.repeat(np.arange(len(loads)), sizes)
    before = np.cumsum([0, *sizes])
    for row in judged.refused:
        which = int(owner[row.number - 1])
        refused[which].append(replace(row, number=row.number - int(before[which])))
    set_aside([(load, row) for load, rows in zip(loads, refused, strict=True) for row in rows])
    for load, count, good in zip(loads, sizes, _counts(judged, owner, len(loads)), strict=True):
        load.read_count, load.taken_count = count, good
    return refused


def _counts(judged: Judged, owner: Any, calls: int) -> list[int]:
    """How many intervals of each call were taken in: one that is told twice alike counts once."""
    good = np.ones(len(owner), dtype=bool)
    good[[row.number - 1 for row in judged.refused]] = False
    lines = np.stack([owner[good], judged.rows.register, judged.rows.start], axis=1)
    whose = np.unique(lines, axis=0)[:, 0]
    return [int(each) for each in np.bincount(whose, minlength=calls)]


def _block_of(intervals: Sequence[NewInterval]) -> Block:
    columns: dict[str, Any] = {
        "meter": [each.meter_number for each in intervals],
        "start": pa.array(
            [int(each.start.timestamp()) for each in intervals], pa.timestamp("s", tz="UTC")
        ),
        "value": [each.value for each in intervals],
        "minutes": [each.minutes for each in intervals],
        "quality": ["estimated" if each.is_estimated else "" for each in intervals],
    }
    table = pa.table(columns)
    return Block(0, {name: table.column(name) for name in columns}, "start", [], [], False)  # noqa: FBT003 - a field of a record
