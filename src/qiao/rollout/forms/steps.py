"""What is asked to switch a feature, in one unit or step by step."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.features import REASON_LENGTH

Choices = Sequence[tuple[Any, Any]]
STATES = (
    ("on", pgettext_lazy("feature", "On")),
    ("off", pgettext_lazy("feature", "Off")),
    ("above", pgettext_lazy("feature", "As the unit above")),
)


def day_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, help_text=hint)


class SwitchForm(forms.Form):
    """On, off or as above, from a day until another, for a reason."""

    state = forms.ChoiceField(
        label=pgettext_lazy("feature", "Shall be"), choices=STATES, widget=forms.RadioSelect
    )
    since = day_field(_("From the day"))
    last = day_field(
        _("Last day"), required=False, hint=_("Empty: without an end. After it, all is as before.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)


class StepsForm(forms.Form):
    """Units in the order of the tree, so many at once, so many days apart."""

    units = forms.TypedMultipleChoiceField(
        label=_("Units, in this order"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    first = day_field(_("First step on"))
    at_once = forms.IntegerField(label=_("Units in a step"), min_value=1, max_value=50, initial=1)
    apart = forms.IntegerField(
        label=_("Days between steps"), min_value=1, max_value=365, initial=7
    )
    off_elsewhere = forms.BooleanField(
        label=_("Until then it is off in units that have no step yet"), required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args: Any, units: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["units"].choices = units  # type: ignore[attr-defined]
