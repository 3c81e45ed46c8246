"""Complaints count for the tier of the customer: they are noted below when they are opened."""

from datetime import datetime

from qiao.cases.models import Case
from qiao.core.idempotency import claim
from qiao.customers.operations import NewFact, note_facts, note_facts_from

SOURCE, KIND, GROUP = "cases", "complaint", "complaint"

_OPENED = """
SELECT c.customer_id, 1, c.opened_at, c.opened_at, c.id::text
  FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id AND t."group" = %(group)s
 WHERE c.customer_id IS NOT NULL
"""


def count_complaint(case: Case, *, group: str, now: datetime) -> None:
    """Note a complaint of a known customer; other groups of case types count for nothing."""
    if group == GROUP and case.customer_id is not None:
        fact = NewFact(case.customer_id, KIND, case.opened_at, SOURCE, str(case.pk))
        note_facts(facts=[fact], now=now)


def note_complaints() -> int:
    """Note all complaints that are not noted yet, as known since they were opened; how many."""
    return note_facts_from(source=SOURCE, kind=KIND, select=_OPENED, parameters={"group": GROUP})


def note_known_complaints() -> None:
    """The same once for all, for cases of before; from then on opening notes them."""
    if claim(scope="cases.install", key="complaint_facts"):
        note_complaints()
