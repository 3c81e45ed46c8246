"""``{% load risk_words %}``: the signs of risk of a case, which come as plain data, in words."""

from collections.abc import Mapping
from typing import Any

from django import template

from qiao.cases.showing import risk
from qiao.core.wording import from_names

register = template.Library()


@register.filter
def named(names: Mapping[str, str]) -> str:
    """A name in the reader's language."""
    return from_names(names)


@register.filter
def because(sign: Mapping[str, Any]) -> str:
    """What was counted, in words; nothing for a rule about words."""
    return risk.because(sign)
