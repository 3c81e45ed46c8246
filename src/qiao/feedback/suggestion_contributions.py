"""What suggestions bring to the house: rights, navigation, a panel of the case, the decision."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.core.manifest import (
    AuditTable,
    Command,
    Decidable,
    DemoStage,
    Difference,
    NavItem,
    Panel,
    Permission,
    Told,
    rows_of_customers,
)
from qiao.core.models import Approval
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting
from qiao.feedback import suggestion_demo
from qiao.feedback.models import Suggestion, SuggestionAnswer
from qiao.feedback.operations.answering import KIND, publish_answer, refuse_answer
from qiao.feedback.operations.suggestions import fold_suggestion_counts

VIEW, WORK, ENTER = "suggestions.view", "suggestions.work", "suggestions.enter"
PERMISSIONS = (
    Permission(VIEW, gettext_lazy("See suggestions")),
    Permission(ENTER, gettext_lazy("Take suggestions in from cases and paper")),
    Permission(WORK, gettext_lazy("Screen, join and answer suggestions")),
)
NAVIGATION = (
    NavItem(
        key="suggestions",
        label=gettext_lazy("Suggestions"),
        icon="bulb",
        url_name="feedback:suggestions",
        permission=WORK,
        order=28,
        group="improve",
    ),
)
COMMANDS = (
    Command(
        "feedback.suggestions", gettext_lazy("Suggestions"), "bulb", "feedback:suggestions", VIEW
    ),
)
OF_CASE = """
SELECT jsonb_build_object('case', c.id, 'id', s.id, 'number', s.number, 'title', s.title,
    'state', s.state, 'votes', s.votes)
  FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id
  LEFT JOIN feedback_suggestion s ON s.case_id = c.id
 WHERE c.id = %(case_id)s AND c.organisation_id = ANY(%(organisation_ids)s)
   AND (s.id IS NOT NULL OR t."group" = 'suggestion')
"""
PANELS = (
    Panel(
        key="feedback.suggestion",
        title=pgettext_lazy("panel of a case", "Suggestion"),
        template="feedback/panels/suggestion.html",
        sql=OF_CASE,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=22,
    ),
)


def _fold(now: datetime) -> None:  # noqa: ARG001 - periodic jobs get the time
    with acting(None):
        fold_suggestion_counts()


PERIODIC = (PeriodicJob("feedback.fold_suggestion_counts", "*/5 * * * *", _fold),)
DEMO = (DemoStage("feedback.suggestions", 66, suggestion_demo.build, suggestion_demo.audit),)


def tell(approval: Approval) -> Told:
    """The answer that everybody will read."""
    row = Suggestion.objects.get(pk=approval.subject_id)
    made = SuggestionAnswer.objects.get(pk=approval.payload["answer"])
    return Told(
        kind=_("Public answer to a suggestion"),
        title=row.public_title or row.title,
        url=reverse("feedback:suggestion", args=[row.pk]),
        differences=[
            Difference(pgettext("suggestion", "Answer"), "", made.text),
            Difference(_("With this it is"), str(row.get_state_display()),
                       str(made.get_outcome_display())),
        ],
        note=row.number,
    )  # fmt: skip


DECISIONS = (Decidable(kind=KIND, tell=tell, carry_out=publish_answer, refuse=refuse_answer),)
APPEND_ONLY = ("feedback_suggestionevent",)
AUDITED = ("feedback_suggestion", "feedback_suggestionanswer")
AUDIT_WORDS = (
    AuditTable(
        "feedback_suggestion",
        gettext_lazy("Suggestions"),
        {
            "number": gettext_lazy("Number"),
            "public_title": gettext_lazy("Title for everybody"),
            "state": gettext_lazy("State"),
            "screening": gettext_lazy("Decision"),
            "target_date": pgettext_lazy("suggestion", "Until"),
        },
        of_customer=rows_of_customers("feedback_suggestion", "customer_id"),
    ),
    AuditTable(
        "feedback_suggestionanswer",
        gettext_lazy("Answers to suggestions"),
        {
            "text": pgettext_lazy("suggestion", "Answer"),
            "is_public": gettext_lazy("Who reads it"),
            "state": gettext_lazy("State"),
        },
    ),
)
