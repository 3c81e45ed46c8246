"""Forms about complaints that go past an outlet: whom they are about, and what was found."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.facts import FactsForm

VERDICTS = {
    "confirmed": pgettext_lazy("finding", "Confirmed"),
    "partly": pgettext_lazy("finding", "Partly confirmed"),
    "unfounded": pgettext_lazy("finding", "Not confirmed"),
}


class AboutForm(FactsForm):
    """The outlet that a case is about, or the person; one of them is enough."""

    unit = forms.TypedChoiceField(
        label=gettext_lazy("Outlet or team"), coerce=int, empty_value=None, required=False
    )
    person = forms.CharField(
        label=gettext_lazy("Number of the member of staff"), max_length=20, required=False
    )

    def __init__(self, *args: Any, units: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].choices = [("", "—"), *units]  # type: ignore[attr-defined]


class FindingForm(FactsForm):
    """What was found about the outlet or the person."""

    verdict = forms.ChoiceField(label=gettext_lazy("Finding"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What the outlet reads"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Never who complained, nor where they live."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["verdict"].choices = list(VERDICTS.items())  # type: ignore[attr-defined]
