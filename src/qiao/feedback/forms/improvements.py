"""What is asked on the way from a finding to a proven effect."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.feedback.operations.improvements import TEXT_LENGTH, TITLE_LENGTH

Choices = Sequence[tuple[Any, Any]]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


def _text(label: Any, *, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=TEXT_LENGTH, widget=widget)


class FindingForm(forms.Form):
    """A new improvement."""

    cause = forms.ChoiceField(label=_("Cause"))
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    title = forms.CharField(label=pgettext_lazy("improvement", "Title"), max_length=TITLE_LENGTH)
    finding = _text(pgettext_lazy("improvement", "Finding"))
    subject = forms.CharField(
        label=_("Product or process"), max_length=TITLE_LENGTH, required=False
    )
    owner = forms.TypedChoiceField(label=pgettext_lazy("improvement", "Owner"), coerce=int)
    since = _day(_("Counted from"))
    until = _day(_("to the end of"))

    def __init__(
        self, *args: Any, causes: Choices, units: Choices, owners: Choices, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        for name, choices in (("cause", causes), ("unit", units), ("owner", owners)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """An action."""

    text = _text(_("What is done"))
    due_date = _day(_("Done by"))
    cost = forms.DecimalField(
        label=_("Cost"), required=False, min_value=0, max_digits=12, decimal_places=2
    )


class EffectForm(forms.Form):
    """From when on the action works."""

    effective_date = _day(_("In effect since"))


class TellForm(forms.Form):
    """What those who complained are told."""

    subject = forms.CharField(label=_("Subject line"), max_length=TITLE_LENGTH)
    text = _text(_("Message"), rows=7)


class LessonForm(forms.Form):
    """What was learnt, at the end."""

    text = _text(_("What was learnt"))


class ReasonForm(forms.Form):
    """Why it is given up."""

    text = _text(_("Reason"))


class OwnerForm(forms.Form):
    """Another owner."""

    owner = forms.TypedChoiceField(label=pgettext_lazy("improvement", "Owner"), coerce=int)

    def __init__(self, *args: Any, owners: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
