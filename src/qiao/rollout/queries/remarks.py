"""Remarks: one's own, and those of a pilot or a feature."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from qiao.cases.queries.remarks import RemarkCase, remark_cases
from qiao.core.actor import Actor
from qiao.core.wording import from_names
from qiao.rollout.models import Remark
from qiao.rollout.queries.standing import VIEW


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """A remark with the case that holds its words."""

    remark: Remark
    case: RemarkCase
    unit: str
    writer: str


def own_remarks(*, actor: Actor, limit: int = 50) -> list[RemarkLine]:
    """What the actor said, the newest first."""
    return _lines(list(_rows().filter(staff=actor.staff_id)[:limit]))


def remarks_for(*, actor: Actor, pilot_id: int, limit: int = 100) -> list[RemarkLine]:
    """What was said during a pilot, in units that the actor may see, the newest first."""
    rows = _rows().filter(pilot=pilot_id, unit__in=actor.organisations(VIEW))
    return _lines(list(rows[:limit]))


def _rows() -> QuerySet[Remark]:
    return Remark.objects.select_related("unit", "staff").order_by("-id")


def _lines(rows: Sequence[Remark]) -> list[RemarkLine]:
    cases = remark_cases([each.case_id for each in rows])
    return [
        RemarkLine(
            each,
            cases[each.case_id],
            from_names(each.unit.names, each.unit.name),
            each.staff.name,
        )
        for each in rows
        if each.case_id in cases
    ]
