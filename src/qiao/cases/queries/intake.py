"""Logs of cases on their way in, what became of their rows, and the categories they taught."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.http import Http404

from qiao.cases.models import Case, CaseIntake, IntakeRow
from qiao.core.actor import Actor

if TYPE_CHECKING:
    from django.db.models import QuerySet

PERMISSION: Final = "cases.intake"
CHUNK: Final = 1_000
VIEWS: Final = ("refused", "differs", "updated", "created", "known", "kept", "all")
_State = CaseIntake.State
BEFORE_START: Final = (
    _State.READING, _State.MAPPING, _State.CHECKING, _State.CHECKED, _State.FAILED,
    _State.DISCARDED,
)  # fmt: skip


def _intakes(actor: Actor) -> "QuerySet[CaseIntake]":
    return CaseIntake.objects.filter(organisation_id__in=actor.organisations(PERMISSION))


def get_intake_for(*, actor: Actor, intake_id: int) -> CaseIntake:
    """A log of a unit in which the actor may take logs in. Raises `Http404`."""
    found = _intakes(actor).filter(pk=intake_id).first()
    if found is None:
        raise Http404(f"intake {intake_id}")
    return found


@dataclass(frozen=True, slots=True)
class IntakePage:
    """Logs, and the id after which the next page begins; None at the end."""

    intakes: list[CaseIntake]
    after: int | None


def list_intakes(*, actor: Actor, after: int | None = None, limit: int = 30) -> IntakePage:
    """Logs of the units in which the actor may take logs in, the newest first."""
    found = _intakes(actor).exclude(state=_State.DISCARDED).order_by("-id")
    rows = list((found.filter(pk__lt=after) if after else found)[: limit + 1])
    shown = rows[:limit]
    return IntakePage(shown, shown[-1].pk if len(rows) > limit else None)


def sources_of(*, actor: Actor) -> list[str]:
    """Names of logs that were taken in before."""
    return sorted(set(_intakes(actor).values_list("source", flat=True)[:500]))


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """What became of one row. Case and title are empty where the actor may not see the case."""

    row_number: int
    outcome: str
    number: str
    faults: list[dict[str, str]]
    differs: list[dict[str, str]]
    undone: str
    kept_because: str
    case_id: int | None
    case_number: str
    title: str


_LINES: Final = """
SELECT r.row_number, r.outcome, r.number, r.undone, r.kept_because, c.id,
       coalesce(c.number, ''), coalesce(c.title, '')
  FROM cases_intakerow r
  LEFT JOIN cases_case c ON c.id = r.case_id AND c.organisation_id = ANY(%(organisations)s)
 WHERE r.intake_id = %(intake)s AND r.row_number = ANY(%(numbers)s)
 ORDER BY r.row_number
"""


@dataclass(frozen=True, slots=True)
class LinePage:
    """Rows of a log, and the row after which the next page begins; None at the end."""

    lines: list[IntakeLine]
    after: int | None


def list_rows(
    *, actor: Actor, job: CaseIntake, view: str, after: int = 0, limit: int = 50
) -> LinePage:
    """Rows of a log in the file's order; `view` is one of `VIEWS`."""
    found = IntakeRow.objects.filter(intake=job, row_number__gt=after)
    if view == "kept":
        found = found.filter(undone=view)
    elif view != "all":
        found = found.filter(outcome=view)
    kept = {row.row_number: row for row in found.order_by("row_number")[: limit + 1]}
    numbers = list(kept)[:limit]
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES,
            {
                "intake": job.pk,
                "numbers": numbers,
                "organisations": list(actor.organisations("cases.view")),
            },
        )
        lines = [_line(row, kept[row[0]]) for row in cursor.fetchall()]
    return LinePage(lines, numbers[-1] if len(kept) > limit else None)


def _line(told: Sequence[Any], row: IntakeRow) -> IntakeLine:
    number, outcome, log_number, undone, because, case_id, case_number, title = told
    differs = row.differs if case_id else []
    return IntakeLine(
        number, outcome, log_number, row.faults, differs, undone, because, case_id,
        case_number, title,
    )  # fmt: skip


def told_rows(
    *, actor: Actor, job: CaseIntake, outcome: str
) -> Iterator[tuple[int, str, list[dict[str, str]], list[dict[str, str]]]]:
    """Row, number, faults and differences of every row of an outcome, a chunk at a time.

    Rows of cases that the actor may not see are left out.
    """
    after = 0
    rows = IntakeRow.objects.filter(intake=job, outcome=outcome).order_by("row_number")
    if outcome != IntakeRow.Outcome.REFUSED:
        rows = rows.filter(case_id__in=Case.objects.visible_to(actor).values("id"))
    while True:
        chunk = list(
            rows.filter(row_number__gt=after).values_list(
                "row_number", "number", "faults", "differs"
            )[:CHUNK]
        )
        yield from chunk
        if len(chunk) < CHUNK:
            return
        after = chunk[-1][0]
