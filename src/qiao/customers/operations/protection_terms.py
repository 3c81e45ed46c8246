"""The days that a company gives for protections, and claims that are written many at once."""

from datetime import date
from typing import Any, Final

from qiao.core.parameters import find
from qiao.customers.rules.protection import Terms, days_from
from qiao.staff.queries import chain_of

PROOF_DAYS: Final = "customers.protection_proof_days"
GRACE_DAYS: Final = "customers.protection_grace_days"
REVIEW_DAYS: Final = "customers.protection_review_days"


def terms_of(*, organisation_id: int, day: date) -> Terms:
    """The days that hold in an organisation on a day."""
    chain = chain_of(organisation_id)
    return Terms(
        *(
            int(find(key, day=day, organisation_ids=chain).value)
            for key in (PROOF_DAYS, GRACE_DAYS, REVIEW_DAYS)
        )
    )


def copy_line(
    *, customer_id: int, organisation_id: int, kind: str, day: date, now: Any, terms: Terms
) -> tuple[Any, ...]:
    """A claim as a line of COPY, in the order of `bulk_tables.COLUMNS`."""
    days = days_from(day, until=None, terms=terms, is_proven=False)
    return (
        customer_id, organisation_id, kind, "", day, days.prove_by, days.review_date,
        days.due_date, days.stage(day), days.moves_on(day), now, "", "", "",
    )  # fmt: skip
