"""What was asked of a second person about a bill, an account or a file of balances, and waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiao.core.models import Approval
from qiao.staff.queries import names_of

REVERSE: Final = "bill.reverse"
WAIVE: Final = "late_fee.waive"
LOWER: Final = "budget.lower"
TERMS: Final = "billing.terms"
"""These two are about an account."""
BALANCES: Final = "billing.balances"
"""This one is about a file of balances."""
PAY_OUT: Final = "billing.pay_out"
"""This one is about an account."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits: its kind, of how much in minor units (None: all), who asked why."""

    kind: str
    minor: int | None
    who: str
    at: datetime
    reason: str


def asked_of(bill_id: int) -> list[Asked]:
    """The requests about a bill that wait for a second person."""
    return _waiting([REVERSE, WAIVE], bill_id)


def lowering_asked(account_id: int) -> Asked | None:
    """The request to ask a lower instalment of an account, where one waits."""
    return next(iter(_waiting([LOWER], account_id)), None)


def terms_asked(account_id: int) -> Asked | None:
    """The request that other terms hold for an account, where one waits."""
    return next(iter(_waiting([TERMS], account_id)), None)


def pay_out_asked(account_id: int) -> Asked | None:
    """The request that money be given out for an account, where one waits."""
    return next(iter(_waiting([PAY_OUT], account_id)), None)


def balances_asked(file_id: int) -> Asked | None:
    """The request that the balances of a file be taken over, where one waits."""
    return next(iter(_waiting([BALANCES], file_id)), None)


def _waiting(kinds: Sequence[str], subject_id: int) -> list[Asked]:
    rows = list(
        Approval.objects.filter(
            kind__in=kinds, subject_id=subject_id, state=Approval.State.PENDING
        ).order_by("pk")
    )
    names = names_of({row.requested_by_id for row in rows})
    return [
        Asked(
            row.kind, row.payload.get("minor"), names.get(row.requested_by_id, ""),
            row.requested_at, row.reason,
        )
        for row in rows
    ]  # fmt: skip
