"""Telling people that a note names them, or that what they asked in the house was answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from qiao.cases.models import Case
from qiao.core.actor import Actor
from qiao.staff.operations import notify

MENTION: Final = "cases.mention"
ANSWERED: Final = "cases.answered_inside"


def tell_mentioned(
    *, case: Case, seq: int, people: Iterable[tuple[int, str]], actor: Actor, now: datetime
) -> None:
    """Tell everybody but the writer; what they may read of it is a matter of their rights."""
    told = [staff_id for staff_id, _name in people if staff_id != actor.staff_id]
    if told:
        notify(
            staff_ids=told,
            kind=MENTION,
            subject_id=case.pk,
            once=f"entry:{case.pk}:{seq}",
            facts={"seq": seq, "by": actor.staff_id},
            now=now,
        )


def tell_reporter(*, case: Case, seq: int, actor: Actor, now: datetime) -> None:
    """Tell who opened an internal case that it was answered, unless they answered it."""
    if case.opened_by_id is not None and case.opened_by_id != actor.staff_id:
        notify(
            staff_ids=[case.opened_by_id],
            kind=ANSWERED,
            subject_id=case.pk,
            once=f"answered:{case.pk}:{seq}",
            facts={"seq": seq, "by": actor.staff_id},
            now=now,
        )
