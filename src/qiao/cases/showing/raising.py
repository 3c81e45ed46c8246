"""Why a case is more urgent than others of its type, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from qiao.cases.showing import names
from qiao.core.wording import from_names


def answer_words(data: Mapping[str, Any]) -> str:
    """What an entry keeps of an answer that raised the priority; empty where none did."""
    raised = data.get("raised")
    if not isinstance(raised, Mapping):
        return ""
    usual = str(raised.get("usual", ""))
    return _("Raised by an answer: %(why)s (usually: %(usual)s)") % {
        "why": from_names(raised.get("why"), ""),
        "usual": names.PRIORITIES.get(usual, usual),
    }
