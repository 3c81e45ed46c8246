"""Forms about places: another meter."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DAY = {"type": "date"}


def day_field(label: object, *, required: bool = True, hint: object = "") -> forms.DateField:
    """A day as browsers pick it."""
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=required,
        help_text=hint,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


def reading_field(label: object) -> forms.DecimalField:
    """A reading of a register, in its own unit."""
    return forms.DecimalField(
        label=label,  # type: ignore[arg-type]
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0"}),
    )


class ExchangeForm(forms.Form):
    """The meter that hangs from a day on, and the readings of both."""

    number = forms.CharField(label=_("Number of the new meter"), max_length=40)
    day = day_field(_("Exchanged on"))
    closing = reading_field(_("Last reading of the old meter"))
    opening = reading_field(_("First reading of the new meter"))
    size = forms.CharField(label=pgettext_lazy("meter", "Size"), max_length=20, required=False)
    reason = forms.CharField(
        label=pgettext_lazy("meter", "Reason"), max_length=200, required=False
    )
    is_remote = forms.BooleanField(
        label=_("Reports its readings itself"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "q-switch", "role": "switch"}),
    )
