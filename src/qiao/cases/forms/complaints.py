"""Forms of disputes and of executives' decisions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.facts import FactsForm

DECISIONS = {
    "agree": pgettext_lazy("decision", "I agree with how it is handled"),
    "order": pgettext_lazy("decision", "I order this"),
    "ask": pgettext_lazy("decision", "I ask this"),
}


class DisputeForm(FactsForm):
    """The bill that a customer disputes, and how much of it."""

    bill = forms.CharField(
        label=gettext_lazy("Bill or period"),
        max_length=60,
        help_text=gettext_lazy("As it stands on the bill: its number, or 2026-10."),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Disputed amount"),
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Empty: the whole bill."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Goes on after the case is archived, because"),
        max_length=300,
        required=False,
    )

    def amount_minor(self) -> int | None:
        """The amount in minor units."""
        amount = self.cleaned_data["amount"]
        return None if amount is None else int(amount * 100)


class DecisionForm(FactsForm):
    """What an executive decides about a complaint."""

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Who does it"), coerce=int, empty_value=None, required=False
    )
    due_date = forms.DateField(
        label=gettext_lazy("By which day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(
        self, *args: Any, people: Sequence[tuple[int, str]], day: date, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["decision"].choices = list(DECISIONS.items())  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "—"), *people]  # type: ignore[attr-defined]
        self.fields["due_date"].initial = day
