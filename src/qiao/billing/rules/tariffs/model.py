"""What a tariff is: charges, each on something, each somebody's money.

A tariff says nothing of dates and customers: its versions are dated, and what it needs of a
customer is an input, either a label (meter size, season, water type) or a number (use, days,
people in the household). Amounts are in major units of the currency (yuan), prices per unit of
the quantity.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from qiao.billing.rules.tariffs.formulas import Formula, names_of

OTHERWISE: Final = "*"
"""In a row of a table: whatever value the label has, if no row names it."""
USAGE: Final = "usage"
"""The quantity that every bill has, in the unit of the tariff."""
DAYS: Final = "days"
MONTHS: Final = "months"
"""How long the billed period is: days, and months as the tariff's company counts them."""
SHARE: Final = "share"
"""What share of a bill a row is, where a bill falls into parts; without, the whole."""

Per = Literal["bill", "month", "day"]
TierPeriod = Literal["bill", "month", "year"]
StartIs = Literal["first_unit", "threshold"]
Way = Literal["half_up", "down", "up"]


@dataclass(frozen=True, slots=True)
class Rounding:
    """To how many digits, and which way; by size, so that a credit mirrors its charge."""

    digits: int
    way: Way = "half_up"


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by labels: `by` names the inputs, each row their values and one or more figures.

    A table by nothing has the one row ``()``. All rows of tiers need not have as many figures. Of
    the rows that fit a bill the one with the fewest `OTHERWISE` holds; of two such, the upper one.
    """

    by: tuple[str, ...]
    rows: Mapping[tuple[str, ...], tuple[Formula, ...]]

    def row_of(self, labels: Sequence[str]) -> tuple[str, ...] | None:
        """The labels of the row that holds for these values of `by`; None if there is none."""
        key = tuple(labels)
        if key in self.rows:
            return key
        fitting = [row for row in self.rows if _fits(row, key)]
        return min(fitting, key=lambda row: row.count(OTHERWISE), default=None)

    def names(self) -> frozenset[str]:
        """The names that its figures need values for."""
        figures = (figure for row in self.rows.values() for figure in row)
        return frozenset().union(*(names_of(figure) for figure in figures))


def _fits(row: Sequence[str], labels: Sequence[str]) -> bool:
    return all(own in (OTHERWISE, label) for own, label in zip(row, labels, strict=True))


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something reckoned before charges are: a budget, an allowance, volume of sewage."""

    key: str
    value: Table
    rounding: Rounding | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """An amount for the bill (for a part of it, its share), or for each of its months or days."""

    amount: Table
    per: Per = "bill"


@dataclass(frozen=True, slots=True)
class PerUnit:
    """One price for each unit of a quantity."""

    quantity: str
    price: Table


@dataclass(frozen=True, slots=True)
class Tiered:
    """Prices that change where a quantity passes the start of a tier.

    Tiers fill over a bill, a month or a year. `start_is`: a start is the first unit of its tier
    (15: the fifteenth unit is in it, fourteen are below), or the threshold that must be passed
    (15: fifteen are below). Starts are rounded where `rounding` says so, after the share of the
    allowance.
    """

    quantity: str
    starts: Table
    prices: Table
    period: TierPeriod = "bill"
    start_is: StartIs = "threshold"
    rounding: Rounding | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An amount by a formula, for what no other kind says."""

    amount: Table


@dataclass(frozen=True, slots=True)
class Share:
    """A share of other charges (0.06 is six per cent): a tax, a surcharge, a discount.

    `included`: it is contained in them already, as a tax in prices with tax: shown, not added, and
    so much less is left to their owner.
    """

    of: tuple[str, ...]
    rate: Table
    included: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """What lacks to a least amount of other charges together."""

    of: tuple[str, ...]
    amount: Table
    per: Per = "bill"


How = Fixed | PerUnit | Tiered | Reckoned | Share | AtLeast


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a bill: what it is called, whose money it is, how it is reckoned.

    `when`: labels that must hold, each one of some values; without, it is always charged. What it
    is reckoned from need not be known where it is not charged. Lines are rounded half up to the
    smallest coin.
    """

    key: str
    how: How
    names: Mapping[str, str] = field(default_factory=dict)
    owner: str = "company"
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def adds(self) -> bool:
        """Whether it belongs to the total: what is contained in other charges is only shown."""
        return not (isinstance(self.how, Share) and self.how.included)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Charges in the order of the bill, in one currency, on quantities in one unit."""

    currency: str
    unit: str
    charges: tuple[Charge, ...]
    quantities: tuple[Quantity, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Labels where nothing is known of a customer, such as a stage of drought: none."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Numbers where nothing is known, such as days of a period; decimal text."""


def tables_of(how: How) -> tuple[Table, ...]:
    """The tables of a way to charge."""
    match how:
        case Fixed(amount) | Reckoned(amount) | AtLeast(_, amount):
            return (amount,)
        case PerUnit(_, price):
            return (price,)
        case Tiered(_, starts, prices):
            return (starts, prices)
        case Share(_, rate):
            return (rate,)


def labels_needed(tariff: Tariff) -> dict[str, frozenset[str]]:
    """The labels that a tariff asks for, each with the values that it knows. A label that only
    `when` names may have others too."""
    found: dict[str, set[str]] = {}
    for table in _tables(tariff):
        for place, name in enumerate(table.by):
            known = found.setdefault(name, set())
            known.update(row[place] for row in table.rows if row[place] != OTHERWISE)
    for charge in tariff.charges:
        for name, values in charge.when.items():
            found.setdefault(name, set()).update(values)
    return {name: frozenset(values) for name, values in found.items()}


def numbers_needed(tariff: Tariff) -> frozenset[str]:
    """The numbers that a tariff asks for."""
    own = {quantity.key for quantity in tariff.quantities}
    names = frozenset().union(*(table.names() for table in _tables(tariff)))
    wanted = {how.quantity for how in _hows(tariff) if isinstance(how, PerUnit | Tiered)}
    periods = {
        {"month": MONTHS, "day": DAYS, "bill": ""}[how.per]
        for how in _hows(tariff)
        if isinstance(how, Fixed | AtLeast)
    }
    months = {MONTHS for how in _hows(tariff) if isinstance(how, Tiered) and how.period == "month"}
    return frozenset((names | wanted | periods | months) - own - {""})


def _hows(tariff: Tariff) -> Iterator[How]:
    return (charge.how for charge in tariff.charges)


def _tables(tariff: Tariff) -> Iterator[Table]:
    yield from (quantity.value for quantity in tariff.quantities)
    for how in _hows(tariff):
        yield from tables_of(how)
