"""Sub-tasks: those of a case, those that somebody owes, and what keeps a case from its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case, SubTask
from qiao.cases.queries.joining import survivor_of
from qiao.cases.queries.reading import NotVisible
from qiao.cases.rules.process_refusals import SubTasksOpen
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all

# Sub-tasks of merged cases are work of the case that stands for them.
PANEL: Final = """
SELECT jsonb_build_object('tasks', coalesce((
       SELECT jsonb_agg(jsonb_build_object('id', k.id, 'case', k.case_id, 'number', y.number,
              'title', k.title, 'state', k.state, 'due', k.due_at, 'words', k.words,
              'late', coalesce(k.due_at < %(now)s, false),
              'staff', k.staff_id, 'team', k.team_id, 'owner', coalesce(s.name, o.name),
              'ended_by', e.name, 'ended_at', k.ended_at)
              ORDER BY k.state <> 'open', k.due_at NULLS LAST, k.id)
         FROM (SELECT x.id UNION ALL SELECT cases_merged_in(x.id)) AS own (id)
         JOIN cases_subtask k ON k.case_id = own.id
         JOIN cases_case y ON y.id = k.case_id
         LEFT JOIN staff_staff s ON s.id = k.staff_id
         LEFT JOIN staff_organisation o ON o.id = k.team_id
         LEFT JOIN staff_staff e ON e.id = k.ended_by_id), '[]'),
       'open', x.closed_at IS NULL)
  FROM cases_case x
 WHERE x.id = %(case_id)s AND (x.organisation_id + 0) = ANY(%(organisation_ids)s)
   AND (x.closed_at IS NULL OR EXISTS (SELECT 1 FROM cases_subtask k WHERE k.case_id = x.id))
"""
_LINES: Final = """
SELECT k.id, k.title, k.due_at, k.given_at, c.id, c.number, c.title, c.priority, c.customer_id,
       coalesce(u.name, ''), coalesce(u.tier, ''), coalesce(o.name, '')
  FROM cases_subtask k
  JOIN cases_case c ON c.id = k.case_id AND c.closed_at IS NULL
  LEFT JOIN customers_customer u ON u.id = customers_survivor(c.customer_id)
  LEFT JOIN staff_organisation o ON o.id = k.team_id
 WHERE k.state = 'open' AND {held} AND (c.organisation_id + 0) = ANY(%(organisations)s::bigint[])
 ORDER BY k.due_at NULLS LAST, k.id LIMIT %(limit)s
"""
_HELD: Final = {
    "mine": "k.staff_id = %(me)s",
    "team": "k.team_id = ANY(%(teams)s::bigint[])",
    "all": "(k.staff_id = %(me)s OR k.team_id = ANY(%(teams)s::bigint[]))",
    "one": "k.id = %(subtask)s",
}
_OPEN_BELOW: Final = """
WITH RECURSIVE below AS (
    SELECT id, number FROM cases_case WHERE parent_id = %s
    UNION
    SELECT c.id, c.number FROM cases_case c JOIN below ON c.merged_into_id = below.id
)
SELECT y.number || ' ' || k.title
  FROM below y JOIN cases_subtask k ON k.case_id = y.id AND k.state = 'open'
 ORDER BY k.id LIMIT %s
"""
MOST_NAMED: Final = 20
_OPEN: Final = """
SELECT k.title FROM cases_subtask k
 WHERE k.state = 'open' AND (k.case_id = %s OR k.case_id IN (SELECT cases_merged_in(%s)))
 ORDER BY k.id
"""


@dataclass(frozen=True, slots=True)
class SubTaskLine:
    """An open sub-task as its owner meets it: what, until when, and of which case. `team` is the
    name of the team that owes it, empty where a person does."""

    subtask_id: int
    title: str
    due_at: datetime | None
    given_at: datetime
    case_id: int
    number: str
    case_title: str
    priority: str
    customer_id: int | None
    customer_name: str
    tier: str
    team: str


def owed(*, actor: Actor, scope: str, limit: int) -> list[SubTaskLine]:
    """Open sub-tasks of the actor (``mine``), of the actor's teams (``team``), or both (``all``),
    those due first in front; only of open cases that the actor may see."""
    return _lines(actor, scope, limit=limit, subtask=0)


def owed_one(*, actor: Actor, subtask_id: int) -> SubTaskLine | None:
    """One open sub-task of a case that the actor may see, or None."""
    found = _lines(actor, "one", limit=1, subtask=subtask_id)
    return found[0] if found else None


def _lines(actor: Actor, scope: str, **more: Any) -> list[SubTaskLine]:
    rows = fetch_all(
        _LINES.format(held=_HELD[scope]),
        {
            "me": actor.staff_id or 0,
            "teams": list(actor.team_ids),
            "organisations": list(actor.organisations("cases.view")),
            "limit": 1,
            "subtask": 0,
            **more,
        },
    )
    return [SubTaskLine(*row) for row in rows]


def open_subtasks(case: Case) -> list[str]:
    """Titles of what is still owed on a case and on those merged into it."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [case.pk, case.pk])
        return [row[0] for row in cursor.fetchall()]


def get_subtask_for(*, actor: Actor, case: Case, subtask_id: int) -> SubTask:
    """A sub-task of this case, or of one merged into it. Raises `NotVisible`."""
    rows = SubTask.objects.select_related("case", "staff", "team")
    found = rows.filter(pk=subtask_id).first()
    if found is None or case.pk not in (found.case_id, survivor_of(found.case_id)):
        raise NotVisible(f"sub-task {subtask_id}")
    actor.require("cases.view", case.organisation_id)
    return found


def titles_for(*, actor: Actor, subtask_ids: Iterable[int]) -> dict[int, SubTask]:
    """Sub-tasks of cases that the actor may see, by id."""
    seen = Case.objects.visible_to(actor)
    rows = SubTask.objects.filter(pk__in=list(subtask_ids), case__in=seen)
    return {row.pk: row for row in rows.select_related("case")}


def open_below(parent_id: int) -> list[str]:
    """What is still owed on reports to a common cause, each with the number of its case."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_BELOW, [parent_id, MOST_NAMED])
        return [row[0] for row in cursor.fetchall()]


def refuse_open_subtasks(case: Case, *, below_only: bool = False) -> None:
    """The one rule of what keeps a case from its end: raises `SubTasksOpen` while something is
    owed on it, on cases merged into it, or on reports that end with it; with `below_only` on
    reports alone, where they end and the case goes on."""
    titles = [] if below_only else open_subtasks(case)
    if case.is_parent:
        titles += open_below(case.pk)
    if titles:
        raise SubTasksOpen(titles)
