"""What is asked before a list of cases is taken away: as what, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.exports import REASON_LENGTH
from qiao.core.models import Export


class ExportForm(forms.Form):
    """The form of the file, and the reason that is recorded with it."""

    format = forms.ChoiceField(
        label=pgettext_lazy("form of a file", "As"),
        choices=Export.Form.choices,
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    reason = forms.CharField(
        label=pgettext_lazy("of a file", "Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who takes what, and why, is recorded."),
    )
