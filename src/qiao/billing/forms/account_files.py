"""A file by which the billing of accounts begins, and the unit whose accounts these are."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.table_forms import set_up


class AccountFileForm(forms.Form):
    """The unit, and the file."""

    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("file of accounts", "Unit"),
        coerce=int,
        help_text=_("Whose accounts these are, with those of all units below it."),
    )
    file = forms.FileField(
        label=pgettext_lazy("file of accounts", "File"),
        help_text=_(
            "Excel (XLSX or XLS, up to 200 MB) or CSV (up to 2 GB). The first row names the"
            " columns: account number, tariff and first day are needed."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, units: Mapping[int, str], usual: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_up(self, units=units, usual=usual)
