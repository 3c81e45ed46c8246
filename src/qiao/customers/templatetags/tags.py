"""Tags on the customer's head."""

from django import template
from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def may_tag(context: Context) -> bool:
    """Whether the reader may give tags to customers."""
    actor = context.get("actor")
    return actor is not None and actor.can("customers.edit")
