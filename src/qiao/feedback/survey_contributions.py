"""What surveys bring to the house: rights, navigation, the worker that sends."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.manifest import AuditTable, Command, DemoStage, NavItem, Permission
from qiao.core.tasks import PeriodicJob
from qiao.feedback import survey_demo
from qiao.feedback.survey_tasks import go_on

VIEW, WORK = "surveys.view", "surveys.work"
PERMISSIONS = (
    Permission(VIEW, gettext_lazy("See surveys and what they found")),
    Permission(WORK, gettext_lazy("Design surveys, draw and send them")),
)
NAVIGATION = (
    NavItem(
        key="surveys",
        label=gettext_lazy("Surveys"),
        icon="forms",
        url_name="feedback:surveys",
        permission=WORK,
        order=29,
        group="improve",
    ),
)
COMMANDS = (
    Command("feedback.surveys", gettext_lazy("Surveys"), "forms", "feedback:surveys", VIEW),
)


PERIODIC = (PeriodicJob("feedback.go_on_sending_surveys", "*/10 * * * *", go_on),)
DEMO = (DemoStage("feedback.surveys", 76, survey_demo.build, survey_demo.audit),)
AUDITED = ("feedback_survey", "feedback_surveywave")
AUDIT_WORDS = (
    AuditTable(
        "feedback_survey",
        gettext_lazy("Surveys"),
        {
            "names": pgettext_lazy("survey", "Name"),
            "intros": pgettext_lazy("survey", "Introduction"),
            "questions": pgettext_lazy("survey", "Questions"),
            "owner_id": pgettext_lazy("survey", "Owner"),
            "answer_days": gettext_lazy("Days until a wave closes"),
            "gap_days": gettext_lazy("Least days between two invitations of a customer"),
            "every_months": gettext_lazy("Repeated every so many months"),
            "state": gettext_lazy("State"),
        },
    ),
    AuditTable(
        "feedback_surveywave",
        gettext_lazy("Waves of surveys"),
        {
            "number": gettext_lazy("Number"),
            "size": pgettext_lazy("survey", "Customers to draw"),
            "seed": gettext_lazy("Seed"),
            "sent_at": pgettext_lazy("wave", "Sent"),
            "closes_at": pgettext_lazy("wave", "Closes"),
        },
    ),
)
