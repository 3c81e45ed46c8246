"""Which debts a payment settles: what the payer says, else the oldest first.

Inside a debt first costs, then interest (late fees), then principal, and there each owner by its
share or in an order; all of it is a company's to set. What is left is paid ahead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from qiao.core.rules.money import split

Kind = Literal["costs", "interest", "principal"]
KINDS: Final[tuple[Kind, ...]] = ("costs", "interest", "principal")


class BadAllocation(ValueError):  # noqa: N818 - a refusal, not a fault
    """A payment of nothing, or debts that cannot be paid; the message says which."""


@dataclass(frozen=True, slots=True)
class Debt:
    """What is open of one bill, one kind and one owner, in minor units.

    `held` ones are disputed or in a bank's hands, and paid only by the payer's word.
    """

    bill: int
    due: date
    kind: Kind
    owner: str
    minor: int
    held: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A company's order inside a bill: kinds, then owners. Owners that `owners` does not name come
    after; without any, owners of a kind share by what is open."""

    kinds: tuple[Kind, ...] = KINDS
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allocated:
    """How much of a debt is paid, in minor units."""

    debt: Debt
    minor: int


def allocate(
    minor: int, debts: Sequence[Debt], *, order: Order, named: Sequence[int] = ()
) -> tuple[tuple[Allocated, ...], int]:
    """Share a payment out over debts; also how much is left to be paid ahead.

    `named`: bills in the order that the payer says, before all others. Raises `BadAllocation`.
    """
    if minor <= 0:
        raise BadAllocation("a payment is more than nothing")
    for debt in debts:
        if debt.minor < 0:
            raise BadAllocation(f"bill {debt.bill}: a debt is not below nothing")
    left = minor
    paid: list[Allocated] = []
    for group in _groups(debts, order, named):
        owed = sum(debt.minor for debt in group)
        if not owed or not left:
            continue
        now = min(left, owed)
        parts = [debt.minor for debt in group] if now == owed else _shared(now, group)
        paid += [Allocated(debt, part) for debt, part in zip(group, parts, strict=True) if part]
        left -= now
    return tuple(paid), left


def paid_in_full(debts: Iterable[Debt], paid: Iterable[Allocated]) -> set[int]:
    """The bills of these debts of which nothing is open after what was paid of them."""
    left: dict[int, int] = {}
    for debt in debts:
        left[debt.bill] = left.get(debt.bill, 0) + debt.minor
    touched = set()
    for each in paid:
        left[each.debt.bill] -= each.minor
        touched.add(each.debt.bill)
    return {bill for bill in touched if not left[bill]}


def _groups(debts: Sequence[Debt], order: Order, named: Sequence[int]) -> list[list[Debt]]:
    """Debts that are paid alike, in the order in which they are paid."""
    rank = {bill: place for place, bill in reversed(list(enumerate(named)))}
    open_ = [debt for debt in debts if debt.minor and (debt.bill in rank or not debt.held)]

    def place(debt: Debt) -> tuple[int, date, int, int, int]:
        owner = order.owners.index(debt.owner) if debt.owner in order.owners else len(order.owners)
        kind = order.kinds.index(debt.kind) if debt.kind in order.kinds else len(order.kinds)
        return rank.get(debt.bill, len(rank)), debt.due, debt.bill, kind, owner

    groups: dict[tuple[int, date, int, int, int], list[Debt]] = {}
    for debt in sorted(open_, key=lambda each: (place(each), each.owner)):
        groups.setdefault(place(debt), []).append(debt)
    return [groups[each] for each in sorted(groups)]


def _shared(minor: int, group: Sequence[Debt]) -> list[int]:
    """By what is open of each; no debt gets more than it is."""
    parts = list(split(minor, [debt.minor for debt in group]))
    over = 0
    for place, debt in enumerate(group):
        if parts[place] > debt.minor:
            over, parts[place] = over + parts[place] - debt.minor, debt.minor
    for place, debt in enumerate(group):
        more = min(over, debt.minor - parts[place])
        parts[place], over = parts[place] + more, over - more
    return parts
