"""The form by which files come to a case, several at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import FactsForm
from qiao.core.attachments import MAX_BYTES

MOST_AT_ONCE = 50


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what is inside each is checked by whoever takes it."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # noqa: ARG002
        """The files that came, in their order; an empty one is refused later, by its name."""
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(given)


class AttachForm(FactsForm):
    """Files, and what they show."""

    file = FilesField(
        label=gettext_lazy("Files"),
        widget=ManyFiles(attrs={"data-most-bytes": MAX_BYTES}),
    )
    label = forms.CharField(label=gettext_lazy("What it shows"), max_length=100, required=False)
