"""What the feedback module contributes."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiao.cases.events import CaseClosed, CaseHandedPast, CasesHeld, StepEntered
from qiao.core.demo import World
from qiao.core.manifest import DemoStage, Module, Permission, Subscription
from qiao.core.tasks import PeriodicJob
from qiao.feedback import contributions, demo, morning, overview
from qiao.feedback import improvement_contributions as improvements
from qiao.feedback import quality_contributions as quality
from qiao.feedback import suggestion_contributions as suggestions
from qiao.feedback import survey_contributions as surveys
from qiao.feedback.calling_contributions import SOURCES
from qiao.feedback.events import FollowUpCompleted
from qiao.feedback.features import FEATURES
from qiao.feedback.operations import note_known_satisfactions, note_satisfactions
from qiao.feedback.operations.score_cards import install_score_cards
from qiao.feedback.operations.watching import install_rule
from qiao.feedback.parameters import PARAMETERS
from qiao.feedback.personal import PERSONAL
from qiao.feedback.quality_notices import NOTICES
from qiao.feedback.quality_personal import PERSONAL as QUALITY_PERSONAL
from qiao.feedback.retention import RETENTION
from qiao.feedback.suggestion_personal import SUGGESTIONS
from qiao.feedback.survey_personal import SURVEYS
from qiao.feedback.tasks import (
    fold,
    on_case_closed,
    on_case_handed_past,
    on_cases_held,
    on_follow_up_completed,
    on_step_entered,
)


def _install(now: datetime) -> None:
    install_rule(today=timezone.localdate(now))
    note_known_satisfactions()
    install_score_cards(now=now)


def _note_satisfactions(world: World) -> None:  # noqa: ARG001 - as a stage is called
    note_satisfactions()


manifest = Module(
    key="feedback",
    label=_("Feedback"),
    personal=(*PERSONAL, *QUALITY_PERSONAL, *SUGGESTIONS, *SURVEYS),
    features=FEATURES,
    permissions=(
        Permission("followups.view", _("See follow-ups and what customers said")),
        Permission("followups.work", _("Call customers back and keep their word")),
        *improvements.PERMISSIONS,
        *quality.PERMISSIONS,
        *suggestions.PERMISSIONS,
        *surveys.PERMISSIONS,
    ),
    navigation=(
        *contributions.NAVIGATION,
        *improvements.NAVIGATION,
        *quality.NAVIGATION,
        *suggestions.NAVIGATION,
        *surveys.NAVIGATION,
    ),
    panels=(*contributions.PANELS, *suggestions.PANELS),
    timeline=contributions.TIMELINE,
    commands=(
        *contributions.COMMANDS,
        *improvements.COMMANDS,
        *quality.COMMANDS,
        *suggestions.COMMANDS,
        *surveys.COMMANDS,
    ),
    inbox=contributions.INBOX,
    call_sources=SOURCES,
    subscriptions=(
        Subscription(StepEntered, on_step_entered),
        Subscription(CaseClosed, on_case_closed),
        Subscription(CasesHeld, on_cases_held),
        Subscription(CaseHandedPast, on_case_handed_past),
        Subscription(FollowUpCompleted, on_follow_up_completed),
    ),
    headlines=overview.HEADLINES,
    case_figures=overview.CASE_FIGURES,
    figures=overview.FIGURES,
    workload=overview.WORKLOAD,
    periodic=(
        PeriodicJob("feedback.fold_counts", "*/2 * * * *", fold),
        *improvements.PERIODIC,
        *quality.PERIODIC,
        *suggestions.PERIODIC,
        *surveys.PERIODIC,
    ),
    install=_install,
    demo=(
        DemoStage("feedback", 50, demo.build, demo.audit, morning.tick),
        DemoStage("feedback.satisfaction", 63, _note_satisfactions),
        *improvements.DEMO,
        *quality.DEMO,
        *suggestions.DEMO,
        *surveys.DEMO,
    ),
    parameters=PARAMETERS + quality.PARAMETERS,
    retention=RETENTION,
    notices=NOTICES,
    append_only=(
        "feedback_followupattempt",
        *improvements.APPEND_ONLY,
        *quality.APPEND_ONLY,
        *suggestions.APPEND_ONLY,
    ),
    audited=(
        *improvements.AUDITED,
        *quality.AUDITED,
        *suggestions.AUDITED,
        *surveys.AUDITED,
    ),
    audit_words=(
        *improvements.AUDIT_WORDS,
        *quality.AUDIT_WORDS,
        *suggestions.AUDIT_WORDS,
        *surveys.AUDIT_WORDS,
    ),
    decisions=suggestions.DECISIONS,
    code_tables=improvements.CODE_TABLES,
)
