"""Names of segments in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from qiao.core.rules.texts import language_key
from qiao.customers.models import Segment

register = template.Library()


@register.filter
def segment_name(segment: Segment | Mapping[str, Any]) -> str:
    """The company's own name of a segment, else the preset's in the reader's language."""
    if isinstance(segment, Segment):
        name, names = segment.name, segment.names
    else:
        name, names = segment["name"], segment["names"]
    return str(name or names.get(language_key(get_language() or "en"), ""))
