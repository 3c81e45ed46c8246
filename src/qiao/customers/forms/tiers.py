"""Forms about tiers: setting one by hand, taking it back, trying another threshold."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.packs.tier_rules import TierRuleSpec
from qiao.customers.models import Customer

LONGEST_DAYS = 366
USUAL_DAYS = 90
REASON_LENGTH = 300


class TierForm(forms.Form):
    """Another tier for a time, with the reason that the customer could be told."""

    tier = forms.ChoiceField(
        label=pgettext_lazy("customer form", "Tier"),
        choices=[(key, format_lazy("{} {}", key, label)) for key, label in Customer.Tier.choices],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=_("Holds until before"),
        help_text=_("From this day on the tier by the rule holds again; at most a year ahead."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["until"]
        field.initial = today + timedelta(days=USUAL_DAYS)
        field.widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=LONGEST_DAYS)).isoformat(),
        }

    def clean_until(self) -> date:
        """A day within the coming year."""
        until: date = self.cleaned_data["until"]
        if not self.today < until <= self.today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose a day after today, at most a year ahead."))
        return until


class WithdrawForm(forms.Form):
    """Why what was set by hand is taken back."""

    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TrialForm(forms.Form):
    """Another threshold for one letter of a rule, to be tried on a sample."""

    grade = forms.TypedChoiceField(
        label=pgettext_lazy("customer form", "Tier"),
        coerce=int,
        widget=forms.Select(attrs={"class": "form-select form-select-sm w-auto"}),
    )
    at_least = forms.IntegerField(
        label=_("Points at least"),
        min_value=-1_000,
        max_value=1_000,
        widget=forms.NumberInput(attrs={"class": "form-control form-control-sm w-auto"}),
    )

    def __init__(self, data: Any = None, *, spec: TierRuleSpec) -> None:
        super().__init__(data, auto_id="trial-%s")
        scored = [
            (place, each) for place, each in enumerate(spec.grades) if each.at_least is not None
        ]
        field = self.fields["grade"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(place, each.letter) for place, each in scored]
        if scored:
            self.fields["at_least"].initial = scored[0][1].at_least
