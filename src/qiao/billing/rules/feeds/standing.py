"""What stands on an account by the bills, payments and balance that another system told.

A payment pays the bills that it names, those due first before the others. What it has left goes
with other unnamed money to whatever is due first, but where it names a bill that was never told:
then that bill took it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from qiao.billing.rules.money.allocation import Debt, Order, allocate

UNTOLD: Final = "untold"
BEHIND: Final = "behind"
AGREES: Final = "agrees"
DIFFERS: Final = "differs"


@dataclass(frozen=True, slots=True)
class ToldBill:
    """A bill that holds, below nothing for a credit note."""

    pk: int
    number: str
    issued: date
    due: date
    minor: int


@dataclass(frozen=True, slots=True)
class ToldPayment:
    """A payment that was not taken back, and the numbers of the bills that it names."""

    number: str
    received_at: datetime
    minor: int
    bills: Sequence[str]


@dataclass(frozen=True, slots=True)
class ToldBalance:
    """What the other system says is owed at a moment, below nothing for what is paid ahead."""

    minor: int
    as_of: datetime
    as_of_date: date


@dataclass(frozen=True, slots=True)
class Stands:
    """What is open by bill, what money is left over, and what is shown of it in all."""

    open: dict[int, int]
    free: int
    state: str
    owed: int
    ahead: int


def stands_of(
    bills: Sequence[ToldBill], payments: Sequence[ToldPayment], balance: ToldBalance | None
) -> Stands:
    """What stands on an account. The balance is believed where nothing is newer than it; where it
    differs from what bills and payments come to, that is told beside it."""
    open_, free = _open(bills, payments)
    net = sum(open_.values()) - free
    state = UNTOLD
    if balance is not None:
        if _is_behind(balance, bills, payments):
            state = BEHIND
        else:
            state = AGREES if balance.minor == net else DIFFERS
            net = balance.minor if state == DIFFERS else net
    if state == DIFFERS:
        owed, ahead = max(net, 0), max(-net, 0)
    else:
        owed, ahead = sum(open_.values()), free
    return Stands(open_, free, state, owed, ahead)


def _open(
    bills: Sequence[ToldBill], payments: Sequence[ToldPayment]
) -> tuple[dict[int, int], int]:
    ordered = sorted(bills, key=lambda bill: (bill.due, bill.number))
    by_number = {bill.number: bill for bill in ordered}
    open_ = {bill.pk: max(bill.minor, 0) for bill in ordered}
    free = sum(-bill.minor for bill in ordered if bill.minor < 0)
    for payment in sorted(payments, key=lambda each: (each.received_at, each.number)):
        named = [by_number[each] for each in payment.bills if each in by_number]
        left = _pay(payment.minor, named, open_)
        if len(named) == len(payment.bills):
            free += left
    return open_, _pay(free, ordered, open_)


def _pay(minor: int, bills: Sequence[ToldBill], open_: dict[int, int]) -> int:
    """Pay bills, those due first; what is left."""
    if len(bills) == 1 and open_[bills[0].pk] == minor:  # as nearly all payments are
        open_[bills[0].pk] = 0
        return 0
    owed = [
        Debt(bill.pk, bill.due, "principal", "", open_[bill.pk])
        for bill in bills
        if open_[bill.pk]
    ]
    if not owed or minor <= 0:
        return minor
    order = {bill.pk: place for place, bill in enumerate(bills)}
    owed.sort(key=lambda debt: (debt.due, order[debt.bill]))
    paid, left = allocate(minor, owed, order=Order(), named=[debt.bill for debt in owed])
    for each in paid:
        open_[each.debt.bill] -= each.minor
    return left


def _is_behind(
    balance: ToldBalance, bills: Sequence[ToldBill], payments: Sequence[ToldPayment]
) -> bool:
    return any(each.received_at > balance.as_of for each in payments) or any(
        bill.issued > balance.as_of_date for bill in bills
    )
