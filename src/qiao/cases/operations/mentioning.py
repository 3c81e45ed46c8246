"""Telling people that a note names them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from qiao.cases.models import Case
from qiao.core.actor import Actor
from qiao.staff.operations import notify

MENTION: Final = "cases.mention"


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
