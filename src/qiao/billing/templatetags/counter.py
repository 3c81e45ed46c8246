"""``{% load counter %}``: money, owners and ledgers in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template

from qiao.billing.ledger_words import KINDS, ledger_name, owner_name
from qiao.billing.models import Payment
from qiao.billing.showing import money
from qiao.billing.showing_bills import days_words
from qiao.core.wording import from_names

register = template.Library()
register.filter("money", money)
register.filter("ledger", ledger_name)
register.filter("days", days_words)


@register.filter
def owner(key: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """An owner of money; `names` are those that tariffs know."""
    return owner_name(key, names)


@register.filter
def owed_as(kind: str) -> str:
    """What something is owed as: charges, a late fee, costs."""
    return str(KINDS[kind])


@register.filter
def means_name(means: str) -> str:
    """By what a payment was made."""
    return str(Payment.Means(means).label)


@register.filter
def unit_name(unit: Any) -> str:
    """A unit of the company as it is called in the reader's language."""
    return from_names(unit.names, unit.name)
