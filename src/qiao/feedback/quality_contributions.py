"""What quality of finished work brings to the house: rights, pages, the weekly draw, notices."""

from datetime import datetime

from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.manifest import (
    AuditTable,
    Command,
    DemoStage,
    NavItem,
    Parameter,
    Permission,
    Text,
)
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting
from qiao.feedback import quality_demo
from qiao.feedback.operations.sampling import draw_due

VIEW, EVALUATE, OWN, PLAN = "quality.view", "quality.evaluate", "quality.own", "quality.plan"
PERMISSIONS = (
    Permission(OWN, gettext_lazy("See how one's own work was evaluated, acknowledge and appeal")),
    Permission(VIEW, gettext_lazy("See the quality of work of a unit")),
    Permission(EVALUATE, gettext_lazy("Evaluate finished work and coach")),
    Permission("quality.decide", gettext_lazy("Decide appeals against evaluations")),
    Permission(PLAN, gettext_lazy("Keep score cards and plans of what is evaluated")),
)
NAVIGATION = (
    NavItem(
        key="quality",
        label=gettext_lazy("Quality"),
        icon="star",
        url_name="feedback:quality",
        permission=EVALUATE,
        order=28,
        group="improve",
    ),
)
COMMANDS = (
    Command("feedback.quality", gettext_lazy("Quality"), "star", "feedback:quality", EVALUATE),
    Command(
        "feedback.my_quality", gettext_lazy("My quality"), "star", "feedback:quality_mine", OWN
    ),
)


def _draw(now: datetime) -> None:
    with acting(None):
        draw_due(now=now)


PERIODIC = (PeriodicJob("feedback.draw_samples", "20 * * * *", _draw),)


def _days(key: str, label: Text, default: int, source: Text) -> Parameter:
    return Parameter(
        key=f"feedback.{key}",
        label=label,
        kind="days",
        unit=gettext_lazy("days"),
        least=1,
        most=60,
        default=default,
        default_source=source,
    )


PARAMETERS = (
    _days(
        "evaluation_days",
        gettext_lazy("Time to evaluate what was drawn"),
        7,
        gettext_lazy("Company rule: feedback within a week still teaches"),
    ),
    _days(
        "appeal_days",
        gettext_lazy("Time to appeal against an evaluation"),
        5,
        gettext_lazy("Company rule: five days from the release"),
    ),
    _days(
        "decision_days",
        gettext_lazy("Time to decide an appeal"),
        5,
        gettext_lazy("Company rule: five days from the appeal"),
    ),
)
DEMO = (DemoStage("feedback.quality", 66, quality_demo.build, quality_demo.audit),)
APPEND_ONLY = ("feedback_sampledraw", "feedback_evaluationevent")
AUDITED = (
    "feedback_scorecardversion",
    "feedback_sampleplan",
    "feedback_evaluation",
    "feedback_appeal",
    "feedback_coaching",
)
AUDIT_WORDS = (
    AuditTable(
        "feedback_scorecardversion",
        gettext_lazy("Versions of score cards"),
        {"number": gettext_lazy("Version"), "published_at": gettext_lazy("Published")},
    ),
    AuditTable(
        "feedback_sampleplan",
        gettext_lazy("Plans of what is evaluated"),
        {
            "title": pgettext_lazy("sample plan", "Name"),
            "basis": pgettext_lazy("sample plan", "What is drawn"),
            "amount": pgettext_lazy("sample plan", "How much"),
            "second_percent": gettext_lazy("Evaluated twice, percent"),
            "valid_from": gettext_lazy("In use from"),
            "valid_until": gettext_lazy("In use until before"),
        },
    ),
    AuditTable(
        "feedback_evaluation",
        gettext_lazy("Evaluations"),
        {
            "number": gettext_lazy("Number"),
            "state": gettext_lazy("State"),
            "score": pgettext_lazy("evaluation", "Score"),
            "first_score": pgettext_lazy("evaluation", "Score before the appeal"),
        },
    ),
    AuditTable(
        "feedback_appeal",
        gettext_lazy("Appeals"),
        {
            "score_before": pgettext_lazy("evaluation", "Score before the appeal"),
            "score_after": pgettext_lazy("evaluation", "Score after the appeal"),
            "decided_at": pgettext_lazy("appeal", "Decided"),
        },
    ),
    AuditTable(
        "feedback_coaching",
        gettext_lazy("Coaching"),
        {"due_date": gettext_lazy("Due"), "done_date": gettext_lazy("Done on")},
    ),
)
