"""Forms of files that come in and lists that go out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.exports import REASON_LENGTH
from qiao.core.models import Export
from qiao.core.table_forms import set_up
from qiao.customers.operations.exporting import may_have_full_phones
from qiao.customers.queries.export_heads import HEADS
from qiao.customers.rules.export_columns import COLUMNS, USUAL
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
        help_text=_(
            "Excel (XLSX or XLS, up to 200 MB) or CSV (up to 2 GB). The first row names the"
            " columns."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = branches_among(actor.organisations("customers.import"))
        set_up(self, units=units, usual=actor.organisation_id)


class ExportForm(forms.Form):
    """Which columns of a list are taken away, as what, and why."""

    format = forms.ChoiceField(
        label=_("As"),
        choices=Export.Form.choices,
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(key, HEADS[key]) for key in COLUMNS],
        widget=forms.CheckboxSelectMultiple,
        initial=list(USUAL),
    )
    phones = forms.ChoiceField(
        label=_("Telephone numbers"),
        choices=[("masked", _("Masked")), ("full", _("In full"))],
        widget=forms.RadioSelect,
        initial="masked",
    )
    reason = forms.CharField(
        label=pgettext_lazy("customer form", "Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who takes what, and why, is recorded."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_have_full_phones(actor):
            del self.fields["phones"]
