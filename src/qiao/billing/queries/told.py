"""What an account's own customer is told of its money by telephone, as its page shows it."""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from qiao.billing.queries import seen
from qiao.billing.queries.panels import ARREARS_DAYS, OF_ACCOUNT
from qiao.billing.rules.bills.telling import ToldBill
from qiao.core.days import TODAY
from qiao.core.prepared import fetch_all

_ARREARS: Final = f"""
SELECT a.start_date, a.end_date, a.total, a.minor, a.currency
  FROM ({seen.arrears("%(account_id)s::bigint")}) a
 WHERE a.due_date < {TODAY} AND a.due_date >= {TODAY} - {ARREARS_DAYS}
"""


@dataclass(frozen=True, slots=True)
class ToldMoney:
    """What is owed now, how much of it is overdue, how much of that for more than two years, and
    what is paid ahead, in minor units; and the last twelve bills, the newest first. `as_of` is up
    to when another system told it: a local moment, None where it is billed here or not known."""

    owed: int
    late: int
    older: int
    ahead: int
    currency: str
    bills: tuple[ToldBill, ...]
    as_of: datetime | None = None


def money_told(
    *, account_id: int, organisation_ids: Collection[int], now: datetime
) -> ToldMoney | None:
    """The money of an account of these units, by the statement of its page; None of one that is
    not billed. Whoever calls this has proven whose account it is."""
    values = {"account_id": account_id, "organisation_ids": sorted(organisation_ids), "now": now}
    ((found,),) = fetch_all(OF_ACCOUNT, values)
    rows: list[dict[str, Any]] = (json.loads(found) if isinstance(found, str) else found) or []
    if not rows:
        return None
    (row,) = rows
    bills = tuple(_bill(each, row["currency"]) for each in reversed(row["bills"] or []))
    told = row["told"] and row["told"]["as_of"]
    return ToldMoney(
        row["owed"],
        row["late"],
        row["older"],
        row["ahead"],
        row["currency"],
        bills,
        timezone.localtime(datetime.fromisoformat(told)) if told else None,
    )


def arrears_of(*, account_id: int, now: datetime) -> list[ToldBill]:
    """Bills of two years of which something is overdue, with what that is."""
    rows = fetch_all(_ARREARS, {"account_id": account_id, "now": now})
    return [ToldBill(*row) for row in rows]


def _bill(row: dict[str, Any], currency: str) -> ToldBill:
    return ToldBill(
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["until"]),
        minor=row["asked"],
        open_minor=row["open"],
        currency=currency,
        unit=row["unit"],
        usage=None if row["usage"] is None else Decimal(str(row["usage"])),
    )
