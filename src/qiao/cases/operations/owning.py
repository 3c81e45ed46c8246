"""Who does the work: assigning, taking over, transferring, chasing, escalating.

The first person (`responsible`) does not change by any of these.
"""

from datetime import datetime
from typing import Any

from qiao.cases.events import CaseChanged
from qiao.cases.journal import CUSTOMER, INTERNAL, CaseClosedAlready, Journal, lock_case
from qiao.cases.models import Case
from qiao.cases.operations.stepping import REASON_LENGTH
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.staff.queries import (
    find_team,
    is_barred,
    names_of,
    organisation_names,
    subtree_of,
    works_in,
)


class NotATeam(Exception):  # noqa: N818 - names the finding
    """The unit is not an active team that the actor may hand work to."""


class AlreadyThere(Exception):  # noqa: N818 - names the finding
    """The case is already with that team and person."""


def assign(*, case_id: int, staff_id: int | None, actor: Actor, now: datetime) -> Case:
    """Give the case to a person of its team, or back to the team (None).

    Raises `Forbidden`, `CaseClosedAlready`, `AlreadyThere`, `NotATeam` for somebody outside it.
    """
    case = _ownable(case_id, actor, "cases.assign" if staff_id != actor.staff_id else "cases.work")
    if case.assignee_id == staff_id:
        raise AlreadyThere(case.number)
    if staff_id is not None and not _works_in(staff_id, case):
        raise NotATeam(str(staff_id))
    before, case.assignee_id = case.assignee_id, staff_id
    return _write(case, "assigned", {"to": staff_id, "before": before}, actor, now)


def _works_in(staff_id: int, case: Case) -> bool:
    if case.about_unit_id is not None and is_barred(
        staff_id=staff_id, organisation_id=case.organisation_id
    ):
        return False
    return staff_id == case.responsible_id or works_in(staff_id=staff_id, team_id=case.team_id)


def take_over(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Take the case oneself, with one's own team if one is not of its team.

    Raises `Forbidden`, `CaseClosedAlready`, `AlreadyThere`.
    """
    case = _ownable(case_id, actor, "cases.work")
    if case.assignee_id == actor.staff_id:
        raise AlreadyThere(case.number)
    before, case.assignee_id = case.assignee_id, actor.staff_id
    if actor.team_ids and case.team_id not in actor.team_ids:
        case.team_id = actor.team_ids[0]
    return _write(
        case,
        "assigned",
        {"to": actor.staff_id, "before": before, "team": case.team_id},
        actor,
        now,
    )


def transfer(*, case_id: int, team_id: int, reason: str, actor: Actor, now: datetime) -> Case:
    """Hand the work to another team, with the reason; its people see it as new.

    Raises `Forbidden`, `CaseClosedAlready`, `AlreadyThere`, `NotATeam`, `BadText`.
    """
    case = _ownable(case_id, actor, "cases.work")
    if find_team(team_id) is None or team_id not in actor.organisations("cases.transfer"):
        raise NotATeam(str(team_id))
    if case.about_unit_id is not None and team_id in subtree_of(case.about_unit_id):
        raise NotATeam(str(team_id))
    if case.team_id == team_id and case.assignee_id is None:
        raise AlreadyThere(case.number)
    data = {
        "team": team_id,
        "before": case.team_id,
        "reason": clean(reason, field="reason", max_length=REASON_LENGTH),
    }
    case.team_id, case.assignee_id = team_id, None
    return _write(case, "transferred", data, actor, now)


def chase(*, case_id: int, words: str, actor: Actor, now: datetime) -> Case:
    """The customer asks again (催办): counted, shown to who works on it, kept with the words."""
    case = _ownable(case_id, actor, "cases.open")
    case.chase_count += 1
    data = {"words": clean(words, field="words", max_length=REASON_LENGTH), "n": case.chase_count}
    return _write(case, "chased", data, actor, now, visibility=CUSTOMER)


def escalate(*, case_id: int, reason: str, actor: Actor, now: datetime) -> Case:
    """Raise the case to the supervisors of its unit. Raises `AlreadyThere` when it is raised."""
    case = _ownable(case_id, actor, "cases.open")
    if case.escalated:
        raise AlreadyThere(case.number)
    case.escalated = True
    data = {"reason": clean(reason, field="reason", max_length=REASON_LENGTH)}
    return _write(case, "escalated", data, actor, now)


def _ownable(case_id: int, actor: Actor, permission: str) -> Case:
    case = lock_case(case_id, gathers=True)
    actor.require(permission, case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    return case


def _write(
    case: Case,
    kind: str,
    data: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    visibility: Any = INTERNAL,
) -> Case:
    if data.get("to"):
        data["name"] = names_of([data["to"]])[data["to"]]
    if data.get("team"):
        data["team_name"] = organisation_names([data["team"]])[data["team"]]
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data, visibility=visibility)
    journal.write()
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
    return case
