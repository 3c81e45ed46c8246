"""``{% load feeds %}``: faults of delivered rows in words."""

from collections.abc import Mapping
from typing import Any

from django import template

from qiao.billing.showing_feeds import fault_word, field_word, told_by, wanted_word

register = template.Library()
register.filter("fed_field", field_word)
register.filter("fed_fault", fault_word)
register.filter("told_by", told_by)


@register.filter
def fed_wanted(fault: Mapping[str, Any]) -> str:
    """What was expected, or what to do."""
    return wanted_word(fault["code"], fault["expected"])
