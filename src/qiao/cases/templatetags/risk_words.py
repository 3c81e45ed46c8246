"""``{% load risk_words %}``: the signs of risk of a case, which come as plain data, in words."""

from collections.abc import Mapping
from typing import Any

from django import template

from qiao.cases.showing import complaint_history, risk
from qiao.core.wording import from_names

register = template.Library()


@register.filter
def named(names: Mapping[str, str], otherwise: str = "") -> str:
    """A name in the reader's language; `otherwise` where it has none."""
    return from_names(names, otherwise)


@register.filter
def because(sign: Mapping[str, Any]) -> str:
    """What was counted, in words; nothing for a rule about words."""
    return risk.because(sign)


@register.filter
def disputed(row: Mapping[str, Any]) -> str:
    """How much of a bill is in dispute."""
    return complaint_history.money(row)
