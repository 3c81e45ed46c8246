"""Follow-ups and what customers said; improvements that came of it."""

from qiao.feedback.models.follow_ups import (
    FollowUp,
    FollowUpAttempt,
    FollowUpCount,
    FollowUpCountChange,
    FollowUpCountMonth,
    FollowUpQuerySet,
    Rating,
)
from qiao.feedback.models.improvements import (
    Improvement,
    ImprovementAction,
    ImprovementEvent,
    ImprovementQuerySet,
    ImprovementRule,
    ImprovementTold,
)

__all__ = [
    "FollowUp",
    "FollowUpAttempt",
    "FollowUpCount",
    "FollowUpCountChange",
    "FollowUpCountMonth",
    "FollowUpQuerySet",
    "Improvement",
    "ImprovementAction",
    "ImprovementEvent",
    "ImprovementQuerySet",
    "ImprovementRule",
    "ImprovementTold",
    "Rating",
]
