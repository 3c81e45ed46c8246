"""What of a case's history customers are told unasked, as occasions of notices."""

from collections.abc import Mapping
from typing import Any, Final

from qiao.cases.rules.process import Process

RECEIVED: Final = "case_received"
LATE: Final = "case_late"
OCCASIONS: Final = (
    "case_received", "case_accepted", "case_contact", "case_visit", "case_step", "case_waiting",
    "case_late", "case_answer", "case_closed", "case_reopened",
)  # fmt: skip
ANSWER: Final = "case_answer"
BY_KIND: Final[Mapping[str, str]] = {
    "opened": RECEIVED,
    "first_response": "case_contact",
    "answered": ANSWER,
    "paused": "case_waiting",
    "closed": "case_closed",
    "reopened": "case_reopened",
}


def occasion_of(kind: str, data: Mapping[str, Any], process: Process) -> str:
    """The occasion that an entry of the history is; empty for none.

    A step that is entered is told of where its process says so (`Step.tells`).
    """
    if kind == "step_entered":
        step = process.index.get(str(data.get("step", "")))
        return step.tells if step else ""
    return BY_KIND.get(kind, "")
