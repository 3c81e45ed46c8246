"""Forms about risk: acknowledging it, and saying that a sign was wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import FactsForm
from qiao.cases.showing.risk import WRONG


class RefuseRiskForm(FactsForm):
    """Why a sign of risk was wrong: one of the usual reasons, or one's own words."""

    why = forms.ChoiceField(label=gettext_lazy("Why"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["why"].choices = list(WRONG.items())  # type: ignore[attr-defined]

    def reason(self) -> str:
        """What was chosen and typed, as one text."""
        chosen = str(WRONG[self.cleaned_data["why"]])
        return " · ".join(filter(None, (chosen, self.cleaned_data["text"])))
