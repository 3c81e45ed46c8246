"""Groups that are planned and their shifts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import IntegrityError, transaction

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import organisation
from qiao.workforce.models import GroupTeam, PlanningGroup, ShiftKind
from qiao.workforce.rules.plan import ShiftSpec

PLAN: Final = "workforce.plan"
NAME_LENGTH: Final = 40


class BadShift(ValueError):  # noqa: N818 - a refusal
    """The shift cannot be worked: its breaks do not lie within it, in order."""


class NameTaken(ValueError):  # noqa: N818 - a refusal
    """There is one of this name already."""


class ShiftMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such shift in the group."""


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What a group shall be; see `PlanningGroup`."""

    unit_id: int
    calls_of_id: int
    name: str
    team_ids: Sequence[int]
    names: Mapping[str, str] = field(default_factory=dict)
    queues: Sequence[str] = ()
    day: tuple[int, int] = (480, 1200)
    least: tuple[int, int] = (1, 0)


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """What a shift shall be; see `ShiftKind`."""

    name: str
    begins: int
    ends: int
    breaks: Sequence[tuple[int, int]] = ()
    is_night: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


def add_group(*, plan: GroupPlan, actor: Actor | None = None) -> PlanningGroup:
    """Plan some teams together. Raises `Forbidden`, `BadText`, `NameTaken`."""
    required()
    if actor is not None:
        actor.require(PLAN, plan.unit_id)
    try:
        with transaction.atomic():
            group = PlanningGroup.objects.create(
                unit_id=plan.unit_id,
                calls_of_id=plan.calls_of_id,
                name=clean(plan.name, field="name", max_length=NAME_LENGTH, required=True),
                names=dict(plan.names),
                timezone=organisation(plan.unit_id).timezone,
                queues=list(plan.queues),
                day_start=plan.day[0],
                day_end=plan.day[1],
                least_by_day=plan.least[0],
                least_by_night=plan.least[1],
            )
            GroupTeam.objects.bulk_create(
                GroupTeam(group=group, team_id=team_id) for team_id in plan.team_ids
            )
    except IntegrityError as error:
        raise NameTaken(plan.name) from error
    return group


def keep_shift(
    *,
    group: PlanningGroup,
    plan: ShiftPlan,
    shift_id: int | None = None,
    actor: Actor | None = None,
) -> ShiftKind:
    """Add a shift, or put another one in the place of one: weeks that have the old one keep it.

    Raises `Forbidden`, `BadText`, `BadShift`, `NameTaken`, `ShiftMissing`.
    """
    required()
    if actor is not None:
        actor.require(PLAN, group.unit_id)
    try:
        ShiftSpec(0, plan.begins, plan.ends, tuple(plan.breaks), plan.is_night)
    except ValueError as error:
        raise BadShift(str(error)) from error
    values: dict[str, Any] = {
        "name": clean(plan.name, field="name", max_length=NAME_LENGTH, required=True),
        "names": dict(plan.names),
        "begins": plan.begins,
        "ends": plan.ends,
        "breaks": [list(each) for each in plan.breaks],
        "is_night": plan.is_night,
    }
    try:
        with transaction.atomic():
            if shift_id is not None:
                end_shift(group=group, shift_id=shift_id, actor=actor)
            return ShiftKind.objects.create(group=group, **values)
    except IntegrityError as error:
        raise NameTaken(plan.name) from error


def end_shift(*, group: PlanningGroup, shift_id: int, actor: Actor | None = None) -> None:
    """Plan a shift no more. Raises `Forbidden`, `ShiftMissing`."""
    required()
    if actor is not None:
        actor.require(PLAN, group.unit_id)
    if not ShiftKind.objects.filter(pk=shift_id, group=group, is_active=True).update(
        is_active=False
    ):
        raise ShiftMissing(str(shift_id))
