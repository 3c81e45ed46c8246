"""Until when an archived case may be reopened."""

from datetime import datetime, timedelta
from typing import Final

from qiao.cases.models import Case
from qiao.core import parameters
from qiao.staff.queries import chain_of

REOPEN_DAYS: Final = "cases.reopen_days"


def reopen_until(case: Case) -> datetime | None:
    """The last moment at which an archived case may be reopened by whoever works on it, by the
    rule of the day on which it was closed; None for an open case."""
    if case.closed_at is None or case.closed_date is None:
        return None
    rule = parameters.find(
        REOPEN_DAYS, day=case.closed_date, organisation_ids=chain_of(case.organisation_id)
    )
    return case.closed_at + timedelta(days=int(rule.value))
