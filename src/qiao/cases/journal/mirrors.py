"""What lists sort and filter by, copied from the clocks onto the case."""

from typing import Any

from django.db import connection

from qiao.cases.journal.rows import MIRRORED
from qiao.cases.models import Case
from qiao.cases.rules.joining import Due, together
from qiao.cases.rules.levels import Standing


def mirror(case: Case, seen: Standing) -> None:
    """Set on the case where its clocks stand; a survivor is due when the first of the cases
    merged into it is."""
    if case.merged_count:
        seen = together(seen, dues_of_merged(case.pk))
    for name, value in zip(MIRRORED, mirrored(seen), strict=True):
        setattr(case, name, value)


def mirrored(seen: Standing) -> tuple[Any, ...]:
    """The values of the columns `MIRRORED`."""
    return (seen.due_at, seen.promise, seen.level, seen.changes_at, seen.paused, seen.kept)


def dues_of_merged(case_id: int) -> list[Due]:
    """Where the open cases that a case stands for stand by their own clocks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at, due_promise, level, level_changes_at FROM cases_case"
            " WHERE id IN (SELECT cases_merged_in(%s)) AND closed_at IS NULL",
            [case_id],
        )
        return [Due(*row) for row in cursor.fetchall()]
