"""How many people a week needs: calls to come, the work with them, the promise of the queues.

From calls to people by Erlang A (`contact.rules.erlang`): by queue, how many who can serve it are
needed; and for all queues together, as if everybody served all, how many people at least. Then
shrinkage: of so many on shift some are not at the telephone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any, Final

import numpy as np

from qiao.contact.queries.staffing import NotReachable, Traffic, agents_for
from qiao.core import parameters
from qiao.core.packs.queues import QueueSpec
from qiao.staff.queries import chain_of, subtree_of
from qiao.workforce.models import PlanningGroup
from qiao.workforce.parameters import SHRINKAGE
from qiao.workforce.queries.calls import QueueCalls, calls_by_queue, kinds_of_days, phone_queues
from qiao.workforce.queries.groups import queues_of
from qiao.workforce.rules.forecast import FEWEST_DAYS, DayForecast, forecast
from qiao.workforce.rules.plan import DAY_SLOTS, DAYS, SLOT_MINUTES, WEEK_SLOTS

SLOT_SECONDS: Final = 60 * SLOT_MINUTES
SELDOM: Final = 0.25  # calls in a half hour below which nobody is kept for them alone


class NoHistory(ValueError):  # noqa: N818 - a refusal
    """There are too few days with calls to forecast from."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a week is planned for, by half hour from Monday 0:00.

    `calls` expected with the bounds of eight cases in ten; `needs` people on shift in all,
    `queue_needs` people at work by queue; `work_seconds` with a call by queue. `shrinkage` in
    percent; `known_until` is the day before which calls were known, `patience_seconds` how long
    callers wait.
    """

    calls: list[float]
    low: list[float]
    high: list[float]
    needs: list[int]
    queue_needs: dict[str, list[int]]
    work_seconds: dict[str, float]
    shrinkage: float
    patience_seconds: int
    known_until: str

    def kept(self) -> dict[str, Any]:
        """As a week keeps it."""
        rounded = {
            name: [round(each, 2) for each in getattr(self, name)]
            for name in ("calls", "low", "high")
        }
        return rounded | {
            "needs": self.needs,
            "queue_needs": self.queue_needs,
            "work_seconds": {key: round(each, 1) for key, each in self.work_seconds.items()},
            "shrinkage": self.shrinkage,
            "patience_seconds": self.patience_seconds,
            "known_until": self.known_until,
        }


def demand_of(kept: Mapping[str, Any]) -> Demand:
    """The demand that a week keeps; all zeros where there is none."""
    if not kept:
        nothing = [0.0] * WEEK_SLOTS
        return Demand(nothing, nothing, nothing, [0] * WEEK_SLOTS, {}, {}, 0.0, 0, "")
    return Demand(**kept)


def demand_for(group: PlanningGroup, *, monday: date, today: date) -> Demand:
    """The demand of a week from the calls before it that are known today.

    Raises `NoHistory`.
    """
    until = min(today, monday)
    found = calls_by_queue(
        organisation_ids=subtree_of(group.calls_of_id), until=until, queues=queues_of(group)
    )
    if not found or len(found[0].history.days) < FEWEST_DAYS:
        raise NoHistory(str(group.pk))
    kinds = kinds_of_days(group.calendar)
    days = [until + timedelta(days=n) for n in range((monday - until).days + DAYS)]
    made = {each.queue: forecast(each.history, days, kinds)[-DAYS:] for each in found}
    shrinkage = parameters.find(
        SHRINKAGE, day=monday, organisation_ids=chain_of(group.unit_id)
    ).value
    return _staffed(group, found, made, float(shrinkage), until)


def _staffed(
    group: PlanningGroup,
    found: Sequence[QueueCalls],
    made: Mapping[str, Sequence[DayForecast]],
    shrinkage: float,
    until: date,
) -> Demand:
    specs = phone_queues()
    calls = {key: np.concatenate([day.calls for day in days]) for key, days in made.items()}
    whole = np.sum(list(calls.values()), axis=0)
    spread = 1.2816 * np.sqrt(
        np.sum([np.concatenate([d.variance for d in days]) for days in made.values()], axis=0)
    )
    work = {each.queue: each.work_seconds for each in found}
    patience = group.patience_seconds
    queue_needs = {
        key: [_agents(float(n), work[key], specs[key], patience) for n in line]
        for key, line in calls.items()
    }
    needs = []
    for slot in range(WEEK_SLOTS):
        here = {key: float(line[slot]) for key, line in calls.items()}
        pooled = _pooled(here, work, specs, patience)
        wanted = max([pooled, *(line[slot] for line in queue_needs.values())])
        on_shift = int(wanted / (1 - shrinkage / 100) + 0.5)  # whole people, to the nearest
        needs.append(max(on_shift, _least(group, slot)))
    return Demand(
        calls=whole.tolist(),
        low=np.maximum(0, whole - spread).tolist(),
        high=(whole + spread).tolist(),
        needs=needs,
        queue_needs=queue_needs,
        work_seconds=work,
        shrinkage=shrinkage,
        patience_seconds=patience,
        known_until=until.isoformat(),
    )


def _agents(calls: float, work_seconds: float, spec: QueueSpec, patience: int) -> int:
    """People who can serve the queue, so that its promise is kept."""
    if calls < SELDOM:
        return 0
    return _enough(calls, work_seconds, patience, spec.share_percent, spec.answer_seconds)


def _pooled(
    calls: Mapping[str, float],
    work: Mapping[str, float],
    specs: Mapping[str, QueueSpec],
    patience: int,
) -> int:
    """People for all queues together, for the mean of their promises weighed by their calls."""
    whole = sum(calls.values())
    if whole < SELDOM:
        return 0
    mean = sum(n * work[key] for key, n in calls.items()) / whole
    share = sum(n * specs[key].share_percent for key, n in calls.items()) / whole
    seconds = sum(n * specs[key].answer_seconds for key, n in calls.items()) / whole
    return _enough(whole, mean, patience, share, seconds)


def _enough(calls: float, work_seconds: float, patience: int, share: float, seconds: float) -> int:
    traffic = Traffic(calls / SLOT_SECONDS, work_seconds, float(patience))
    try:
        return agents_for(traffic, within=min(share, 99) / 100, seconds=seconds).agents
    except NotReachable:
        return ceil(2 * traffic.erlangs) + 1


def _least(group: PlanningGroup, slot: int) -> int:
    minute = slot % DAY_SLOTS * SLOT_MINUTES
    by_day = group.day_start <= minute < group.day_end
    return group.least_by_day if by_day else group.least_by_night
