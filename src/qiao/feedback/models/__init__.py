"""Follow-ups and what customers said, in surveys too; improvements; quality of finished work."""

from qiao.feedback.models.evaluations import (
    Appeal,
    Coaching,
    Evaluation,
    EvaluationAnswer,
    EvaluationEvent,
    EvaluationQuerySet,
)
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
from qiao.feedback.models.score_cards import (
    SampleDraw,
    SamplePlan,
    ScoreCard,
    ScoreCardVersion,
)
from qiao.feedback.models.suggestions import (
    Suggestion,
    SuggestionAnswer,
    SuggestionCount,
    SuggestionCountChange,
    SuggestionEvent,
    SuggestionFollower,
    SuggestionQuerySet,
    SuggestionVote,
)
from qiao.feedback.models.survey_calls import SurveyCall, SurveyCallQuerySet
from qiao.feedback.models.surveys import (
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyQuerySet,
    SurveyStratum,
    SurveyWave,
)

__all__ = [
    "Appeal",
    "Coaching",
    "Evaluation",
    "EvaluationAnswer",
    "EvaluationEvent",
    "EvaluationQuerySet",
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
    "SampleDraw",
    "SamplePlan",
    "ScoreCard",
    "ScoreCardVersion",
    "Suggestion",
    "SuggestionAnswer",
    "SuggestionCount",
    "SuggestionCountChange",
    "SuggestionEvent",
    "SuggestionFollower",
    "SuggestionQuerySet",
    "SuggestionVote",
    "Survey",
    "SurveyAnswer",
    "SurveyCall",
    "SurveyCallQuerySet",
    "SurveyInvitation",
    "SurveyQuerySet",
    "SurveyStratum",
    "SurveyWave",
]
