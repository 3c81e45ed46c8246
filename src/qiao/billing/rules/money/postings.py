"""What each event of a customer's money does to the ledger: the posting rules, as one table.

Amounts are minor units of one currency, debits above zero and credits below; the entries of a
posting come to nothing together. Other owners' money (sewage, garbage fees) is owed to them from
the bill on; deposits and what was paid ahead are owed to the customer. Where equal instalments are
asked, what differs from the bills stands in a ledger of its own, on either side.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from qiao.billing.rules.money.allocation import Allocated

OWN: Final = "company"
"""The owner whose money is the company's own."""

PRINCIPAL: Final = "principal"
"""What a bill itself is owed as, beside costs and interest; see `allocation.Kind`."""
INTEREST: Final = "interest"
"""What a late fee is owed as."""


class Ledger(StrEnum):
    """The accounts of the sub-ledger; a general ledger calls them by names of its own."""

    RECEIVABLE = "receivable"
    PREPAID = "prepaid"
    DEPOSIT = "deposit"
    SUSPENSE = "suspense"
    CASH = "cash"
    BANK = "bank"
    CLEARING = "clearing"
    REVENUE = "revenue"
    OWED_TO_OWNER = "owed_to_owner"
    TAX = "tax"
    LATE_FEE = "late_fee"
    WRITTEN_OFF = "written_off"
    OVER_SHORT = "over_short"
    BUDGET = "budget"
    OPENING = "opening"


class Event(StrEnum):
    """What can happen to a customer's money."""

    BILL_ISSUED = "bill_issued"
    PAYMENT_RECEIVED = "payment_received"
    CREDIT_MOVED = "credit_moved"
    PREPAID_APPLIED = "prepaid_applied"
    PREPAID_REFUNDED = "prepaid_refunded"
    PREPAID_TRANSFERRED = "prepaid_transferred"
    LATE_FEE_CHARGED = "late_fee_charged"
    LATE_FEE_WAIVED = "late_fee_waived"
    DEPOSIT_TAKEN = "deposit_taken"
    DEPOSIT_APPLIED = "deposit_applied"
    DEPOSIT_RETURNED = "deposit_returned"
    SUSPENSE_RECEIVED = "suspense_received"
    SUSPENSE_MATCHED = "suspense_matched"
    SUSPENSE_RETURNED = "suspense_returned"
    WRITTEN_OFF = "written_off"
    RECOVERED = "recovered"
    SHIFT_DIFFERENCE = "shift_difference"
    BUDGET_EQUALISED = "budget_equalised"
    BUDGET_SETTLED = "budget_settled"
    BALANCE_TAKEN_OVER = "balance_taken_over"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which accounts an event may debit and which it may credit."""

    debits: frozenset[Ledger]
    credits: frozenset[Ledger]


_MONEY: Final = frozenset({Ledger.CASH, Ledger.BANK, Ledger.CLEARING})
_BILLED: Final = frozenset(
    {Ledger.RECEIVABLE, Ledger.REVENUE, Ledger.OWED_TO_OWNER, Ledger.TAX}
)  # a discount, and a credit note, stand on the other side
_BUDGET: Final = frozenset({Ledger.RECEIVABLE, Ledger.BUDGET})


def _rule(debits: Iterable[Ledger], on_credit: Iterable[Ledger]) -> Rule:
    return Rule(frozenset(debits), frozenset(on_credit))


RULES: Final[Mapping[Event, Rule]] = {
    Event.BILL_ISSUED: _rule(_BILLED, _BILLED),
    Event.PAYMENT_RECEIVED: _rule(_MONEY, [Ledger.RECEIVABLE, Ledger.PREPAID]),
    Event.CREDIT_MOVED: _rule([Ledger.RECEIVABLE], [Ledger.PREPAID]),
    Event.PREPAID_APPLIED: _rule([Ledger.PREPAID], [Ledger.RECEIVABLE]),
    Event.PREPAID_REFUNDED: _rule([Ledger.PREPAID], _MONEY),
    Event.PREPAID_TRANSFERRED: _rule([Ledger.PREPAID], [Ledger.PREPAID]),
    Event.LATE_FEE_CHARGED: _rule([Ledger.RECEIVABLE], [Ledger.LATE_FEE]),
    Event.LATE_FEE_WAIVED: _rule([Ledger.LATE_FEE], [Ledger.RECEIVABLE]),
    Event.DEPOSIT_TAKEN: _rule(_MONEY, [Ledger.DEPOSIT]),
    Event.DEPOSIT_APPLIED: _rule([Ledger.DEPOSIT], [Ledger.RECEIVABLE]),
    Event.DEPOSIT_RETURNED: _rule([Ledger.DEPOSIT], _MONEY),
    Event.SUSPENSE_RECEIVED: _rule(_MONEY, [Ledger.SUSPENSE]),
    Event.SUSPENSE_MATCHED: _rule([Ledger.SUSPENSE], [Ledger.RECEIVABLE, Ledger.PREPAID]),
    Event.SUSPENSE_RETURNED: _rule([Ledger.SUSPENSE], _MONEY),
    Event.WRITTEN_OFF: _rule([Ledger.WRITTEN_OFF], [Ledger.RECEIVABLE]),
    Event.RECOVERED: _rule([Ledger.RECEIVABLE], [Ledger.WRITTEN_OFF]),
    Event.SHIFT_DIFFERENCE: _rule(
        [Ledger.OVER_SHORT, Ledger.CASH], [Ledger.OVER_SHORT, Ledger.CASH]
    ),
    Event.BUDGET_EQUALISED: _rule(_BUDGET, _BUDGET),
    Event.BUDGET_SETTLED: _rule(_BUDGET, _BUDGET),
    Event.BALANCE_TAKEN_OVER: _rule(
        [Ledger.RECEIVABLE, Ledger.OPENING], [Ledger.PREPAID, Ledger.DEPOSIT, Ledger.OPENING]
    ),
}
"""Event by event; a reversal turns the entries of what it reverses and needs no rule."""


class Unbalanced(ValueError):  # noqa: N818 - a finding about the entries
    """Entries that do not come to nothing, or that the rule of their event does not know."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount on one account: a debit above zero, a credit below.

    `account` is the customer's account and `bill` the bill, 0 where the entry is of none; `kind`
    is what a customer owes (see `allocation.Kind`), `charge` the line of the bill that was earned.
    """

    ledger: Ledger
    minor: int
    account: int = 0
    bill: int = 0
    owner: str = OWN
    kind: str = ""
    charge: str = ""


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of a bill that adds to its total, without the tax in it, and that tax."""

    charge: str
    owner: str
    minor: int
    tax: int = 0


