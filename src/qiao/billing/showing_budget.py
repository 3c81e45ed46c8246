"""Words of equal instalments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from qiao.billing import showing


@dataclass(frozen=True, slots=True)
class BudgetSaid:
    """Equal instalments that run: what is asked of each bill, until which day, what stands of them
    so far, and whether the next bill settles that."""

    asked: str
    until: date
    balance: str
    ends: bool


def budget_said(row: Mapping[str, Any], currency: str) -> BudgetSaid:
    """What a row of `queries.panels` says of equal instalments."""
    return BudgetSaid(
        showing.money(row["asked"], currency),
        date.fromisoformat(row["until"]),
        balance_words(row["balance"], currency),
        row["ends"],
    )


def balance_words(minor: int, currency: str) -> str:
    """What stands of equal instalments, in words."""
    amount = showing.money(abs(minor), currency)
    if minor > 0:
        return _("%(amount)s still to be settled") % {"amount": amount}
    if minor < 0:
        return _("%(amount)s asked ahead") % {"amount": amount}
    return _("nothing to be settled")
