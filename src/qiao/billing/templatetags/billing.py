"""``{% load billing %}``: an account's money as panels show it."""

from collections.abc import Mapping
from typing import Any

from django import template

from qiao.billing.queries.panels import AccountMoney, account_money, owed_in_words

register = template.Library()


@register.filter
def in_words(row: Mapping[str, Any]) -> AccountMoney:
    """A row of the panel's statement in words."""
    return account_money(row)


@register.filter
def owed_words(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """What is owed in all: amount, note and tone."""
    return owed_in_words(data)
