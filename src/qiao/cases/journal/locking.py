"""Cases locked for a transaction, with what operations need beside them."""

from collections.abc import Sequence

from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.core.transactions import required
from qiao.staff.queries import organisation


class CaseClosedAlready(Exception):  # noqa: N818 - names the finding
    """The case is archived; reopen it first."""


class MergedAway(CaseClosedAlready):
    """The case was merged: `survivor_id` stands for it, and is the one to work on."""

    def __init__(self, survivor_id: int) -> None:
        super().__init__(f"case {survivor_id} stands for it")
        self.survivor_id = survivor_id


def lock_case(case_id: int) -> Case:
    """The case, locked for this transaction, with what operations need beside it.

    Type, process and unit come out of what the server keeps: only the case itself is read.
    Whoever locks several locks those that stand for themselves first, in the order of their ids,
    then those merged into them: so nobody waits for another in a circle.

    Raises `Case.DoesNotExist`, `MergedAway` for one that another stands for.
    """
    required()
    case = Case.objects.select_for_update().get(id=case_id)
    if case.merged_into_id is not None:
        raise MergedAway(case.merged_into_id)
    return _prepared(case)


def lock_many(case_ids: Sequence[int]) -> list[Case]:
    """These cases, merged away or not, locked in the order of their ids."""
    required()
    cases = Case.objects.select_for_update().filter(id__in=case_ids).order_by("id")
    return [_prepared(case) for case in cases]


def _prepared(case: Case) -> Case:
    definitions.attach(case)
    case.organisation = organisation(case.organisation_id)
    return case


def merged_ids(case_id: int) -> list[int]:
    """The cases that a case stands for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_merged_in(%s) ORDER BY 1", [case_id])
        return [pk for (pk,) in cursor.fetchall()]
