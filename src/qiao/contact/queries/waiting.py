"""What waits, and who was asked to take it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.contact.models import Offer


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody is asked to take now, and until when."""

    offer_id: int
    subject_id: int
    queue: str
    since: datetime
    made_at: datetime
    expires_at: datetime


def offered_to(*, staff_id: int, subject_kind: str) -> Offered | None:
    """What somebody is asked to take at this moment."""
    found = (
        Offer.objects.filter(
            staff_id=staff_id, state=Offer.State.OPEN, waiting__subject_kind=subject_kind
        )
        .order_by("-id")
        .values_list(
            "id", "waiting__subject_id", "waiting__queue", "waiting__since", "made_at",
            "expires_at",
        )
        .first()
    )  # fmt: skip
    return Offered(*found) if found else None


def taken_by(*, staff_id: int, subject_kind: str) -> int | None:
    """What somebody has taken and is at still, by its id."""
    found = Offer.objects.filter(
        staff_id=staff_id, state=Offer.State.TAKEN, released_at__isnull=True,
        waiting__subject_kind=subject_kind,
    )  # fmt: skip
    return found.order_by("-id").values_list("waiting__subject_id", flat=True).first()


def expired_offers(*, subject_kind: str, now: datetime) -> Sequence[tuple[int, int]]:
    """Open offers whose time has run out, as (offer, subject), the oldest first."""
    found = Offer.objects.filter(
        state=Offer.State.OPEN, expires_at__lte=now, waiting__subject_kind=subject_kind
    )
    return list(found.order_by("id").values_list("id", "waiting__subject_id"))
