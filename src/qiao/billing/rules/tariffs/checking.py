"""Whether a tariff that was read hangs together."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from qiao.billing.rules.tariffs.formulas import Formula, Number, names_of, write_formula
from qiao.billing.rules.tariffs.model import (
    OTHERWISE,
    AtLeast,
    Charge,
    Quantity,
    Share,
    Table,
    Tariff,
    Tiered,
)

_ANY: Final = "\0"
"""A label that no row names."""


class BadTariff(ValueError):  # noqa: N818 - a finding about data
    """A tariff that cannot be read. `where` is the place (``charges[2].starts``), `what` says what
    stands there and what was expected."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


def check(tariff: Tariff) -> None:
    """Check that names lead to what stands before, and tiers to prices. Raises `BadTariff`."""
    _check_quantities(tariff.quantities)
    _check_charges(tariff.charges)


def _check_quantities(quantities: Sequence[Quantity]) -> None:
    reckoned: set[str] = set()
    for place, quantity in enumerate(quantities):
        where = f"quantities[{place}]"
        later = {each.key for each in quantities[place:]}
        if quantity.key in reckoned:
            raise BadTariff(f"{where}.key", f"{quantity.key} stands there twice")
        for name in sorted(quantity.value.names() & later):
            raise BadTariff(f"{where}.value", f"{name} is reckoned only later")
        reckoned.add(quantity.key)


def _check_charges(charges: Sequence[Charge]) -> None:
    owners: dict[str, str] = {}
    for place, charge in enumerate(charges):
        where = f"charges[{place}]"
        if charge.key in owners:
            raise BadTariff(f"{where}.key", f"{charge.key} stands there twice")
        if isinstance(charge.how, Share | AtLeast):
            _check_of(charge.how, owners, f"{where}.of")
        if isinstance(charge.how, Tiered):
            for key, row in charge.how.starts.rows.items():
                _check_starts(row, charge.how, f"{where}.starts{_named(key)}")
            _check_prices(charge.how, where)
        owners[charge.key] = charge.owner


def _check_of(how: Share | AtLeast, owners: Mapping[str, str], where: str) -> None:
    """What is contained in charges is taken from their owner, so there may be but one."""
    for name in how.of:
        if name not in owners:
            raise BadTariff(where, f"{name} is no charge that stands before")
    whose = sorted({owners[name] for name in how.of})
    if isinstance(how, Share) and how.included and len(whose) > 1:
        raise BadTariff(where, f"what is contained has one owner, not {' and '.join(whose)}")


def _named(key: Sequence[str]) -> str:
    return f" ({' and '.join(key)})" if key else ""


def _check_starts(row: Sequence[Formula], how: Tiered, where: str) -> None:
    """No start lies below another; two alike leave a tier empty."""
    first = row[0]
    if not isinstance(first, Number) or first.value not in (0, 1):
        raise BadTariff(where, f"the first tier starts at 0, not {write_formula(first)}")
    if first.value == 1 and how.start_is == "threshold":
        raise BadTariff(where, "thresholds begin with 0, or the first unit would be free")
    for one, two in pairwise(row):
        if isinstance(one, Number) and isinstance(two, Number) and one.value > two.value:
            raise BadTariff(where, f"{two.value} lies below {one.value}")
    if how.quantity in frozenset().union(*(names_of(each) for each in row)):
        raise BadTariff(where, f"a start cannot depend on {how.quantity} itself")


def _check_prices(how: Tiered, where: str) -> None:
    """Starts and prices must agree wherever labels lead to both."""
    starts, prices = how.starts.rows, how.prices.rows
    if len({len(row) for row in (*starts.values(), *prices.values())}) == 1:
        return
    for key, row in starts.items():
        for other, priced in prices.items():
            if len(row) != len(priced) and meet(how.starts, key, how.prices, other):
                said = f"{len(priced)} prices for {len(row)} tiers"
                raise BadTariff(f"{where}.prices{_named(other or key)}", said)


def meet(one: Table, key: tuple[str, ...], two: Table, other: tuple[str, ...]) -> bool:
    """Whether the rows of two tables can hold for the same bill: then they do for the bill that
    has just the labels they name, and elsewhere such as no row names."""
    mine, its = dict(zip(one.by, key, strict=True)), dict(zip(two.by, other, strict=True))
    bill = {name: _label(mine.get(name), its.get(name)) for name in (*one.by, *two.by)}
    return (
        one.row_of([bill[name] for name in one.by]) == key
        and two.row_of([bill[name] for name in two.by]) == other
    )


def _label(one: str | None, two: str | None) -> str:
    named = [each for each in (one, two) if each is not None and each != OTHERWISE]
    return named[0] if named else _ANY
