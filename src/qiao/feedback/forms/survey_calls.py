"""What came of calling somebody who was not satisfied in a survey."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.feedback.models import FollowUpAttempt
from qiao.feedback.operations.calling import NOTE_LENGTH
from qiao.feedback.operations.survey_calls import OUTCOMES


class SurveyCallForm(forms.Form):
    """The outcome, and what was said."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(key, FollowUpAttempt.Outcome(key).label) for key in OUTCOMES],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say what came of the call.")},
    )
    note = forms.CharField(
        label=pgettext_lazy("survey call", "What was the cause, what was agreed"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
