"""What voice menus may say in their texts, and the names of its kinds."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Final, Literal

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month
from qiao.core.rules.spelt import Spelt

Value = Money | date | time | Spelt | int | str | Month | Decimal
"""An amount, a day, a time of day, digits, a count, words, a month, a number with places behind
the point."""

ValueKind = Literal["money", "date", "time", "digits", "count", "text", "month", "number"]
KIND_OF: Final[Mapping[type, ValueKind]] = {
    Money: "money",
    date: "date",
    time: "time",
    Spelt: "digits",
    int: "count",
    str: "text",
    Month: "month",
    Decimal: "number",
}
