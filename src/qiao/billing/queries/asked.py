"""What was asked of a second person about a bill, and waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiao.core.models import Approval
from qiao.staff.queries import names_of

REVERSE: Final = "bill.reverse"
WAIVE: Final = "late_fee.waive"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits: its kind, of how much in minor units (None: all), who asked why."""

    kind: str
    minor: int | None
    who: str
    at: datetime
    reason: str


def asked_of(bill_id: int) -> list[Asked]:
    """The requests about a bill that wait for a second person."""
    rows = list(
        Approval.objects.filter(
            kind__in=[REVERSE, WAIVE], subject_id=bill_id, state=Approval.State.PENDING
        ).order_by("pk")
    )
    names = names_of({row.requested_by_id for row in rows})
    return [
        Asked(
            row.kind, row.payload.get("minor"), names.get(row.requested_by_id, ""),
            row.requested_at, row.reason,
        )
        for row in rows
    ]  # fmt: skip
