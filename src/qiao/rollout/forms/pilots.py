"""What is asked for a pilot, its evaluation and the decision on it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.rollout.forms.steps import day_field
from qiao.rollout.models import Pilot
from qiao.rollout.operations.pilots import TEXT_LENGTH, TITLE_LENGTH

Choices = Sequence[tuple[Any, Any]]
DECISIONS = (
    (Pilot.Decision.GO_ON.value, pgettext_lazy("pilot", "Go on in these units")),
    (Pilot.Decision.WIDEN.value, pgettext_lazy("pilot", "Widen to further units")),
    (Pilot.Decision.STOP.value, pgettext_lazy("pilot", "Stop")),
)


def _words(label: Any, *, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=TEXT_LENGTH, widget=widget)


class PilotForm(forms.Form):
    """A new pilot."""

    title = forms.CharField(label=pgettext_lazy("pilot", "Title"), max_length=TITLE_LENGTH)
    aim = _words(pgettext_lazy("pilot", "Aim"))
    features = forms.MultipleChoiceField(
        label=_("Features that are tried"), widget=forms.CheckboxSelectMultiple
    )
    units = forms.TypedMultipleChoiceField(
        label=_("Units that try them"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One or two are enough to learn from."),
    )
    since = day_field(_("First day"))
    last = day_field(_("Last day"), hint=_("Two weeks are usual."))
    helpers = forms.TypedMultipleChoiceField(
        label=_("Helpers"),
        coerce=int,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("They answer what the units say; the first one is in charge."),
    )
    team = forms.TypedChoiceField(
        label=_("Team that takes in what is said"), coerce=int, required=False, empty_value=None
    )
    off_elsewhere = forms.BooleanField(
        label=_("Off for everybody else from the first day on"), required=False, initial=True
    )

    def __init__(self, *args: Any, choices: dict[str, Choices], **more: Any) -> None:
        super().__init__(*args, **more)
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The day before which it ends."""
        data = super().clean() or {}
        if data.get("last"):
            data["until"] = data["last"] + timedelta(days=1)
        return data


class EvaluationForm(forms.Form):
    """What the pilot showed."""

    words = _words(_("What it showed"), rows=6)


class DecisionForm(forms.Form):
    """What becomes of it."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("pilot", "Decision"), choices=DECISIONS, widget=forms.RadioSelect
    )
    since = day_field(_("From the day"))
    last = day_field(_("Last day"), required=False, hint=_("Empty: without an end."))
    units = forms.TypedMultipleChoiceField(
        label=_("Further units"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, units: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["units"].choices = units  # type: ignore[attr-defined]
