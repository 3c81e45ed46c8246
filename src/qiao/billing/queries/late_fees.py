"""Late fees of accounts on a day: what they come to, what of it was charged before.

A fee is reckoned anew from the whole history of a bill's principal, by the rates that the company
has set for the days (see `contributions.PARAMETERS`), without the days and parts that are
disputed. What is charged is the difference. What is owed of a bill of a former billing system was
owed since a day that it says: the day on which it was due, or that before which a late fee was
reckoned there.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.billing.models import Standing
from qiao.billing.queries.disputed import disputed_bills
from qiao.billing.rules.money.late_fees import (
    LateFee,
    LateFeeRule,
    late_fee,
    less_disputed,
    owed_days,
)
from qiao.billing.rules.money.postings import INTEREST, OWN, Ledger
from qiao.core.parameters import dated_values, find
from qiao.core.rules.periods import Period
from qiao.staff.queries import chain_of

SERVICES: Final = ("water", "power", "gas")
HOUSEHOLD, OTHERS, CARRIED = "household", "others", "carried"
LEAST, MOST = "billing.late_fee_least", "billing.late_fee_most"


def rate_key(service: str, who: str) -> str:
    """The parameter that holds a rate, in ten-thousandths a day."""
    return f"billing.late_fee.{service}.{who}"


@dataclass(frozen=True, slots=True)
class Accrued:
    """The late fee of a bill on a day; `minor` is what is to be charged beside what was."""

    account_id: int
    bill_id: int
    fee: LateFee
    charged: int

    @property
    def minor(self) -> int:
        """What is still to be charged, in minor units; never below nothing."""
        return max(self.fee.minor - self.charged, 0)


# Bills that are overdue and of which principal is owed, with what was booked of it.
_OVERDUE: Final = """
SELECT b.id, b.account_id, b.organisation_id, a.service, a.use, b.due_date
  FROM billing_bill b
  JOIN customers_account a ON a.id = b.account_id
 WHERE b.account_id = ANY(%(accounts)s::bigint[]) AND b.state = 'issued'
   AND b.due_date < %(day)s::date
   AND EXISTS (SELECT FROM billing_standing s
                WHERE s.account_id = b.account_id AND s.ledger = 'receivable'
                  AND s.bill_id = b.id AND s.kind = 'principal' AND s.minor > 0)
 ORDER BY b.account_id, b.due_date, b.id
"""
_BOOKED: Final = """
SELECT w.id, v.day, e.kind, p.event = 'balance_taken_over', sum(e.minor)
  FROM unnest(%(bills)s::bigint[]) AS w (id)
  JOIN billing_bill b ON b.id = w.id
  JOIN billing_entry e ON e.bill_id = w.id AND e.ledger = 'receivable'
  JOIN billing_posting p ON p.id = e.posting_id
 CROSS JOIN LATERAL (
      SELECT CASE p.event WHEN 'balance_taken_over' THEN (b.facts ->> 'owed_since')::date
             ELSE p.booked_date END AS day) v
 WHERE e.kind = 'principal'
    OR (e.kind = 'interest' AND p.event IN ('late_fee_charged', 'balance_taken_over'))
 GROUP BY w.id, v.day, e.kind, p.event = 'balance_taken_over' ORDER BY w.id, v.day
"""


def accrued(account_ids: Collection[int], *, day: date) -> list[Accrued]:
    """The late fees of all overdue bills of accounts up to and with `day`, those of nothing left
    out."""
    if not account_ids:
        return []
    values: dict[str, Any] = {"accounts": list(account_ids), "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, values)
        overdue = cursor.fetchall()
    rules = {
        key: own
        for key in {(unit, service, use) for _b, _a, unit, service, use, _d in overdue}
        if (own := _rules(*key, day=day))
    }
    overdue = [row for row in overdue if (row[2], row[3], row[4]) in rules]
    if not overdue:
        return []
    principal: dict[int, list[tuple[date, int]]] = defaultdict(list)
    charged: dict[int, int] = defaultdict(int)
    before: dict[int, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, {"bills": [row[0] for row in overdue]})
        for bill_id, booked, kind, is_taken_over, minor in cursor.fetchall():
            if kind == INTEREST:
                charged[bill_id] += int(minor)
                before[bill_id] += int(minor) if is_taken_over else 0
            else:
                principal[bill_id].append((booked, int(minor)))
    disputed = disputed_bills({row[1] for row in overdue})
    found = []
    for bill_id, account_id, unit, service, use, due in overdue:
        left_out = [(each.period, each.minor) for each in disputed.get(bill_id, ())]
        owed = less_disputed(owed_days(principal[bill_id]), left_out)
        fee = late_fee(
            due=due, until=day, owed=owed, rules=rules[unit, service, use],
            before=before[bill_id],
        )  # fmt: skip
        if fee.minor:
            found.append(Accrued(account_id, bill_id, fee, charged[bill_id]))
    return found


def _rules(unit: int, service: str, use: str, *, day: date) -> list[LateFeeRule]:
    """The rates of a unit from the first day that was ever set; none where nothing is charged."""
    if service not in SERVICES:
        return []
    who = HOUSEHOLD if use == HOUSEHOLD else OTHERS
    keys = [rate_key(service, who), LEAST, MOST]
    if who == OTHERS:
        keys.append(rate_key(service, CARRIED))
    units = chain_of(unit)
    cuts = sorted(
        {
            cut
            for each in dated_values(keys)
            if each.organisation_id in (None, *units)
            for cut in (each.since, each.until)
            if cut is not None and cut <= day
        }
    )
    found = []
    for place, start in enumerate([date.min + timedelta(days=1), *cuts]):
        end = cuts[place] if place < len(cuts) else None
        values = {key: int(find(key, day=start, organisation_ids=units).value) for key in keys}
        carried = values.get(rate_key(service, CARRIED), 0)
        found.append(
            LateFeeRule(
                period=Period(start, end),
                daily=_share(values[rate_key(service, who)]),
                carried=_share(carried) if carried else None,
                least=values[LEAST],
                most=Decimal(values[MOST]) / 100 if values[MOST] else None,
            )
        )
    return found if any(rule.daily or rule.carried for rule in found) else []


def _share(ten_thousandths: int) -> Decimal:
    return Decimal(ten_thousandths) / 10_000


def with_late_fees(
    standings: dict[int, list[Standing]], *, day: date
) -> dict[int, list[Standing]]:
    """What stands on accounts as it would after late fees were charged up to a day: rows that are
    not written."""
    found = {account: list(rows) for account, rows in standings.items()}
    for each in accrued(list(standings), day=day):
        if each.minor:
            _add(found[each.account_id], each)
    return found


def _add(rows: list[Standing], fee: Accrued) -> None:
    for place, row in enumerate(rows):
        key = (row.ledger, row.bill_id, row.owner, row.kind)
        if key == (Ledger.RECEIVABLE, fee.bill_id, OWN, INTEREST):
            rows[place] = _standing(fee, row.minor + fee.minor)
            return
    rows.append(_standing(fee, fee.minor))
    rows.sort(key=lambda row: (row.bill_id, row.owner, row.kind))


def _standing(fee: Accrued, minor: int) -> Standing:
    return Standing(
        account_id=fee.account_id, ledger=Ledger.RECEIVABLE, bill_id=fee.bill_id, owner=OWN,
        kind=INTEREST, minor=minor,
    )  # fmt: skip
