"""``{% load intake %}``: states of logs as badges, faults and differences of rows in words."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from qiao.cases.models import CaseIntake
from qiao.cases.showing import intake_report, intake_words
from qiao.core.ui.marks import badge

register = template.Library()
_STATES = {
    "failed": "bad", "checked": "ok", "reading": "info", "checking": "info", "running": "info",
    "done": "ok", "cancelled": "warn", "rolling_back": "info",
}  # fmt: skip


@register.simple_tag
def intake_badge(job: CaseIntake) -> SafeString:
    """The state of a log."""
    return badge(job.get_state_display(), _STATES.get(job.state, ""))


@register.filter
def log_fault(fault: dict[str, Any]) -> str:
    """A fault of a row: which field, and what is wrong with it."""
    return intake_words.fault_sentence(fault["field"], fault["code"])


@register.filter
def log_expected(fault: dict[str, Any]) -> str:
    """What would have been right."""
    return intake_words.expected_word(fault["code"])


@register.filter
def log_field(key: str) -> str:
    """What a field of a log is called."""
    return intake_words.field_word(key)


@register.filter
def log_kept(reason: str) -> str:
    """Why a case stays when its log is taken back."""
    return str(intake_words.KEPT.get(reason, reason))


@register.simple_tag
def log_value(job: CaseIntake, field: str, text: str) -> str:
    """A value of a difference; moments in the log's own time zone."""
    return intake_words.value_word(field, text, job.settings["zone"])


@register.filter
def duration(seconds: float | None) -> str:
    """A time in words."""
    return intake_report.duration(seconds)
