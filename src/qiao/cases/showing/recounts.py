"""How far a change has come to the open cases, and what one would move, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.cases import definitions
from qiao.cases.journal import Foreseen
from qiao.cases.models import Case, Recount
from qiao.cases.showing import names

SHOWN = 4


@dataclass(frozen=True, slots=True)
class ShownRecount:
    """A run with the share that is through."""

    run: Recount
    percent: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class ShownMove:
    """A promise of a case that would be due at another moment."""

    number: str
    title: str
    promise: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class ShownForeseen:
    """What a change would do, with some of the cases by name."""

    found: Foreseen
    moves: Sequence[ShownMove]


def show_recounts(*, cause: str, key: str) -> list[ShownRecount]:
    """The latest runs for a calendar or a type, the newest first."""
    runs = Recount.objects.filter(cause=cause, key=key).select_related("asked_by")
    return [
        ShownRecount(
            run,
            100 if run.finished_at else min(99, 100 * run.told // max(1, run.total)),
            run.state in (Recount.State.WAITING, Recount.State.RUNNING),
        )
        for run in runs.order_by("-id")[:SHOWN]
    ]


def show_foreseen(found: Foreseen) -> ShownForeseen:
    """A preview with numbers and titles of its examples; one statement."""
    ids = [each.case_id for each in found.examples]
    cases = Case.objects.select_related("case_type").in_bulk(ids)
    types = definitions.case_types()
    moves = [
        ShownMove(
            cases[each.case_id].number,
            cases[each.case_id].title,
            names.promise_name(
                types.get(cases[each.case_id].case_type.key),
                cases[each.case_id].process_id,
                each.promise,
            ),
            each.before,
            each.after,
        )
        for each in found.examples
    ]
    return ShownForeseen(found, moves)
