"""States and sources of problems in words."""

from typing import Any

from django.utils.translation import pgettext_lazy

PROBLEM_STATES: dict[str, Any] = {
    "new": pgettext_lazy("problem", "New"),
    "accepted": pgettext_lazy("problem", "Accepted"),
    "fixed": pgettext_lazy("problem", "Fixed"),
    "no_fault": pgettext_lazy("problem", "Not a fault"),
    "duplicate": pgettext_lazy("problem", "Known already"),
}
PROBLEM_SOURCES: dict[str, Any] = {
    "person": pgettext_lazy("problem", "People"),
    "page": pgettext_lazy("problem", "Pages"),
    "job": pgettext_lazy("problem", "Jobs"),
}
PROBLEM_TONES = {"new": "info", "accepted": "pri", "fixed": "ok"}
