"""What ledgers, events, means and kinds of money are called: the one place for their names."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing.rules.money.postings import OWN, Event, Ledger
from qiao.core.wording import from_names

LEDGERS: Final[Mapping[Ledger, Promise]] = {
    Ledger.RECEIVABLE: pgettext_lazy("ledger", "Receivables from customers"),
    Ledger.PREPAID: pgettext_lazy("ledger", "Paid ahead by customers"),
    Ledger.DEPOSIT: pgettext_lazy("ledger", "Deposits of customers"),
    Ledger.SUSPENSE: pgettext_lazy("ledger", "Money not matched yet"),
    Ledger.CASH: pgettext_lazy("ledger", "Cash in drawers"),
    Ledger.BANK: pgettext_lazy("ledger", "Bank"),
    Ledger.CLEARING: pgettext_lazy("ledger", "Cards and online payments under way"),
    Ledger.REVENUE: pgettext_lazy("ledger", "Revenue"),
    Ledger.OWED_TO_OWNER: pgettext_lazy("ledger", "Collected for others"),
    Ledger.TAX: pgettext_lazy("ledger", "Tax owed"),
    Ledger.LATE_FEE: pgettext_lazy("ledger", "Late fees"),
    Ledger.WRITTEN_OFF: pgettext_lazy("ledger", "Written off"),
    Ledger.OVER_SHORT: pgettext_lazy("ledger", "Differences of drawers"),
    Ledger.BUDGET: pgettext_lazy("ledger", "Equal instalments, to be settled"),
    Ledger.OPENING: pgettext_lazy("ledger", "Opening balances"),
}
EVENTS: Final[Mapping[Event, Promise]] = {
    Event.BILL_ISSUED: gettext_lazy("A bill, or a credit note, is issued"),
    Event.PAYMENT_RECEIVED: gettext_lazy("A payment comes in"),
    Event.CREDIT_MOVED: gettext_lazy("What is owed to a customer becomes paid ahead"),
    Event.PREPAID_APPLIED: gettext_lazy("What was paid ahead pays what is owed"),
    Event.PREPAID_REFUNDED: gettext_lazy("What was paid ahead is paid out"),
    Event.PREPAID_TRANSFERRED: gettext_lazy("What was paid ahead goes to another account"),
    Event.LATE_FEE_CHARGED: gettext_lazy("A late fee is charged"),
    Event.LATE_FEE_WAIVED: gettext_lazy("A late fee is waived"),
    Event.DEPOSIT_TAKEN: gettext_lazy("A deposit is taken"),
    Event.DEPOSIT_APPLIED: gettext_lazy("A deposit pays what is owed"),
    Event.DEPOSIT_RETURNED: gettext_lazy("A deposit is given back"),
    Event.SUSPENSE_RECEIVED: gettext_lazy("Money comes in and nobody knows for whom"),
    Event.SUSPENSE_MATCHED: gettext_lazy("It is known for whom money came in"),
    Event.SUSPENSE_RETURNED: gettext_lazy("Money that nobody is known for goes back"),
    Event.WRITTEN_OFF: gettext_lazy("A debt is written off"),
    Event.RECOVERED: gettext_lazy("A debt that was written off is owed again"),
    Event.SHIFT_DIFFERENCE: gettext_lazy("A drawer held more or less than it should"),
    Event.BUDGET_EQUALISED: gettext_lazy("An equal instalment is asked of a bill"),
    Event.BUDGET_SETTLED: gettext_lazy("What equal instalments left over is settled"),
    Event.BALANCE_TAKEN_OVER: gettext_lazy(
        "What was owed, paid ahead or deposited in a former billing system is taken over"
    ),
}
KINDS: Final[Mapping[str, Promise]] = {
    "principal": pgettext_lazy("owed", "Charges"),
    "interest": pgettext_lazy("owed", "Late fee"),
    "costs": pgettext_lazy("owed", "Costs"),
}


ELSEWHERE: Final = "elsewhere"
"""Whose money it is that other systems bill: they do not tell."""


def ledger_name(key: str) -> str:
    """A ledger in the reader's language."""
    return str(LEDGERS[Ledger(key)])


def owner_name(key: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """An owner of money in the reader's language; `names` are those that tariffs know."""
    if key == ELSEWHERE:
        return _("Billed by other systems")
    return _("The company") if key == OWN else from_names(names.get(key), key)
