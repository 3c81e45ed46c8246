"""Cases locked for a transaction, with what operations need beside them."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.journal.holding import hold_of
from qiao.cases.models import Case
from qiao.core.rows import Reading
from qiao.core.transactions import required
from qiao.staff.queries import organisation

_LOCKED: Final = Reading(
    Case,
    where="t.id = ANY(%(ids)s::bigint[])",
    order="t.merged_into_id IS NOT NULL, t.id",
    lock=True,
)


class CaseClosedAlready(Exception):  # noqa: N818 - names the finding
    """The case is archived; reopen it first."""


class MergedAway(CaseClosedAlready):
    """The case was merged: `survivor_id` stands for it, and is the one to work on."""

    def __init__(self, survivor_id: int) -> None:
        super().__init__(f"case {survivor_id} stands for it")
        self.survivor_id = survivor_id


def lock_case(case_id: int, *, gathers: bool = False) -> Case:
    """The case, locked for this transaction, with what operations need beside it.

    Type, process and unit come out of what the server keeps: only the case itself is read. An
    operation that reads neither its row, its history nor its clocks elsewhere `gathers`: where
    the case is held, what its journal writes waits for what the next one writes.
    Whoever locks several locks those that stand for themselves first, in the order of their ids,
    then those merged into them: so nobody waits for another in a circle.

    Raises `Case.DoesNotExist`, `MergedAway` for one that another stands for.
    """
    required()
    hold = hold_of(case_id)
    if hold is not None:
        hold.turn(gathers=gathers)
        return hold.case
    case = _LOCKED.first(ids=[case_id])
    if case is None:
        raise Case.DoesNotExist(f"case {case_id}")
    if case.merged_into_id is not None:
        raise MergedAway(case.merged_into_id)
    return _prepared(case)


def lock_many(case_ids: Sequence[int]) -> list[Case]:
    """These cases, merged away or not, locked in the one order that `lock_case` states.

    Who stands for whom must not change meanwhile: whoever may meet both calls `queue_joins` first.
    """
    required()
    holds = {pk: hold for pk in case_ids if (hold := hold_of(pk)) is not None}
    for hold in holds.values():
        hold.turn(gathers=False)
    return [
        holds[case.pk].case if case.pk in holds else _prepared(case)
        for case in _LOCKED.all(ids=list(case_ids))
    ]


def _prepared(case: Case) -> Case:
    definitions.attach(case)
    case.organisation = organisation(case.organisation_id)
    return case


def merged_ids(case_id: int) -> list[int]:
    """The cases that a case stands for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_merged_in(%s) ORDER BY 1", [case_id])
        return [pk for (pk,) in cursor.fetchall()]
