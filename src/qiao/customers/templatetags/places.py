"""``{% load places %}``: days and readings as the pages of places write them."""

from datetime import date

from django import template

from qiao.customers.rules.history import Scale

register = template.Library()


@register.filter
def unlocalized(value: float) -> str:
    """A number for an attribute: a point, no grouping."""
    return str(value)


@register.filter
def placed(scale: Scale, day: date) -> str:
    """Where a day stands on a scale, in percent."""
    return str(scale.place(day))


@register.filter
def reading(value: str) -> str:
    """A reading without the zeros that its column adds: ``1284.500`` gives ``1284.5``."""
    if "." not in value:
        return value or "–"
    return value.rstrip("0").rstrip(".")
