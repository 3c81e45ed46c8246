"""Forms of changing a tariff: the day, the document, the text of a version."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.operations.tariff_changing import SOURCE_LENGTH
from qiao.billing.queries.tariffs import FIRST, LAST
from qiao.billing.rules.tariffs.toml_text import LONGEST


class DayField(forms.DateField):
    """A day from which prices hold."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not FIRST <= day <= LAST:
            raise forms.ValidationError(_("Choose a day between 1990 and 2100."))
        return day


class BeginForm(forms.Form):
    """From which day on."""

    valid_from = DayField(
        label=pgettext_lazy("change of a tariff", "Change from"),
        error_messages={"required": _("Say from which day on.")},
    )


class AboutForm(forms.Form):
    """From which day on, by which document, and the revision that the person saw."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    valid_from = DayField(label=pgettext_lazy("change of a tariff", "Holds from"))
    source = forms.CharField(
        label=pgettext_lazy("change of a tariff", "Document"),
        required=False,
        max_length=SOURCE_LENGTH,
    )


class TextForm(forms.Form):
    """A version as text."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    text = forms.CharField(
        label=pgettext_lazy("change of a tariff", "Text of the version"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 34, "spellcheck": "false", "translate": "no", "autocomplete": "off"}
        ),
    )
