"""Switching a feature on for one unit after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from qiao.core.actor import Actor
from qiao.core.features import Switching, switch
from qiao.core.transactions import required
from qiao.rollout.rules.steps import step_days
from qiao.staff.queries import company_id


class NoUnits(Exception):  # noqa: N818 - names the finding
    """Steps need units."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A feature for units in an order: from `first` on, `at_once` units every `apart` days.

    With `off_elsewhere` it is off for everybody else from `first` on.
    """

    key: str
    units: Sequence[int]
    first: date
    apart: int
    at_once: int
    reason: str
    off_elsewhere: bool = False


def plan_steps(*, plan: Plan, actor: Actor, now: datetime) -> dict[int, date]:
    """Decide on every step at once; the first day of each unit.

    Raises `NoUnits` and what `qiao.core.features.switch` raises.
    """
    required()
    if not plan.units:
        raise NoUnits(plan.key)
    days = step_days(plan.first, units=plan.units, apart=plan.apart, at_once=plan.at_once)
    if plan.off_elsewhere:
        _switch(plan, company_id(), plan.first, actor, now, state=False)
    for unit_id, day in days.items():
        _switch(plan, unit_id, day, actor, now, state=True)
    return days


def _switch(
    plan: Plan, unit_id: int, day: date, actor: Actor, now: datetime, *, state: bool
) -> None:
    wanted = Switching(plan.key, unit_id, state, day, plan.reason)
    switch(wanted=wanted, actor=actor, now=now)
