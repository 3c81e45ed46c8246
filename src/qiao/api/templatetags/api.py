"""``{% load api %}``: words and figures of the module's pages."""

from typing import Any

from django import template
from django.utils.translation import get_language

from qiao.api.models import ApiKey
from qiao.api.views.v1 import SERVICES
from qiao.core.rules.texts import language_key

register = template.Library()
SECOND_MS = 1_000


@register.filter
def unit_name(unit: Any) -> str:
    """A unit's name in the reader's language."""
    key = language_key(get_language() or "en")
    return str(unit.names.get(key) or unit.name)


@register.filter
def key_state(state: str) -> Any:
    """A state of a key in words."""
    return ApiKey.State(state).label


@register.filter
def service_title(name: str) -> Any:
    """What an operation is called; its own name for one that is gone."""
    return SERVICES[name].title if name in SERVICES else name


@register.filter
def milliseconds(value: float | None) -> str:
    """A time such as ``38 ms`` or ``1.2 s``."""
    if value is None:
        return "—"
    if value >= SECOND_MS:
        return f"{value / SECOND_MS:.1f} s"
    return f"{value:.0f} ms"
