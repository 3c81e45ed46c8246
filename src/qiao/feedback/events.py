"""What becomes known of follow-ups."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("feedback.follow_up_opened", topics=("followups", "cases"))
@dataclass(frozen=True)
class FollowUpOpened:
    """Somebody is to call the customer of a case back."""

    follow_up_id: int
    case_id: int
    assigned_to_id: int


@event_type("feedback.follow_up_attempted", topics=("followups", "cases"))
@dataclass(frozen=True)
class FollowUpAttempted:
    """An attempt to reach the customer is on record."""

    follow_up_id: int
    case_id: int
    outcome: str


@event_type("feedback.follow_up_completed", topics=("followups", "cases"))
@dataclass(frozen=True)
class FollowUpCompleted:
    """The customer gave his word, or was not reached often enough. `rating` is empty then."""

    follow_up_id: int
    case_id: int
    state: str
    rating: str
    resolved: bool | None


@event_type("feedback.follow_up_handed_over", topics=("followups", "cases"))
@dataclass(frozen=True)
class FollowUpHandedOver:
    """Another person is to call back."""

    follow_up_id: int
    case_id: int
    assigned_to_id: int
