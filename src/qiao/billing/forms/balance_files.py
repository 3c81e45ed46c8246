"""A file of balances of a former billing system: whose accounts, as of which day."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.table_forms import set_up


class BalanceFileForm(forms.Form):
    """The unit, the day, and the file."""

    organisation = forms.TypedChoiceField(
        label=pgettext_lazy("file of balances", "Unit"),
        coerce=int,
        help_text=_("Whose accounts these are, with those of all units below it."),
    )
    as_of = forms.DateField(
        label=pgettext_lazy("file of balances", "First day here"),
        help_text=_(
            "The balances are those at the end of the day before. They are booked on this day."
        ),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    file = forms.FileField(
        label=pgettext_lazy("file of balances", "File"),
        help_text=_(
            "Excel (XLSX or XLS, up to 200 MB) or CSV (up to 2 GB). The first row names the"
            " columns: the account number, and what was owed with the day on which it was due, or"
            " what was paid ahead. One row for each open bill."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.txt"}),
    )

    def __init__(self, *args: Any, units: Mapping[int, str], usual: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_up(self, units=units, usual=usual)
