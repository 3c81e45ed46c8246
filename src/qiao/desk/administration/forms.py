"""Forms of the administration. The core's operations check; forms ask and place the refusals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import Correction, Parameter, Record
from qiao.core.rules.money import BadMoney, to_decimal, to_minor

DAY = {"type": "date"}


class ChangeForm(forms.Form):
    """Another value of a parameter, from a day on, with its source."""

    value = forms.CharField(label=_("New value"), max_length=40)
    valid_from = forms.DateField(label=_("In force from"), widget=forms.DateInput(attrs=DAY))
    organisation = forms.TypedChoiceField(
        label=_("For"), coerce=int, empty_value=None, required=False
    )
    region = forms.ChoiceField(label=_("In the region"), required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("The law, contract or decision that says so, with its date."),
    )

    def __init__(
        self,
        declared: Parameter,
        *args: Any,
        units: list[tuple[Any, str]],
        regions: list[tuple[str, str]],
        current: Any,
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.declared, self.currency = declared, currency
        self.fields["value"] = _value_field(declared, current, currency)
        self.fields["organisation"].choices = units  # type: ignore[attr-defined]
        self.fields["region"].choices = [("", _("Every region")), *regions]  # type: ignore[attr-defined]
        if declared.everywhere:
            del self.fields["organisation"], self.fields["region"]

    def clean_value(self) -> Any:
        """Money in minor units; everything else is checked by the core."""
        value = self.cleaned_data["value"]
        if self.declared.kind != "money":
            return value
        try:
            return to_minor(value.replace(",", ""), self.currency)
        except BadMoney as error:
            raise forms.ValidationError(_("This is not an amount of money.")) from error


def _value_field(declared: Parameter, current: Any, currency: str) -> forms.Field:
    label = _("New value")
    if declared.kind == "boolean":
        answers = [("true", _("Yes")), ("false", _("No"))]
        initial = "true" if current else "false"
        return forms.ChoiceField(
            label=label, choices=answers, widget=forms.RadioSelect, initial=initial
        )
    if declared.kind == "choice":
        return forms.ChoiceField(label=label, choices=declared.options, initial=current)
    if declared.kind == "choices":
        return forms.MultipleChoiceField(
            label=label,
            choices=declared.options,
            widget=forms.CheckboxSelectMultiple,
            initial=current,
            required=False,
        )
    shown = to_decimal(current, currency) if declared.kind == "money" else current
    return forms.CharField(
        label=label,
        max_length=40,
        initial=shown,
        help_text=_limits(declared, currency),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _limits(declared: Parameter, currency: str) -> Any:
    unit = {"percentage": "%", "money": currency}.get(declared.kind, declared.unit)
    if declared.least is None or declared.most is None or declared.kind == "money":
        return unit
    return f"{declared.least:,} – {declared.most:,} {unit}"


class DecisionForm(forms.Form):
    """The second person's word."""

    note = forms.CharField(
        label=pgettext_lazy("decision", "Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RecordForm(forms.Form):
    """Which record is to be corrected."""

    kind = forms.ChoiceField(label=pgettext_lazy("correction", "What is wrong"))
    number = forms.CharField(label=_("Customer number or account number"), max_length=60)

    def __init__(self, kinds: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class CorrectionForm(forms.Form):
    """The fields of a record as they should be, with reason and evidence."""

    def __init__(self, kind: Correction, record: Record, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in kind.fields:
            if each.key not in record.values:
                continue
            options: dict[str, Any] = {"label": each.label, "initial": record.values[each.key]}
            options["required"] = False
            if each.kind == "choice":
                made: forms.Field = forms.ChoiceField(choices=each.choices, **options)
            elif each.kind == "date":
                made = forms.CharField(max_length=10, widget=forms.DateInput(attrs=DAY), **options)
            else:
                made = forms.CharField(max_length=200, **options)
            self.fields[f"field-{each.key}"] = made
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.fields["evidence"] = forms.CharField(
            label=_("Evidence"),
            max_length=500,
            required=False,
            help_text=_("What proves it: a document seen, a photograph, who confirmed it."),
        )

    def values(self) -> dict[str, str]:
        """The corrected fields by key."""
        return {
            name.removeprefix("field-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("field-")
        }
