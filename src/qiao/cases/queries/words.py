"""Promises in words: those that wait to be kept, and those of one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from qiao.cases.models import Case, CaseWord
from qiao.cases.queries.joining import survivor_of
from qiao.cases.queries.reading import get_case_for
from qiao.core.actor import Actor

VIEW: Final = "cases.view"

PANEL: Final = """
SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object('case', %(case_id)s, 'words',
         jsonb_agg(jsonb_build_object('id', w.id, 'text', w.text, 'due', w.due_at,
           'state', w.state, 'done', w.done_at, 'keeper', k.name, 'by', b.name,
           'given', w.given_at, 'number', w.number)
           ORDER BY w.state <> 'open', w.due_at, w.id)) END
  FROM (SELECT o.*, CASE WHEN c.id <> %(case_id)s THEN c.number ELSE '' END AS number
          FROM cases_caseword o
          JOIN cases_case c ON c.id = o.case_id
           AND (c.organisation_id + 0) = ANY(%(organisation_ids)s::bigint[])
         WHERE o.case_id = %(case_id)s OR o.case_id IN (SELECT cases_merged_in(%(case_id)s))
         ORDER BY o.id DESC LIMIT 20) w
  JOIN staff_staff k ON k.id = w.keeper_id
  JOIN staff_staff b ON b.id = w.given_by_id
 WHERE cardinality(%(organisation_ids)s::bigint[]) > 0
"""


@dataclass(frozen=True, slots=True)
class WaitingWord:
    """A promise that waits to be kept, with its case."""

    word_id: int
    case: Case
    text: str
    given_at: datetime
    due_at: datetime


def waiting_words(
    *, actor: Actor, scope: str, limit: int, word_id: int | None = None
) -> Sequence[WaitingWord]:
    """Open promises of cases that the actor may see, the one due first on top.

    Scope ``mine``: those that the person keeps; ``team``: of cases of their teams; ``all``.
    """
    rows = CaseWord.objects.filter(
        state=CaseWord.State.OPEN, case__organisation_id__in=actor.organisations(VIEW)
    )
    if word_id is not None:
        rows = rows.filter(pk=word_id)
    elif scope == "mine":
        rows = rows.filter(keeper_id=actor.staff_id)
    elif scope == "team":
        rows = rows.filter(Q(keeper_id=actor.staff_id) | Q(case__team_id__in=actor.team_ids))
    found = rows.select_related("case__customer").order_by("due_at", "id")[:limit]
    return [WaitingWord(row.pk, row.case, row.text, row.given_at, row.due_at) for row in found]


def waiting_count(*, actor: Actor) -> int:
    """How many promises wait to be kept by the person."""
    return CaseWord.objects.filter(
        state=CaseWord.State.OPEN,
        keeper_id=actor.staff_id,
        case__organisation_id__in=actor.organisations(VIEW),
    ).count()


def get_word_for(*, actor: Actor, case_id: int, word_id: int) -> CaseWord:
    """A promise of a case that the actor may see, or of one merged into it that they may see.

    Raises what `get_case_for` raises, and `CaseWord.DoesNotExist`.
    """
    case = get_case_for(actor=actor, case_id=case_id)
    word = CaseWord.objects.select_related("case").get(pk=word_id)
    if word.case_id != case.pk:
        if case.pk != survivor_of(word.case_id):
            raise CaseWord.DoesNotExist(str(word_id))
        get_case_for(actor=actor, case_id=word.case_id)
    return word
