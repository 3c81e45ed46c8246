"""The lines of a rated bill, and what is posted for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qiao.billing.rules.money.postings import Billed
from qiao.billing.rules.tariffs.exact import Exact
from qiao.billing.rules.tariffs.explaining import is_idle
from qiao.billing.rules.tariffs.figures import total_of as total
from qiao.billing.rules.tariffs.model import Charge, Share
from qiao.billing.rules.tariffs.parts import RatedPart
from qiao.core.rules.money import split

DIGITS: Final = 6
"""Quantities and prices of lines are kept with so many digits behind the point."""


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A charge of one part of a bill, in minor units; see `models.BillLine`."""

    part: int
    version: str
    charge: str
    owner: str
    minor: int
    adds: bool
    quantity: Decimal | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Charged:
    """A charge of all rows that were rated together."""

    charge: Charge
    minors: list[int]
    quantities: list[Decimal] | None
    prices: list[Decimal] | None


class Lines:
    """The lines of rated bills, read off column by column: bills that were rated together share
    the work."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[RatedPart, list[_Charged]]] = {}

    def of(self, parts: Sequence[RatedPart]) -> tuple[BilledLine, ...]:
        """The lines of a bill's parts, in the order of the parts and of the tariff. Those of
        nothing are left out as `explaining.explain` does."""
        return tuple(
            BilledLine(
                place,
                rated.part.version,
                each.charge.key,
                each.charge.owner,
                each.minors[rated.row],
                each.charge.adds,
                each.quantities[rated.row] if each.quantities else None,
                each.prices[rated.row] if each.prices else None,
            )
            for place, rated in enumerate(parts)
            for each in self._charged(rated)
            if each.minors[rated.row] or not is_idle(each.charge)
        )

    def billed(self, parts: Sequence[RatedPart]) -> list[Billed]:
        """What is posted for a bill: by charge, without the tax that is contained in it.

        A tax that is contained in several charges together is shared out by what they come to.
        """
        found: dict[str, Billed] = {}
        for rated in parts:
            charged = self._charged(rated)
            amounts = {each.charge.key: each.minors[rated.row] for each in charged}
            taxes = contained_taxes(amounts, (each.charge for each in charged))
            for charge in (each.charge for each in charged if each.charge.adds):
                before = found.get(charge.key, Billed(charge.key, charge.owner, 0))
                found[charge.key] = Billed(
                    charge.key,
                    charge.owner,
                    before.minor + amounts[charge.key] - taxes[charge.key],
                    before.tax + taxes[charge.key],
                )
        return [each for each in found.values() if each.minor or each.tax]

    def _charged(self, rated: RatedPart) -> list[_Charged]:
        key = id(rated.rated)
        if key not in self._known:  # kept with its part, so that no other takes its place
            self._known[key] = (rated, _charged(rated))
        return self._known[key][1]


def contained_taxes(amounts: Mapping[str, int], charges: Iterable[Charge]) -> dict[str, int]:
    """How much of each charge of a part is tax that is contained in it, by its key: a tax in
    several charges together is shared out by what they come to. All in minor units."""
    taxes = dict.fromkeys(amounts, 0)
    for charge in charges:
        tax = amounts.get(charge.key, 0)
        if tax and not charge.adds and isinstance(charge.how, Share):
            of = charge.how.of
            shares = split(tax, [abs(amounts.get(key, 0)) for key in of])
            for key, share in zip(of, shares, strict=True):
                taxes[key] = taxes.get(key, 0) + share
    return taxes


def lines_of(parts: Sequence[RatedPart]) -> tuple[BilledLine, ...]:
    """The lines of one bill; see `Lines.of`."""
    return Lines().of(parts)


def total_of(parts: Sequence[RatedPart]) -> int:
    """What the parts of a bill come to, in minor units."""
    return sum(int(rated.rated.totals[rated.row]) for rated in parts)


def _charged(rated: RatedPart) -> list[_Charged]:
    found = []
    for charge in rated.tariff.charges:
        minors = rated.rated.amounts[charge.key].tolist()
        quantities = prices = None
        if charge.key in rated.rated.walks:
            quantities = _decimals(total(rated.rated.walks[charge.key].portions))
        elif charge.key in rated.rated.units:
            quantities, prices = map(_decimals, rated.rated.units[charge.key])
        found.append(_Charged(charge, minors, quantities, prices))
    return found


def _decimals(numbers: Exact) -> list[Decimal]:
    return [Decimal(each).scaleb(-DIGITS) for each in numbers.to_scale(DIGITS).tolist()]
