"""The form of a checklist: its names, an item a line in each language, types and steps."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiao.cases.forms.macros import name_field
from qiao.cases.rules.checklists import MOST_ITEMS
from qiao.core.rules.texts import DATA_KEYS

Choices = Sequence[tuple[Any, Any]]


def items_field(language: str) -> str:
    """The form's name for the items in a language."""
    return f"items_{language.replace('-', '_').lower()}"


class ChecklistForm(forms.Form):
    """A checklist as it shall be."""

    types = forms.MultipleChoiceField(label=_("Only for these types"), required=False)
    steps = forms.MultipleChoiceField(label=_("Only in these steps"), required=False)
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999)

    def __init__(self, *args: Any, types: Choices, steps: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["types"].choices = types  # type: ignore[attr-defined]
        self.fields["steps"].choices = steps  # type: ignore[attr-defined]
        for language in DATA_KEYS:
            self.fields[name_field(language)] = forms.CharField(
                label=_("Name of the list"), max_length=120, required=False
            )
            self.fields[items_field(language)] = forms.CharField(
                label=_("Items, one a line"),
                max_length=4_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
            )

    def languages(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Name and items in each language."""
        for language in DATA_KEYS:
            yield language, self[name_field(language)], self[items_field(language)]

    def names(self) -> dict[str, str]:
        """The names that were typed."""
        return {key: self.cleaned_data[name_field(key)] for key in DATA_KEYS}

    def lines(self) -> dict[str, str]:
        """The items that were typed."""
        return {key: self.cleaned_data[items_field(key)] for key in DATA_KEYS}

    def clean(self) -> dict[str, Any]:
        """A name and one to twenty items."""
        data = super().clean() or {}
        if not any(data.get(name_field(key)) for key in DATA_KEYS):
            self.add_error(name_field(DATA_KEYS[0]), _("Give it a name."))
        counts = [len(data.get(items_field(key), "").splitlines()) for key in DATA_KEYS]
        if not 1 <= max(counts) <= MOST_ITEMS:
            self.add_error(items_field(DATA_KEYS[0]), _("Write one to twenty items."))
        return data
