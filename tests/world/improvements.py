"""Improvements of the lake branch in each state, every text of them marked."""

from datetime import date, timedelta
from typing import Any

from qiao.cases.operations import code_causes
from qiao.feedback.models import Improvement
from qiao.feedback.operations.improvements import (
    Finding,
    add_action,
    measure,
    open_improvement,
    take_effect,
)
from qiao.feedback.rules.improvements import Period
from qiao.staff.queries import local_days
from tests.world.canaries import World, marked
from tests.world.cases import open_leak

CODED = "water.works_late"  # what a case of the customer is coded with


def _day(world: World) -> date:
    """The day it is in the branch."""
    return local_days(world.now)[world.company.lake.pk]


def _opened(world: World, cause: str, days: int) -> Improvement:
    """A finding about the days before, the present one included."""
    day = _day(world)
    row = open_improvement(
        finding=Finding(
            organisation_id=world.company.lake.pk,
            cause_key=cause,
            title=marked("improvement"),
            finding=marked("finding"),
            subject=marked("subject"),
            owner_id=world.company.agent.person_id,
            period=Period(day - timedelta(days=days - 1), day),
        ),
        actor=world.company.agent,
        now=world.now,
    )
    world.canaries.add(row.number)
    return row


def _acted(world: World, cause: str, days: int) -> Improvement:
    row = _opened(world, cause, days)
    add_action(
        improvement_id=row.pk,
        text=marked("action"),
        due_date=_day(world),
        cost_minor=100,
        actor=world.company.agent,
        now=world.now,
    )
    return row


def _judged(world: World, cause: str) -> Improvement:
    """One of a single day, measured when the day after it is over."""
    row = _acted(world, cause, 1)
    told: dict[str, Any] = {"improvement_id": row.pk, "actor": world.company.agent}
    take_effect(effective_date=_day(world), now=world.now, **told)
    return measure(now=world.now + timedelta(days=2), **told)


def add_improvement(world: World) -> None:
    """A case with its cause, and what is to be done about it and about others."""
    case = open_leak(world, "case with a cause")
    code_causes(case_id=case.pk, main=CODED, actor=world.company.agent, now=world.now)
    world.ids |= {
        "improvement": _opened(world, "water.works_dirt", 30).pk,
        "improvement_acting": _acted(world, "water.works_noise", 30).pk,
        "improvement_judged": _judged(world, CODED).pk,
        "improvement_day": _day(world).isoformat(),
        "improvement_silent": _judged(world, "water.works_damage").pk,
    }
