"""``{% load protection %}``: how protections are written."""

from django import template
from django.utils.safestring import SafeString

from qiao.core.ui.marks import badge, icon
from qiao.customers.models import ProtectedFlag, Protection, ProtectionEffect, ProtectionStep
from qiao.customers.rules.protection import EFFECTS
from qiao.customers.templatetags.customers import FLAG_ICONS

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
def protection_kind(key: str) -> str:
    """The word for a kind."""
    return str(ProtectedFlag(key).label)


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
    return " · ".join(str(ProtectionEffect(each).label) for each in EFFECTS[kind])


@register.filter
def protection_act(key: str) -> str:
    """What became of a protection, in words."""
    return str(ProtectionStep.Act(key).label)
