"""Reveals and exports are recorded: who saw which hidden field, or took which rows, and why."""

from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.models import Disclosure


def record(
    *,
    kind: str,
    subject: str,
    organisation_id: int,
    actor: Actor,
    now: datetime,
    reason: str,
    subject_id: int | None = None,
    fields: tuple[str, ...] = (),
    row_count: int = 1,
) -> Disclosure:
    """Keep one disclosure. `kind` is ``reveal`` or ``export``."""
    if actor.staff_id is None:
        raise ValueError("only a person may see hidden fields")
    return Disclosure.objects.create(
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        fields=list(fields),
        row_count=row_count,
        reason=reason,
        organisation_id=organisation_id,
        actor_id=actor.staff_id,
        at=now,
    )
