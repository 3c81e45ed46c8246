"""The facts that the conditions of a case's process look at."""

from datetime import timedelta
from typing import Any, Final

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.cases.rules.facts import system_facts
from qiao.cases.rules.process import Process
from qiao.core.once import once
from qiao.core.packs import CaseType
from qiao.core.prepared import fetch_all
from qiao.core.rules.conditions import tests_in

_EARLIER: Final = """
SELECT count(*) FROM cases_case
 WHERE customer_id = %(customer)s AND case_type_id = %(type)s AND id <> %(case)s
   AND opened_at BETWEEN %(since)s AND %(until)s
"""
REPEAT_DAYS = 90  # how far back an earlier case of the same kind makes this one a repetition
_asks_for_repeats: dict[tuple[str, int], bool] = {}


def facts_of(case: Case, definition: CaseType | None = None) -> dict[str, Any]:
    """What the house knows of the case, and over it the case's own values.

    Earlier cases of the same kind are counted only for a process that asks for them.
    """
    definition = definition or definitions.type_of(case)
    repeats = _repeats(case) if _asks(definitions.process_of(case.process)) else 0
    return {**system_facts(case, definition, repeat_count=repeats), **case.facts}


def _asks(process: Process) -> bool:
    key = (process.key, process.version)
    if key not in _asks_for_repeats:
        conditions = (action.when for step in process.steps for action in step.actions)
        fields = {test.field for condition in conditions for test in tests_in(condition)}
        _asks_for_repeats[key] = "repeat_count" in fields
    return _asks_for_repeats[key]


def _repeats(case: Case) -> int:
    if case.customer_id is None:
        return 0
    since = case.opened_at - timedelta(days=REPEAT_DAYS)
    values = {
        "case": case.pk or 0,
        "customer": case.customer_id,
        "type": case.case_type_id,
        "since": since,
        "until": case.opened_at,
    }
    ((earlier,),) = once(("cases.repeats", *values.values()), lambda: fetch_all(_EARLIER, values))
    return int(earlier)
