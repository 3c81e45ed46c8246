"""Forms of kept views: a name, and who else sees it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.operations.views import Reach

OWN = "own"


class ViewForm(forms.Form):
    """A name for a list, and whom it is for. `reaches` are the choices that the person has."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    reach = forms.ChoiceField(label=pgettext_lazy("view of cases", "Who sees it"), required=False)
    query = forms.CharField(max_length=4_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reaches: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reach"].choices = reaches  # type: ignore[attr-defined]

    @property
    def chosen_reach(self) -> Reach:
        """The reach that was chosen."""
        kind, _, pk = self.cleaned_data["reach"].partition(":")
        if kind == "team":
            return Reach(team_id=int(pk))
        return Reach(unit_id=int(pk)) if kind == "unit" else Reach()
