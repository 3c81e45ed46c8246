"""``{% load protection %}``: how protections are written."""

from django import template
from django.utils.safestring import SafeString

from qiao.core.ui.marks import badge, icon
from qiao.customers.models import Protection
from qiao.customers.templatetags.customers import FLAG_ICONS, effects_of

register = template.Library()

_STATES = {
    "claimed": "info",
    "in_force": "ok",
    "due": "warn",
    "grace": "warn",
    "overdue": "bad",
    "ended": "line",
}


@register.filter
def protection_icon(key: str) -> SafeString:
    """The icon of a kind."""
    return icon(FLAG_ICONS[key], "i-16")


@register.filter
def protection_stage(key: str) -> SafeString:
    """How it stands, as a badge."""
    return badge(Protection.Stage(key).label, _STATES[key])


@register.filter
def protection_effects(kind: str) -> str:
    """What a kind protects from, in words."""
    return effects_of(kind)
