"""Forms of documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models import Document


class DocumentForm(forms.Form):
    """A document with its file."""

    file = forms.FileField(
        label=_("File"), help_text=_("PDF, picture, Word, Excel, PowerPoint or text, up to 15 MB")
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("document", "Kind"), choices=Document.Kind.choices
    )
    title = forms.CharField(label=pgettext_lazy("document", "Title"), max_length=120)
    dated = forms.DateField(
        label=pgettext_lazy("document", "Dated"), widget=forms.DateInput(attrs={"type": "date"})
    )
    expires = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(label=_("Remark"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """It does not end before it begins."""
        data = super().clean() or {}
        dated, expires = data.get("dated"), data.get("expires")
        if dated and expires and expires < dated:
            self.add_error("expires", _("This lies before the date of the document."))
        return data
