"""``{% load desk %}``: what only the workspace's templates need."""

from django import template

register = template.Library()


@register.simple_tag
def key_of(source: str, ref: int) -> str:
    """The key of a row in the address: ``contact:12``."""
    return f"{source}:{ref}"
