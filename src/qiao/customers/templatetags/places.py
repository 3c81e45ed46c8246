"""``{% load places %}``: days and readings as the pages of places write them."""

from datetime import date

from django import template
from django.template.context import Context
from django.utils.translation import get_language

from qiao.core.rules import phones
from qiao.customers.queries import masked_phone
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


@register.simple_tag(takes_context=True)
def readable_phone(context: Context, stored: str) -> str:
    """A stored number in full with the right to contact, else masked."""
    actor = context.get("actor")
    if actor is not None and actor.can("customers.contact"):
        return phones.display(stored, get_language() or "zh-hans")
    return masked_phone(*phones.split_extension(stored))
