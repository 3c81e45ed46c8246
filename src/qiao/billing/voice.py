"""What callers of a voice menu may hear of their bills: what is owed, the last twelve, arrears.

Each answer asks anew whose account the caller may hear of, whatever the menu checked before: no
menu can be built that tells anybody's money to whoever knows the number of an account.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiao.billing.parameters import BY_TELEPHONE
from qiao.billing.queries.told import ToldMoney, arrears_of, money_told
from qiao.billing.rules.bills.telling import (
    ARREARS,
    BILL,
    ToldBill,
    arrears_told,
    bill_told,
)
from qiao.core import parameters
from qiao.core.manifest import Answer, Question, SpokenValue, VoiceAnswer
from qiao.core.rules.money import Money
from qiao.core.rules.spelt import Spelt
from qiao.customers.operations import CallerAccount, account_of_caller, account_of_number
from qiao.staff.queries import chain_of, subtree_of

PERMISSION: Final = "bills.view"
ENDING: Final = 4  # digits of an account number that are said to whom did not key it in


def tell_whose(*, question: Question, now: datetime) -> Answer:
    """Whether bills are told at all, and whether the number that calls proves whose: ``known``
    with the end of the account's number, else ``ask``."""
    if not _is_used(question, now):
        return Answer("off", {})
    found = account_of_number(question=question, now=now)
    if found is None:
        return Answer("ask", {})
    return Answer("known", {"ending": Spelt(found.number[-ENDING:])})


def tell_owed(*, question: Question, now: datetime) -> Answer:
    """What is owed now: ``owes`` with what of it is overdue, else ``clear``; and what is paid
    ahead."""
    return _told(question, now, _owed)


def tell_bills(*, question: Question, now: datetime) -> Answer:
    """The last twelve bills, the newest first."""
    return _told(question, now, _bills)


def tell_arrears(*, question: Question, now: datetime) -> Answer:
    """What is overdue of the last two years, month by month, with the sum of it, and of what is
    older."""
    return _told(question, now, _arrears)


Teller = Callable[[ToldMoney, CallerAccount, datetime], Answer]


def _told(question: Question, now: datetime, teller: Teller) -> Answer:
    if not _is_used(question, now):
        return Answer("off", {})
    account = account_of_caller(question=question, now=now)
    if account is None:
        return Answer("refused", {})
    money = money_told(
        account_id=account.account_id,
        customer_ids=account.customer_ids,
        organisation_ids=subtree_of(question.organisation_id),
        now=now,
    )
    return Answer("not_billed", {}) if money is None else teller(money, account, now)


def _is_used(question: Question, now: datetime) -> bool:
    chain = chain_of(question.organisation_id)
    day = timezone.localdate(now)
    return bool(parameters.find(BY_TELEPHONE, day=day, organisation_ids=chain).value)


def _owed(money: ToldMoney, account: CallerAccount, now: datetime) -> Answer:
    del account, now
    values = _above_nothing(
        money, owed=money.owed, late=money.late, ahead=money.ahead, by_payer=money.asked_of_payer
    )
    told = {**values, **_instalments(money), **_as_of(money)}
    return Answer("owes" if money.owed else "clear", told)


def _bills(money: ToldMoney, account: CallerAccount, now: datetime) -> Answer:
    del account, now
    entries = [bill_told(each) for each in money.bills]
    values = {"count": Decimal(len(entries)), **_as_of(money)}
    return Answer("ok" if entries else "none", values, entries)


def _arrears(money: ToldMoney, account: CallerAccount, now: datetime) -> Answer:
    bills = arrears_of(account_id=account.account_id, customer_ids=account.customer_ids, now=now)
    entries = arrears_told(bills)
    total = sum(each.open_minor for each in bills)
    values = {**_above_nothing(money, sum=total, older=money.older), **_as_of(money)}
    if entries:
        return Answer("ok", {**values, "count": Decimal(len(entries))}, entries)
    return Answer("older" if money.older else "none", values)


