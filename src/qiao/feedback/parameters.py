"""What the company may set about follow-ups, from a day on."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Parameter
from qiao.core.packs.model_keys import GROUPS

GROUP_NAMES = {
    "enquiry": pgettext_lazy("case group", "Enquiry"),
    "request": pgettext_lazy("case group", "Request"),
    "fault": pgettext_lazy("case group", "Fault report"),
    "complaint": pgettext_lazy("case group", "Complaint"),
    "suggestion": pgettext_lazy("case group", "Suggestion"),
    "follow_up": pgettext_lazy("case group", "Follow-up"),
}
SURVEY_CALL_DAYS = "feedback.survey_call_days"
PARAMETERS = (
    Parameter(
        key="feedback.attempts_needed",
        label=_("Attempts before a follow-up closes without the customer"),
        about=_("So often one tries to reach the customer; then the case may be archived."),
        kind="number",
        unit=_("attempts"),
        least=1,
        most=10,
        default=3,
        default_source=_("Company rule: three attempts on record"),
        second_person=True,
    ),
    Parameter(
        key="feedback.attempt_gap_minutes",
        label=_("Time between two attempts that both count"),
        kind="minutes",
        unit=_("minutes"),
        least=1,
        most=10_080,
        default=30,
        default_source=_("Company rule: two attempts lie at least 30 minutes apart"),
    ),
    Parameter(
        key="feedback.other_person_groups",
        label=_("Cases that somebody other than the handler follows up"),
        kind="choices",
        choices=tuple((key, GROUP_NAMES[key]) for key in GROUPS if key in GROUP_NAMES),
        default=["complaint"],
        default_source=_("Company rule: complaints are called back by somebody else"),
        second_person=True,
    ),
    Parameter(
        key=SURVEY_CALL_DAYS,
        label=_("Days within which a customer who was not satisfied in a survey is called"),
        kind="number",
        unit=_("days"),
        least=1,
        most=30,
        default=3,
        default_source=_("Company rule: within three days of the answer"),
    ),
)
