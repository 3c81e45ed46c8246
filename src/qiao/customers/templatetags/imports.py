"""``{% load imports %}``: states of imports as badges, faults of rows in words."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from qiao.core.ui.marks import badge
from qiao.customers.models import CustomerImport, ImportFile
from qiao.customers.showing import import_words

register = template.Library()
_IMPORTS = {"running": "info", "done": "ok", "cancelled": "warn", "rolling_back": "info"}
_FILES = {"failed": "bad", "checked": "ok", "reading": "info", "checking": "info"}


@register.simple_tag
def import_badge(job: CustomerImport) -> SafeString:
    """The state of an import."""
    return badge(job.get_state_display(), _IMPORTS.get(job.state, ""))


@register.simple_tag
def file_badge(file: ImportFile) -> SafeString:
    """The state of a file on its way in."""
    return badge(file.get_state_display(), _FILES.get(file.state, ""))


@register.filter
def fault_sentence(fault: dict[str, Any]) -> str:
    """A fault of a row: which field, and what is wrong with it."""
    return import_words.fault_sentence(fault["field"], fault["code"])


@register.filter
def expected_word(fault: dict[str, Any]) -> str:
    """What would have been right."""
    return import_words.expected_word(fault["field"], fault["code"])


@register.filter
def kept_word(reason: str) -> str:
    """Why a row stays when its import is taken back."""
    return import_words.kept_word(reason)


@register.filter
def added_word(kind: str) -> str:
    """What an import added to somebody who was known."""
    return import_words.added_word(kind)


@register.filter
def field_word(key: str) -> str:
    """What a field of a file is called."""
    return import_words.field_word(key)


@register.filter
def value_word(value: str, field: str) -> str:
    """What a field holds, in words."""
    return import_words.value_word(field, value)
