"""Forms of files that come in and lists that go out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.staff.queries import branches_among


class UploadForm(forms.Form):
    """A file of customers and the branch that they belong to."""

    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("customer form", "Branch"),
        coerce=int,
        help_text=_("Whose customers these are."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (XLSX, XLS) or CSV, up to 2 GB. The first row names the columns."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = actor.organisations("customers.import")
        field = self.fields["organisation"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(branches_among(allowed).items())
        if actor.organisation_id in allowed:
            field.initial = actor.organisation_id
