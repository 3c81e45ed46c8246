"""What waits, and who was asked to take it."""

from collections.abc import Sequence
from datetime import datetime

from qiao.contact.models import Offer


def expired_offers(*, subject_kind: str, now: datetime) -> Sequence[tuple[int, int]]:
    """Open offers whose time has run out, as (offer, subject), the oldest first."""
    found = Offer.objects.filter(
        state=Offer.State.OPEN, expires_at__lte=now, waiting__subject_kind=subject_kind
    )
    return list(found.order_by("id").values_list("id", "waiting__subject_id"))
