"""``{% load runs %}``: what a run found, in words."""

from collections.abc import Sequence

from django import template

from qiao.billing.showing import UNITS, money
from qiao.billing.showing_runs import FINDINGS, code_words

register = template.Library()
register.filter("money", money)
register.filter("code_words", code_words)


@register.filter
def found(codes: Sequence[str]) -> list[tuple[object, str]]:
    """Findings in words, each with its tone."""
    return [FINDINGS[code] for code in codes if code in FINDINGS]


@register.filter
def unit_word(unit: str) -> str:
    """A unit as it is written."""
    return UNITS.get(unit, unit)
