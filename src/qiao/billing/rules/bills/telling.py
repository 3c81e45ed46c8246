"""What is said of bills to somebody who hears them read out: the values of each, none that does
not hold.

A name tells what its value is: a bill has ``paid`` or ``unpaid``, never both, so whoever puts the
values into sentences says of each bill what is true of it. Amounts are to the minor unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month, month_of, months_between

Told = Mapping[str, Money | Month | Decimal | date | str]
# Units of use by the name of the value that says them.
_UNITS: Final = {"m3": "m3", "kwh": "kwh", "kWh": "kwh"}
PERIOD: Final = {
    "month": "month",
    "first_month": "month",
    "last_month": "month",
    "since": "date",
    "until": "date",
}
BILL: Final = {
    **PERIOD,
    "m3": "number",
    "kwh": "number",
    "use": "number",
    "unit": "text",
    "paid": "money",
    "unpaid": "money",
    "billed": "money",
    "rest": "money",
    "credit": "money",
    "by_payer": "money",
    "charged": "money",
}
ARREARS: Final = {**PERIOD, "arrears": "money"}


@dataclass(frozen=True, slots=True)
class ToldBill:
    """A bill as far as it is told: its period with an exclusive end, what was asked of it, what is
    still owed of that (late fees included), and the use. `charged_minor` is what it comes to, None
    for what was asked; one that is asked `elsewhere` is for somebody else to pay."""

    start: date
    end: date
    minor: int
    open_minor: int
    currency: str
    unit: str = ""
    usage: Decimal | None = None
    charged_minor: int | None = None
    elsewhere: bool = False


def bill_told(bill: ToldBill) -> Told:
    """The period, the use, and how the amount stands: ``paid``; ``unpaid`` where all of it is
    owed; ``billed`` and the ``rest`` where another amount is; ``credit`` for a credit note;
    ``by_payer`` where somebody else is asked for it. ``charged`` is what it comes to where an
    equal instalment is asked instead."""
    return {**_period(bill.start, bill.end), **_use(bill), **_amount(bill), **_charged(bill)}


def arrears_told(bills: Iterable[ToldBill]) -> list[Told]:
    """What is owed, month by month, the oldest first; what falls into the same period is one."""
    owed: dict[tuple[tuple[str, Month | date], ...], tuple[int, str]] = {}
    for bill in sorted(bills, key=lambda each: (each.start, each.end)):
        period = tuple(_period(bill.start, bill.end).items())
        before, _currency = owed.get(period, (0, ""))
        owed[period] = before + bill.open_minor, bill.currency
    return [
        {**dict(period), "arrears": Money(minor, currency)}
        for period, (minor, currency) in owed.items()
    ]


def _period(start: date, end: date) -> dict[str, Month | date]:
    """A month, several whole ones, or the days from the first to the last; of a bill without days
    the month in which they ended."""
    if start == end:
        return {"month": month_of(end - timedelta(days=1))}
    months = months_between(start, end)
    if months is None:
        return {"since": start, "until": end - timedelta(days=1)}
    first, last = months
    return {"month": first} if first == last else {"first_month": first, "last_month": last}


def _use(bill: ToldBill) -> dict[str, Decimal | str]:
    if bill.usage is None:
        return {}
    name = _UNITS.get(bill.unit)
    return {name: bill.usage} if name else {"use": bill.usage, "unit": bill.unit}


def _amount(bill: ToldBill) -> dict[str, Money]:
    def money(minor: int) -> Money:
        return Money(minor, bill.currency)

    if bill.minor < 0:
        return {"credit": money(-bill.minor)}
    if bill.open_minor <= 0:
        return {"paid": money(bill.minor)}
    if bill.elsewhere:
        return {"by_payer": money(bill.minor)}
    if bill.open_minor == bill.minor:
        return {"unpaid": money(bill.minor)}
    return {"billed": money(bill.minor), "rest": money(bill.open_minor)}


def _charged(bill: ToldBill) -> dict[str, Money]:
    if bill.charged_minor is None or bill.charged_minor == bill.minor:
        return {}
    return {"charged": Money(bill.charged_minor, bill.currency)} if bill.charged_minor > 0 else {}