def checked(event: Event, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries, none of nothing, as the rule of the event wants them. Raises `Unbalanced`."""
    rule = RULES[event]
    kept = tuple(entry for entry in entries if entry.minor)
    total = sum(entry.minor for entry in kept)
    if not kept:
        raise Unbalanced(f"{event}: there is nothing to post")
    if total:
        raise Unbalanced(f"{event}: entries come to {total}, not to 0")
    for entry in kept:
        if entry.ledger not in (rule.debits if entry.minor > 0 else rule.credits):
            side = "debit" if entry.minor > 0 else "credit"
            raise Unbalanced(f"{event}: a {side} of {entry.ledger} is not in its rule")
    return kept


def reversed_(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that take others back."""
    return tuple(replace(entry, minor=-entry.minor) for entry in entries)


def bill_entries(*, account: int, bill: int, lines: Sequence[Billed]) -> tuple[Entry, ...]:
    """A bill: the customer owes each owner; the company has earned its lines and owes their tax,
    and other owners theirs.

    A discount is a line below zero, and lessens what was earned. A bill of a credit in all is a
    credit note: the customer is owed.
    """
    against: list[Entry] = []
    for line in lines:
        ledger = Ledger.REVENUE if line.owner == OWN else Ledger.OWED_TO_OWNER
        against.append(Entry(ledger, -line.minor, account, bill, line.owner, "", line.charge))
        against.append(Entry(Ledger.TAX, -line.tax, account, bill, line.owner, "", line.charge))
    debts = [
        Entry(Ledger.RECEIVABLE, minor, account, bill, owner, PRINCIPAL)
        for owner, minor in owed_by_owner(lines).items()
    ]
    return tuple(entry for entry in (*debts, *against) if entry.minor)


def owed_by_owner(lines: Sequence[Billed]) -> dict[str, int]:
    """What is owed for the lines of a bill to each owner."""
    owed: dict[str, int] = {}
    for line in lines:
        owed[line.owner] = owed.get(line.owner, 0) + line.minor + line.tax
    return owed


def payment_entries(
    *, money: Ledger, account: int, paid: Iterable[Allocated], ahead: int
) -> tuple[Entry, ...]:
    """A payment: money came in, debts are paid, and what is left (`ahead`) is paid ahead."""
    settled = _settled(account, paid)
    if ahead:
        settled = (*settled, Entry(Ledger.PREPAID, -ahead, account))
    return (Entry(money, -sum(entry.minor for entry in settled), account), *settled)


def applied_entries(*, account: int, paid: Iterable[Allocated]) -> tuple[Entry, ...]:
    """What was paid ahead pays debts."""
    return used_entries(Ledger.PREPAID, account=account, paid=paid)


def used_entries(held: Ledger, *, account: int, paid: Iterable[Allocated]) -> tuple[Entry, ...]:
    """What a ledger holds for a customer pays debts."""
    settled = _settled(account, paid)
    used = Entry(held, -sum(entry.minor for entry in settled), account)
    return (used, *settled)


def _settled(account: int, paid: Iterable[Allocated]) -> tuple[Entry, ...]:
    return tuple(
        Entry(Ledger.RECEIVABLE, -each.minor, account, each.debt.bill, each.debt.owner,
              each.debt.kind)
        for each in paid
    )  # fmt: skip


def moved_entries(*, account: int, owed_back: Iterable[Entry]) -> tuple[Entry, ...]:
    """What is owed to the customer (receivables below nothing) becomes paid ahead."""
    moved = tuple(replace(entry, minor=-entry.minor) for entry in owed_back)
    return (*moved, Entry(Ledger.PREPAID, -sum(entry.minor for entry in moved), account))


def arrear_entries(
    *, account: int, bill: int, owed: Mapping[str, int], late_fee: int
) -> tuple[Entry, ...]:
    """What an account owes of a bill of its former billing system, by owner, and the late fee that
    had run: against the opening balances of the general ledger."""
    debts = [
        Entry(Ledger.RECEIVABLE, minor, account, bill, owner, PRINCIPAL)
        for owner, minor in owed.items()
    ]
    if late_fee:
        debts.append(Entry(Ledger.RECEIVABLE, late_fee, account, bill, OWN, INTEREST))
    against = [Entry(Ledger.OPENING, -each.minor, account, bill, each.owner) for each in debts]
    return (*debts, *against)


def credit_entries(*, account: int, ledger: Ledger, minor: int) -> tuple[Entry, ...]:
    """What an account had paid ahead, or left as a deposit, in its former billing system."""
    return (Entry(Ledger.OPENING, minor, account), Entry(ledger, -minor, account))
