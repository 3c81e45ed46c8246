"""``{% load case_words %}``: words for cases that come as plain data (panels of other pages)."""

from typing import Any

from django import template

from qiao.cases.showing import names
from qiao.cases.showing.clocks import DueMark, row_mark
from qiao.cases.showing.writing_history import nearest
from qiao.core.ui.moments import moment
from qiao.core.wording import from_names

register = template.Library()


@register.filter
def type_words(row: dict[str, Any]) -> str:
    """The name of the case's type."""
    return names.type_name(row["names"])


@register.filter
def step_words(row: dict[str, Any]) -> str:
    """The name of the step that the case waits in."""
    return names.step_name(row["process"], row["step"])


@register.filter
def phase_tone(row: dict[str, Any]) -> str:
    """The tone of the case's phase."""
    return names.PHASE_TONES[row["phase"]]


@register.filter
def severity(row: dict[str, Any]) -> int:
    """The severity of the case's priority, 1 (urgent) to 4."""
    return names.SEVERITY[row["priority"]]


@register.filter
def due_mark(row: dict[str, Any]) -> DueMark | None:
    """The deadline for the `sla` tag."""
    return row_mark(
        due_at=moment(row["due"]), started_at=moment(row["opened"]), level=row["level"]
    )


@register.filter
def in_words(names_by_language: dict[str, str]) -> str:
    """A name kept by language."""
    return from_names(names_by_language)


@register.filter
def by_language(names_by_language: dict[str, str]) -> str:
    """A name kept by language, in the reader's or the nearest."""
    return nearest(names_by_language)
