"""Disputes: what collection leaves alone, and the panels that show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from qiao.cases.models import Dispute


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """A bill that was disputed at a moment. `amount` in minor units; None: all of the bill."""

    dispute_id: int
    account_id: int
    case_id: int
    bill: str
    amount: int | None
    since: datetime
    until: datetime | None


def disputes_of(*, account_ids: Iterable[int], at: datetime) -> Sequence[DisputeLine]:
    """What was disputed of these accounts at a moment, for jobs: no rights are asked."""
    rows = Dispute.objects.filter(account_id__in=list(account_ids), opened_at__lte=at)
    rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at)).order_by("account_id", "id")
    return [_line(row) for row in rows]


def dispute_history(*, account_ids: Iterable[int]) -> Sequence[DisputeLine]:
    """Every dispute of these accounts, past and present, in their order, for jobs: no rights are
    asked."""
    rows = Dispute.objects.filter(account_id__in=list(account_ids)).order_by("account_id", "id")
    return [_line(row) for row in rows]


def _line(row: Dispute) -> DisputeLine:
    return DisputeLine(
        row.pk, row.account_id, row.case_id, row.bill, row.amount, row.opened_at, row.ended_at
    )


_ROW: Final = """
jsonb_build_object('id', d.id, 'case', c.id, 'number', c.number, 'bill', d.bill,
    'amount', d.amount, 'account', a.number, 'since', d.opened_at, 'until', d.ended_at,
    'stays', d.stays_because, 'outcome', d.outcome)
"""
OF_CUSTOMER: Final = f"""
SELECT jsonb_agg({_ROW} ORDER BY d.opened_at)
  FROM cases_dispute d JOIN cases_case c ON c.id = d.case_id
  JOIN customers_account a ON a.id = d.account_id
 WHERE d.ended_at IS NULL AND c.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (c.organisation_id + 0) = ANY(%(organisation_ids)s)
"""  # noqa: S608 - this module's own pieces
OF_CASE: Final = f"""
SELECT jsonb_agg({_ROW} ORDER BY d.ended_at NULLS FIRST, d.id)
  FROM cases_dispute d JOIN cases_case c ON c.id = d.case_id
  JOIN customers_account a ON a.id = d.account_id
 WHERE d.case_id = %(case_id)s AND cardinality(%(organisation_ids)s) > 0
"""  # noqa: S608 - as above
