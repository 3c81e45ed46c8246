"""Entries of the history about sub-tasks in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.showing.times import clock_words

ICONS: Final[dict[str, tuple[str, str]]] = {
    "subtask_added": ("list-check", "info"),
    "subtask_changed": ("list-check", "mute"),
    "subtask_done": ("circle-check", "ok"),
    "subtask_dropped": ("circle-x", "mute"),
    "subtask_reopened": ("rotate", "warn"),
}


def subtask_words(kind: str, data: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Title, detail and somebody's own words; None for a kind that is told elsewhere."""
    titles = {
        "subtask_added": _("Sub-task given"),
        "subtask_changed": _("Sub-task changed"),
        "subtask_done": _("Sub-task done"),
        "subtask_dropped": _("Sub-task dropped"),
        "subtask_reopened": _("Sub-task taken up again"),
    }
    if kind not in titles:
        return None
    parts = [str(data.get("title", "")), str(data.get("owner", ""))]
    if data.get("due") and kind in {"subtask_added", "subtask_changed"}:
        due = timezone.localtime(datetime.fromisoformat(data["due"]))
        parts.append(pgettext("sub-task", "until %(moment)s") % {"moment": clock_words(due, due)})
    return titles[kind], " · ".join(filter(None, parts)), str(data.get("words", ""))
