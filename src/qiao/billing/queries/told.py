"""What an account's own customer is told of its money by telephone, as its page shows it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from qiao.billing.queries.panels import ARREARS_OF_READER, OF_READER
from qiao.billing.rules.bills.telling import ToldBill
from qiao.core.prepared import fetch_all


@dataclass(frozen=True, slots=True)
class ToldInstalments:
    """Equal instalments that run: what each bill asks, and what stands of them so far in minor
    units, below nothing where it was asked ahead; it is settled by the bill up to a day, or where
    they end by the next one."""

    asked: int
    balance: int
    until: date
    ends: bool


@dataclass(frozen=True, slots=True)
class ToldMoney:
    """What a customer of an account is asked for now, how much of it is overdue, how much of that
    for more than two years, and what is paid ahead, in minor units; the last twelve bills that
    concern them, the newest first; what is asked of somebody else who pays; equal instalments,
    None where none run. `as_of` is up to when another system told it: a local moment, None where
    it is billed here or not known."""

    owed: int
    late: int
    older: int
    ahead: int
    currency: str
    bills: tuple[ToldBill, ...]
    asked_of_payer: int = 0
    instalments: ToldInstalments | None = None
    as_of: datetime | None = None


def money_told(
    *,
    account_id: int,
    customer_ids: Collection[int],
    organisation_ids: Collection[int],
    now: datetime,
) -> ToldMoney | None:
    """The money of an account of these units, by the statement of its customer's page: what
    concerns a customer, by all ids under which they are held. None of one that is not billed.
    Whoever calls this has proven who they are."""
    values = _values(account_id, customer_ids, now)
    values["organisation_ids"] = sorted(organisation_ids)
    ((found,),) = fetch_all(OF_READER, values)
    rows: list[dict[str, Any]] = (json.loads(found) if isinstance(found, str) else found) or []
    if not rows:
        return None
    (row,) = rows
    told = row["told"] and row["told"]["as_of"]
    return ToldMoney(
        row["owed"],
        row["late"],
        row["older"],
        row["ahead"],
        row["currency"],
        tuple(_bill(each, row["currency"]) for each in reversed(row["bills"] or [])),
        _asked_of_payer(row, customer_ids),
        _instalments(row["budget"]),
        timezone.localtime(datetime.fromisoformat(told)) if told else None,
    )


def arrears_of(*, account_id: int, customer_ids: Collection[int], now: datetime) -> list[ToldBill]:
    """Bills of two years of which something is overdue and asked of a customer, with what that
    is."""
    rows = fetch_all(ARREARS_OF_READER, _values(account_id, customer_ids, now))
    return [ToldBill(*row) for row in rows]


def _values(account_id: int, customer_ids: Collection[int], now: datetime) -> dict[str, Any]:
    return {"account_id": account_id, "customer_ids": sorted(customer_ids), "now": now}


def _asked_of_payer(row: dict[str, Any], customer_ids: Collection[int]) -> int:
    payer = row["payer"]
    return 0 if payer is None or payer["id"] in customer_ids else int(payer["asked"])


def _instalments(row: dict[str, Any] | None) -> ToldInstalments | None:
    if row is None:
        return None
    until = date.fromisoformat(row["until"])
    return ToldInstalments(row["asked"], row["balance"], until, row["ends"])


def _bill(row: dict[str, Any], currency: str) -> ToldBill:
    return ToldBill(
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["until"]),
        minor=row["asked"],
        open_minor=row["open"],
        currency=currency,
        unit=row["unit"],
        usage=None if row["usage"] is None else Decimal(str(row["usage"])),
        charged_minor=row["minor"],
        elsewhere=row["elsewhere"],
    )
