"""Money: whole minor units and a currency, never a binary fraction.

Exponents follow ISO 4217. Rounding is half up, away from zero for negative amounts, as bills are
rounded in the trade. The parts of a split sum to the whole; what is left goes to the largest line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

EXPONENTS = {
    "AUD": 2,
    "BHD": 3,
    "CAD": 2,
    "CHF": 2,
    "CNY": 2,
    "EUR": 2,
    "GBP": 2,
    "HKD": 2,
    "IDR": 2,
    "INR": 2,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "MOP": 2,
    "MYR": 2,
    "NZD": 2,
    "PHP": 2,
    "SGD": 2,
    "THB": 2,
    "TWD": 2,
    "USD": 2,
    "VND": 0,
}
"""Digits after the point by ISO 4217 code."""

LARGEST_MINOR = 2**63 - 1
"""Amounts live in `bigint` columns."""

_CONTEXT = Context(prec=80, rounding=ROUND_HALF_UP)


class BadMoney(ValueError):  # noqa: N818 - a refusal, not a fault
    """An amount or currency that money cannot be made of; the message says why."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (fen for CNY, yen for JPY) of one currency.

    Adds, subtracts and compares only with its own currency; multiplies only with whole numbers
    (`times` takes a Decimal and rounds). Floats and booleans are refused everywhere.

    Raises:
        BadMoney: the amount is not an int or leaves bigint; the currency is unknown.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        _require_int(self.minor)
        exponent_of(self.currency)
        if abs(self.minor) > LARGEST_MINOR:
            raise BadMoney("amount: outside of 64 bits")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __mul__(self, factor: int) -> "Money":
        _require_int(factor)
        return Money(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{format_amount(self)} {self.currency}"

    @property
    def amount(self) -> Decimal:
        """The amount in major units (yuan), exact."""
        return to_decimal(self.minor, self.currency)

    def times(self, factor: Decimal) -> "Money":
        """Multiply by an exact factor (a price, a rate, a share) and round half up.

        Raises:
            BadMoney: the factor is not a finite Decimal or int.
        """
        exact = _CONTEXT.multiply(Decimal(self.minor), _finite(factor))
        return Money(_round(exact), self.currency)

    def split(self, weights: Sequence[int | Decimal]) -> "tuple[Money, ...]":
        """Share this amount out by weights; see `split`."""
        return tuple(Money(part, self.currency) for part in split(self.minor, weights))

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise BadMoney("money calculates only with money of the same currency")
        if other.currency != self.currency:
            raise BadMoney(f"currency: {self.currency} and {other.currency} do not mix")
        return other.minor


def exponent_of(currency: str) -> int:
    """Return the digits after the point of an ISO 4217 currency.

    Raises:
        BadMoney: the currency is unknown.
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise BadMoney(f"currency: {currency!r} is unknown") from None


def to_minor(amount: Decimal | int | str, currency: str) -> int:
    """Turn major units (yuan) into minor units (fen), rounding half up, away from zero.

    Text is read with optional thousands commas: "1,284.00".

    Raises:
        BadMoney: a float, not a number, not finite, or an unknown currency.
    """
    exact = _finite(amount)
    return _round(exact.scaleb(exponent_of(currency), _CONTEXT))


def to_decimal(minor: int, currency: str) -> Decimal:
    """Turn minor units into an exact Decimal of major units with the digits of the currency.

    Raises:
        BadMoney: not an int, or an unknown currency.
    """
    _require_int(minor)
    return Decimal(minor).scaleb(-exponent_of(currency), _CONTEXT)


def money_of(amount: Decimal | int | str, currency: str) -> Money:
    """Build money from major units (yuan); see `to_minor`."""
    return Money(to_minor(amount, currency), currency)


def format_amount(money: Money) -> str:
    """Write the amount plainly with thousands commas and the currency's digits: `1,284.00`."""
    return f"{money.amount:,f}"


def split(amount: int, weights: Sequence[int | Decimal]) -> tuple[int, ...]:
    """Share minor units out in proportion to weights; the parts sum to the amount exactly.

    Each part is its exact share cut towards zero, so that no part changes sign; what is left, less
    than one unit a line, goes to the line with the largest weight (the first of equals).

    Raises:
        BadMoney: no weights, a negative one, all zero, or one that is not an int or Decimal.
    """
    _require_int(amount)
    exact = [_finite(weight) for weight in weights]
    if any(weight < 0 for weight in exact) or not any(exact):
        raise BadMoney("weights: none may be negative and one must be above zero")
    if len(exact) == 1:
        return (amount,)
    scale = 10 ** max(0, *(-int(weight.as_tuple().exponent) for weight in exact))
    whole = [int(_CONTEXT.multiply(weight, Decimal(scale))) for weight in exact]
    sign = -1 if amount < 0 else 1
    parts = [sign * (abs(amount) * weight // sum(whole)) for weight in whole]
    parts[whole.index(max(whole))] += amount - sum(parts)
    return tuple(parts)


def _require_int(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadMoney("amount: a whole number of minor units is needed")


def _finite(value: Decimal | int | str) -> Decimal:
    if isinstance(value, bool | float) or not isinstance(value, Decimal | int | str):
        raise BadMoney("amount: only Decimal, int or text can be money")
    try:
        number = Decimal(value.replace(",", "") if isinstance(value, str) else value)
    except InvalidOperation:
        raise BadMoney("amount: not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise BadMoney("amount: not a number of usable size")
    return number


def _round(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), context=_CONTEXT))