def _as_of(money: ToldMoney) -> dict[str, SpokenValue]:
    """As of when it is, where another system bills the account."""
    at = money.as_of
    return (
        {}
        if at is None
        else {"as_of_day": at.date(), "as_of_clock": at.time().replace(second=0, microsecond=0)}
    )


def _instalments(money: ToldMoney) -> dict[str, SpokenValue]:
    """What each bill asks by equal instalments, and what is left over of them so far."""
    said = money.instalments
    if said is None:
        return {}
    values: dict[str, SpokenValue] = {
        **_above_nothing(
            money, instalment=said.asked, to_settle=said.balance, asked_ahead=-said.balance
        )
    }
    if said.balance and not said.ends:
        values["settled_day"] = said.until
    return values


def _above_nothing(money: ToldMoney, **amounts: int) -> dict[str, SpokenValue]:
    return {name: Money(minor, money.currency) for name, minor in amounts.items() if minor > 0}


_ARGUMENTS: Final = ("account", "proof", "caller", "menu")
_AS_OF: Final = {"as_of_day": "date", "as_of_clock": "time"}
_OWED: Final = {
    "owed": "money", "late": "money", "ahead": "money", "by_payer": "money",
    "instalment": "money", "to_settle": "money", "asked_ahead": "money", "settled_day": "date",
    **_AS_OF,
}  # fmt: skip
_OTHER: Final = ("not_billed", "refused", "off")
_OTHER_LABELS: Final = {
    "not_billed": _("Not billed here"),
    "refused": _("Not proven whose account it is"),
    "off": _("Bills are not told by telephone"),
}
_ABOUT: Final = _(
    "The caller is asked for the account number first (kept as “account”), then for four digits "
    "that prove it is theirs (kept as “proof”, secret). Without them nothing is told, but where "
    "the company lets the number that calls prove it."
)


def _example(month: int, minor: int, open_minor: int, usage: str) -> ToldBill:
    until = date(2026, month + 1, 1)
    return ToldBill(date(2026, month, 1), until, minor, open_minor, "CNY", "m3", Decimal(usage))


_EXAMPLES: Final = (
    _example(10, 5230, 5230, "15"), _example(9, 4785, 0, "13.5"), _example(8, 6120, 2000, "18"),
    _example(7, 4205, 0, "12"),
)  # fmt: skip
VOICE: Final = (
    VoiceAnswer(
        "whose_bills",
        "lookup",
        _("Whether bills may be told, and to whom"),
        ("caller", "menu"),
        ("known", "ask", "off"),
        {"ending": "digits"},
        tell_whose,
        {
            "known": _("The number that calls proves whose account it is"),
            "ask": _("The account number is to be keyed in and proven"),
            "off": _OTHER_LABELS["off"],
        },
        about=_("{ending} is the end of the account number of whoever calls."),
    ),
    VoiceAnswer(
        "owed",
        "lookup",
        _("What is owed now"),
        _ARGUMENTS,
        ("owes", "clear", *_OTHER),
        _OWED,
        tell_owed,
        {"owes": _("Something is owed"), "clear": _("Nothing is owed"), **_OTHER_LABELS},
        about=_ABOUT,
        permission=PERMISSION,
    ),
    VoiceAnswer(
        "bills",
        "list",
        _("The last twelve bills"),
        _ARGUMENTS,
        ("none", *_OTHER),
        {"count": "number", **_AS_OF},
        tell_bills,
        {"none": _("No bills yet"), **_OTHER_LABELS},
        entry_values=BILL,
        about=_ABOUT,
        example=tuple(bill_told(each) for each in _EXAMPLES),
        permission=PERMISSION,
    ),
    VoiceAnswer(
        "arrears",
        "list",
        _("Arrears of two years, month by month"),
        _ARGUMENTS,
        ("older", "none", *_OTHER),
        {"count": "number", "sum": "money", "older": "money", **_AS_OF},
        tell_arrears,
        {
            "older": _("Only arrears older than two years"),
            "none": _("No arrears"),
            **_OTHER_LABELS,
        },
        entry_values=ARREARS,
        about=_ABOUT,
        example=tuple(arrears_told(each for each in _EXAMPLES if each.open_minor)),
        permission=PERMISSION,
    ),
)
