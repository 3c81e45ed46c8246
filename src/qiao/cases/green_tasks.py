"""What becomes of open cases when their customer comes under a rule of the green channel."""

from typing import Any

from django.utils import timezone

from qiao.cases.operations.green import (
    weigh_green_of,
    weigh_green_of_graded,
    weigh_green_of_tagged,
)
from qiao.customers.events import (
    CustomersMerged,
    ProtectionClaimed,
    SegmentTagged,
    TagsChanged,
    TierSet,
    TiersGraded,
)


def on_customer_changed(
    *, event: ProtectionClaimed | TierSet | TagsChanged | CustomersMerged, envelope: Any
) -> None:
    """Weigh the customer's open cases anew."""
    del envelope
    weigh_green_of(customer_id=event.customer_id, now=timezone.now())


def on_tiers_graded(*, event: TiersGraded, envelope: Any) -> None:
    """Weigh the open cases of all whom the rule put into another tier."""
    del envelope
    weigh_green_of_graded(
        first_id=event.first_id, last_id=event.last_id, at=event.at, now=timezone.now()
    )


def on_segment_tagged(*, event: SegmentTagged, envelope: Any) -> None:
    """Weigh the open cases of all who carry the tag now."""
    del envelope
    weigh_green_of_tagged(tag_id=event.tag_id, now=timezone.now())
