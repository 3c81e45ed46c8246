"""Cases that hold what staff say of the product, as who wrote them follows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.cases.queries.asked import answers_given

ANSWERED: Final = "answered"


@dataclass(frozen=True, slots=True)
class RemarkCase:
    """How such a case stands: its step, when it ended, and what the writer was answered."""

    case_id: int
    number: str
    title: str
    text: str
    step_names: Mapping[str, str]
    opened_at: datetime
    closed_at: datetime | None
    answer: str


def remark_type() -> str:
    """The key of the case type that takes what staff say; empty where no pack has one."""
    types = definitions.case_types().values()
    return next((each.key for each in types if each.takes_remarks), "")


def remark_duty() -> str:
    """The duty of the team that takes in what staff say."""
    types = definitions.case_types().values()
    return next((each.duty for each in types if each.takes_remarks), "")


def remark_cases(case_ids: Iterable[int]) -> dict[int, RemarkCase]:
    """Cases of remarks by id; the caller knows whose they are. Two statements."""
    cases = list(Case.objects.filter(pk__in=list(case_ids)).select_related("process"))
    given = answers_given(case.pk for case in cases)
    said = {case_id: texts[max(texts)] for case_id, texts in given.items() if texts}
    return {case.pk: _remark(case, said.get(case.pk, "")) for case in cases}


def _remark(case: Case, said: str) -> RemarkCase:
    process = definitions.process_of(case.process)
    answer = said or _typed(process, case.facts)
    return RemarkCase(
        case.pk,
        case.number,
        case.title,
        case.description,
        process.step(case.step).name.data(),
        case.opened_at,
        case.closed_at,
        answer,
    )


def _typed(process: Any, facts: Mapping[str, Any]) -> str:
    """What was typed for the action by which the process answers."""
    needed = (
        key
        for step in process.steps
        for action in step.actions
        if ANSWERED in action.marks
        for key in action.needs
    )
    return next((str(facts[key]) for key in needed if facts.get(key)), "")
