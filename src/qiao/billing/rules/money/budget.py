"""Budget billing (均衡缴费): equal instalments in place of what each bill comes to.

An instalment is what a year of bills comes to, shared evenly over them and rounded up to a whole
unit of the currency; the bill that ends the year asks what is left over, or gives it back. The
bill itself is charged as always: what is asked of it differs, and the difference stands in a
ledger of its own until then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from qiao.billing.rules.money.postings import OWN, PRINCIPAL, Entry, Ledger
from qiao.core.rules.money import split
from qiao.core.rules.months import months_after
from qiao.core.rules.periods import Period

MONTHS: Final = 12
EARLY_DAYS: Final = 10
"""A bill may end so many days before the year does: readers do not come on the same day."""


@dataclass(frozen=True, slots=True)
class Charged:
    """What a bill came to, in minor units, for days whose end is exclusive."""

    start: date
    end: date
    minor: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A bill of the year to come: its days, what a year ago lets it come to, what is asked of it,
    and what then stands: above nothing it is still to be paid, below it is paid ahead."""

    period: Period
    expected: int
    asked: int
    balance: int


def bills_in_year(months: int) -> int:
    """How many bills of so many months end a year: the last of them may end after it."""
    return -(-MONTHS // months)


def ends_year(end: date, until: date) -> bool:
    """Whether a bill up to `end` is the last of a year up to `until`."""
    return end + timedelta(days=EARLY_DAYS) >= until


def instalment(year_minor: int, *, months: int, unit: int) -> int:
    """What is asked of each bill of `months` where a year comes to `year_minor`; `unit` is the
    currency's own in minor units, up to which it is rounded. Nothing where the year is nothing or
    less."""
    if year_minor <= 0:
        return 0
    exact = Fraction(year_minor * months, MONTHS * unit)
    return -(-exact.numerator // exact.denominator) * unit


def foresee(
    *, start: date, months: int, asked: int, bills: Sequence[Charged], year_minor: int
) -> list[Foreseen]:
    """The bills of the year from `start` on: each is expected to come to what the same days of a
    year ago did, as `bills` tell it, in all `year_minor`; evenly by days where they tell nothing.
    The last settles what is left over."""
    count = bills_in_year(months)
    cuts = [months_after(start, months * place) for place in range(count + 1)]
    shares = _shares(list(pairwise(cuts)), bills)
    expected = _rounded(Fraction(year_minor * count * months, MONTHS), shares)
    found: list[Foreseen] = []
    balance = 0
    for place, minor in enumerate(expected):
        last = place + 1 == count
        now = balance + minor if last else asked
        balance += minor - now
        found.append(Foreseen(Period(cuts[place], cuts[place + 1]), minor, now, balance))
    return found


def _shares(days: Sequence[tuple[date, date]], bills: Sequence[Charged]) -> list[Fraction]:
    """Which part of the year each bill is likely to be."""
    weights = [
        sum(
            (
                Fraction(each.minor * _common(each, start, end), (each.end - each.start).days)
                for each in bills
            ),
            Fraction(0),
        )
        for start, end in ((months_after(a, -MONTHS), months_after(b, -MONTHS)) for a, b in days)
    ]
    total = sum(weights, Fraction(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        weights = [Fraction((b - a).days) for a, b in days]
        total = sum(weights, Fraction(0))
    return [weight / total for weight in weights]


def _common(bill: Charged, start: date, end: date) -> int:
    return max((min(bill.end, end) - max(bill.start, start)).days, 0)


def _rounded(total: Fraction, shares: Sequence[Fraction]) -> list[int]:
    """Whole amounts that sum to the total, rounded, whatever is left over from each going on to
    the next."""
    found, gone, at = [], 0, Fraction(0)
    for share in shares:
        at += share * total
        minor = round(at) - gone
        found.append(minor)
        gone += minor
    return found


def asked_by_owner(owed: Mapping[str, int], asked: int) -> dict[str, int]:
    """An instalment shared over the owners of a bill as the bill is; all of it the company's where
    the bill gives no measure."""
    if sum(owed.values()) > 0 and all(minor >= 0 for minor in owed.values()):
        return dict(zip(owed, split(asked, list(owed.values())), strict=True))
    return dict.fromkeys(owed, 0) | {OWN: asked}


def equalised_entries(
    *, account: int, bill: int, owed: Mapping[str, int], asked: int
) -> tuple[Entry, ...]:
    """What makes a bill ask an instalment in place of what is `owed` for it, by owner."""
    wanted = asked_by_owner(owed, asked)
    return _moved(account, bill, {key: wanted[key] - owed.get(key, 0) for key in wanted})


def settled_entries(*, account: int, bill: int, balance: Mapping[str, int]) -> tuple[Entry, ...]:
    """What lets a bill ask, or give back, all that stands of equal instalments, by owner."""
    return _moved(account, bill, balance)


def _moved(account: int, bill: int, by_owner: Mapping[str, int]) -> tuple[Entry, ...]:
    return tuple(
        entry
        for owner, minor in by_owner.items()
        if minor
        for entry in (
            Entry(Ledger.RECEIVABLE, minor, account, bill, owner, PRINCIPAL),
            Entry(Ledger.BUDGET, -minor, account, 0, owner),
        )
    )
