"""Sub-tasks of a case: given to a person or a team, done, dropped for a reason, taken up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, CaseClosedAlready, Journal, lock_case
from qiao.cases.models import Case, SubTask
from qiao.cases.operations.owning import NotATeam
from qiao.cases.queries.joining import survivor_of
from qiao.cases.queries.subtasks import open_subtasks
from qiao.cases.rules.values import BadFact
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.operations import notify
from qiao.staff.queries import (
    actor_by_id,
    find_team,
    is_barred,
    local_days,
    members_of,
    names_of,
    organisation_names,
)

GIVEN: Final = "cases.subtask_given"
ENDED: Final = "cases.subtask_ended"
TITLE_LENGTH: Final = 200
WORDS_LENGTH: Final = 1_000
MOST_OPEN: Final = 50


class SubTaskOver(Exception):  # noqa: N818 - names the finding
    """The sub-task is done or dropped already, or is open where it should not be."""


class TooManySubTasks(Exception):  # noqa: N818 - names the finding
    """A case of so many parts is better split."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes a sub-task: one person or one team."""

    staff_id: int | None = None
    team_id: int | None = None

    def values(self) -> dict[str, Any]:
        """The values of the row."""
        return {"staff_id": self.staff_id, "team_id": self.team_id}


def add_subtask(
    *,
    case_id: int,
    title: str,
    owner: Owner,
    due_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> SubTask:
    """Give a part of a case's work to a person or team that may see the case.

    Raises `Forbidden`, `CaseClosedAlready`, `NotATeam`, `TooManySubTasks`, `BadFact`, `BadText`.
    """
    case = _workable(case_id, actor)
    words = _title(title)
    _check_owner(owner, case, now)
    if len(open_subtasks(case)) >= MOST_OPEN:
        raise TooManySubTasks(case.number)
    made = SubTask.objects.create(
        case=case,
        title=words,
        due_at=due_at,
        given_by_id=actor.person_id,
        given_at=now,
        **owner.values(),
    )
    _write(case, "subtask_added", made, actor, now)
    _tell_owner(made, actor, now)
    return made


def change_subtask(
    *,
    subtask_id: int,
    title: str,
    owner: Owner,
    due_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> SubTask:
    """Give an open sub-task other words, another owner or another day.

    Raises `Forbidden`, `CaseClosedAlready`, `SubTaskOver`, `NotATeam`, `BadFact`, `BadText`.
    """
    found, case = _lock(subtask_id)
    actor.require("cases.work", case.organisation_id)
    if found.state != SubTask.State.OPEN:
        raise SubTaskOver(found.state)
    words = _title(title)
    before = (found.title, found.staff_id, found.team_id, found.due_at)
    if before == (words, owner.staff_id, owner.team_id, due_at):
        return found
    moved = before[1:3] != (owner.staff_id, owner.team_id)
    if moved:
        _check_owner(owner, case, now)
    found.title, found.due_at = words, due_at
    found.staff_id, found.team_id = owner.staff_id, owner.team_id
    found.save()
    _write(case, "subtask_changed", found, actor, now)
    if moved:
        _tell_owner(found, actor, now)
    return found


def finish_subtask(*, subtask_id: int, words: str, actor: Actor, now: datetime) -> SubTask:
    """Say that it is done; by whoever owes it, or works on the case.

    Raises `Forbidden`, `CaseClosedAlready`, `SubTaskOver`, `BadText`.
    """
    return _end(subtask_id, SubTask.State.DONE, words, actor, now)


def drop_subtask(*, subtask_id: int, words: str, actor: Actor, now: datetime) -> SubTask:
    """Say why it is not needed any more.

    Raises `Forbidden`, `CaseClosedAlready`, `SubTaskOver`, `BadFact` without a reason, `BadText`.
    """
    return _end(subtask_id, SubTask.State.DROPPED, words, actor, now)


def reopen_subtask(*, subtask_id: int, actor: Actor, now: datetime) -> SubTask:
    """Take it up again. Raises `Forbidden`, `CaseClosedAlready`, `SubTaskOver`."""
    found, case = _lock(subtask_id)
    _require(found, case, actor)
    if found.state == SubTask.State.OPEN:
        raise SubTaskOver(found.state)
    found.state, found.words = SubTask.State.OPEN, ""
    found.ended_at, found.ended_by_id = None, None
    found.save()
    _write(case, "subtask_reopened", found, actor, now)
    _tell_owner(found, actor, now)
    return found


def _end(subtask_id: int, state: str, words: str, actor: Actor, now: datetime) -> SubTask:
    found, case = _lock(subtask_id)
    _require(found, case, actor)
    if found.state != SubTask.State.OPEN:
        raise SubTaskOver(found.state)
    said = clean(words, field="words", max_length=WORDS_LENGTH)
    if state == SubTask.State.DROPPED and not said:
        raise BadFact("words", "a reason", "value")
    found.state, found.words = state, said
    found.ended_at, found.ended_by_id = now, actor.person_id
    found.save()
    _write(case, f"subtask_{state}", found, actor, now)
    _tell(found, ENDED, [found.given_by_id], actor, now)
    return found


def _lock(subtask_id: int) -> tuple[SubTask, Case]:
    """The sub-task and its case, locked: the case before what belongs to it."""
    required()
    case_id = SubTask.objects.values_list("case_id", flat=True).get(pk=subtask_id)
    case = _locked(case_id)
    return SubTask.objects.select_for_update().get(pk=subtask_id), case


def _require(found: SubTask, case: Case, actor: Actor) -> None:
    """Whoever owes it may end it, and so may whoever works on the case."""
    owes = found.staff_id == actor.person_id or found.team_id in actor.team_ids
    actor.require("cases.view" if owes else "cases.work", case.organisation_id)


def _workable(case_id: int, actor: Actor) -> Case:
    case = _locked(case_id)
    actor.require("cases.work", case.organisation_id)
    return case


def _locked(case_id: int) -> Case:
    """The open case; for a merged one the case that stands for it."""
    required()
    case = lock_case(survivor_of(case_id))
    if case.closed_at is not None or _ends_with_parent(case):
        raise CaseClosedAlready(case.number)
    return case


_ENDING: Final = (
    "SELECT state <> 'open' FROM cases_alikeparent WHERE case_id = %s FOR SHARE",
    "SELECT closed_at IS NOT NULL FROM cases_case WHERE id = %s FOR SHARE",
)


def _ends_with_parent(case: Case) -> bool:
    """Whether the case is a report whose common cause is being ended: what looked for open
    sub-tasks of reports before it ended them would not see a later one. Both rows are held."""
    if case.parent_id is None:
        return False
    with connection.cursor() as cursor:
        for statement in _ENDING:
            cursor.execute(statement, [case.parent_id])
            if cursor.fetchone() == (True,):
                return True
    return False


def _title(title: str) -> str:
    words = clean(title, field="title", max_length=TITLE_LENGTH)
    if not words:
        raise BadFact("title", "what is to be done", "value")
    return words


def _check_owner(owner: Owner, case: Case, now: datetime) -> None:
    """Whoever owes it must be able to see the case."""
    if (owner.staff_id is None) == (owner.team_id is None):
        raise NotATeam(str(owner))
    people = [owner.staff_id] if owner.staff_id is not None else _members(owner.team_id)
    if not any(_may_see(staff_id, case, now) for staff_id in people if staff_id):
        raise NotATeam(str(owner))


def _members(team_id: int | None) -> list[int]:
    if team_id is None or find_team(team_id) is None:
        return []
    return [member.pk for member in members_of(team_id)]


def _may_see(staff_id: int, case: Case, now: datetime) -> bool:
    if case.about_unit_id is not None and is_barred(
        staff_id=staff_id, organisation_id=case.organisation_id
    ):
        return False
    day = local_days(now).get(case.organisation_id, now.date())
    try:
        return actor_by_id(staff_id, day=day).can_in("cases.view", case.organisation_id)
    except ObjectDoesNotExist:
        return False


def _tell_owner(found: SubTask, actor: Actor, now: datetime) -> None:
    people = [found.staff_id] if found.staff_id else _members(found.team_id)
    _tell(found, GIVEN, [each for each in people if each], actor, now)


def _tell(found: SubTask, kind: str, people: list[int], actor: Actor, now: datetime) -> None:
    told = [each for each in people if each != actor.staff_id]
    if told:
        notify(
            staff_ids=told,
            kind=kind,
            subject_id=found.pk,
            once=f"subtask:{found.pk}:{now.isoformat()}",
            facts={"by": actor.staff_id, "state": found.state},
            now=now,
        )


def _write(case: Case, kind: str, found: SubTask, actor: Actor, now: datetime) -> None:
    owner = names_of([found.staff_id]) if found.staff_id else {}
    owner = owner or (organisation_names([found.team_id]) if found.team_id else {})
    data = {
        "subtask": found.pk,
        "title": found.title,
        "owner": next(iter(owner.values()), ""),
        "due": found.due_at.isoformat() if found.due_at else "",
        "words": found.words,
    }
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data, visibility=INTERNAL)
    journal.write()
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
