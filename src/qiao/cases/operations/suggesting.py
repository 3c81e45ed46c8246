"""What became of a suggestion, as its case keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiao.cases.journal import CUSTOMER, INTERNAL, Journal, lock_many
from qiao.core.actor import Actor
from qiao.core.transactions import required


def note_suggestion(
    *, case_id: int, kind: str, data: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """Keep that a suggestion was made of the case (``suggestion_made``) or that it was answered
    (``suggestion_answered``, with the words). A closed or merged case keeps it as well.

    The caller has checked the right. Raises `ValueError` where there is no such case.
    """
    required()
    (case,) = lock_many([case_id])
    journal = Journal(case, actor=actor, now=now)
    visibility = CUSTOMER if kind == "suggestion_answered" else INTERNAL
    journal.add(kind, dict(data), visibility=visibility)
    journal.write()
