"""An example that is walked through: what somebody would have used, and what is known of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing import showing
from qiao.billing.queries import TariffNow
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    USAGE,
    Tariff,
    Tiered,
    labels_needed,
    numbers_needed,
)

BEFORE: Final = "used_before"
MOST: Final = Decimal(10**9)
USED: Final = Decimal(23)
"""What the first example used, in the tariff's unit."""


class ExampleForm(forms.Form):
    """The inputs that one tariff asks for, as fields; read from the address of the page."""

    def __init__(self, data: Mapping[str, Any] | None, *, now: TariffNow, tariff: Tariff) -> None:
        given = {**self._first(now, tariff), **(data or {})}
        super().__init__(given)
        self.fields[USAGE] = _number(showing.input_name(now.row, USAGE), digits=6)
        if _fills_over_a_year(tariff):
            self.fields[BEFORE] = _number(gettext_lazy("Used earlier in the year"), digits=6)
        if _asks_for(tariff, MONTHS):
            self.fields[MONTHS] = _number(showing.input_name(now.row, MONTHS), most=Decimal(24))
        if _asks_for(tariff, DAYS):
            self.fields[DAYS] = _number(showing.input_name(now.row, DAYS), most=Decimal(800))
        self.labels = sorted(labels_needed(tariff).items())
        for name, values in self.labels:
            self.fields[name] = forms.ChoiceField(
                label=showing.input_name(now.row, name),
                choices=[(each, showing.value_name(now.row, name, each))
                         for each in _in_order(now, name, values)],
                widget=forms.Select({"class": "form-select"}),
            )  # fmt: skip
        self.numbers = sorted(numbers_needed(tariff) - {USAGE, MONTHS, DAYS})
        for name in self.numbers:
            self.fields[name] = _number(showing.input_name(now.row, name), digits=6)

    @staticmethod
    def _first(now: TariffNow, tariff: Tariff) -> dict[str, Any]:
        """What stands in the form before anything is entered."""
        labels = {
            name: _in_order(now, name, values)[0] for name, values in labels_needed(tariff).items()
        }
        numbers = {name: showing.plain(Decimal(value)) for name, value in tariff.numbers.items()}
        plain = {USAGE: USED, BEFORE: 0, MONTHS: 1, DAYS: 30}
        return {**plain, **labels, **tariff.defaults, **numbers}

    def known(self) -> tuple[dict[str, str], dict[str, Decimal], dict[str, Decimal]]:
        """Labels, numbers, and what was used before; of a valid form."""
        given = self.cleaned_data
        labels = {name: given[name] for name, _values in self.labels}
        names = [USAGE, *self.numbers, *(each for each in (MONTHS, DAYS) if each in self.fields)]
        return (
            labels,
            {name: given[name] for name in names},
            {USAGE: given.get(BEFORE, Decimal(0))},
        )


def _number(label: Any, *, digits: int = 3, most: Decimal = MOST) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(0),
        max_value=most,
        decimal_places=digits,
        widget=forms.NumberInput({"class": "form-control", "step": "any", "inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"),
            pgettext_lazy("tariff", "Enter a number, 0 or more."),
        ),
    )


def _fills_over_a_year(tariff: Tariff) -> bool:
    return any(
        isinstance(charge.how, Tiered) and charge.how.period == "year" for charge in tariff.charges
    )


def _asks_for(tariff: Tariff, name: str) -> bool:
    return name in numbers_needed(tariff)


def _in_order(now: TariffNow, name: str, values: frozenset[str]) -> list[str]:
    """Values in the pack's order, then others."""
    known = [each for each in now.row.inputs.get(name, {}).get("values", {}) if each in values]
    return [*known, *sorted(values - set(known))]
