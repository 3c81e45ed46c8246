"""What a bill on paper says beside its lines: balances, owners, the twelve last bills; many bills
in one statement each."""
# ruff: noqa: S608 - put together from our own pieces; values are bound

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from qiao.billing.models import Bill
from qiao.billing.queries.parties import BEGUN, WITH_DAYS
from qiao.core.prepared import fetch_all
from qiao.customers.queries.payers import paid_by

LATEST: Final = 12


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on the account when a bill was issued, in minor units, what is paid ahead taken
    off, and to somebody else who pays nothing of what was billed before they did: `before` when
    the bill before it was issued, `paid` and `other` (late fees, corrections) since then, signed
    as they change what is owed; `billed` by the bill itself, and `budget` by which equal
    instalments ask more or less than that."""

    before: int
    paid: int
    other: int
    billed: int
    budget: int = 0

    @property
    def due(self) -> int:
        """What is owed in all with the bill; below zero it is paid ahead."""
        return self.before + self.paid + self.other + self.billed + self.budget


@dataclass(frozen=True, slots=True)
class PastBill:
    """A bill of an account as a bar shows it; `minor` in minor units of its currency."""

    bill_id: int
    start_date: date
    minor: int
    usage: Decimal | None
    unit: str


# Since when somebody pays who does not use the supply, on the day on which bill `b` was issued.
_SINCE: Final = f"""
 CROSS JOIN LATERAL (SELECT coalesce((
       SELECT p.since FROM ({paid_by("b.account_id", "b.issued_date")}) p), '-infinity') AS day
      OFFSET 0) pays"""
# A bill of nothing posts nothing: it stands where the account's postings were when it was made.
# What equal instalments ask of it is posted right after it, or without it.
_BALANCES: Final = f"""
SELECT w.id, s.*
  FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[]) AS w (id, account_id)
  JOIN billing_bill b ON b.id = w.id{_SINCE}
 CROSS JOIN LATERAL (
      SELECT (SELECT p.id FROM billing_posting p
               WHERE p.source = 'bill' AND p.key = w.id::text) AS bill,
             (SELECT p.id FROM billing_posting p
               WHERE p.source = 'budget' AND p.key = w.id::text) AS budget OFFSET 0) posted
 CROSS JOIN LATERAL (
      SELECT coalesce(posted.bill, posted.budget,
          (SELECT max(e.posting_id) + 1 FROM billing_entry e
             JOIN billing_posting p ON p.id = e.posting_id
            WHERE e.account_id = w.account_id AND e.ledger IN ('receivable','prepaid','deposit')
              AND p.recorded_at <= b.recorded_at), 0) AS id OFFSET 0) own
 CROSS JOIN LATERAL (
      SELECT coalesce(max(e.posting_id), 0) AS id FROM billing_entry e
        JOIN billing_posting p ON p.id = e.posting_id
       WHERE e.account_id = w.account_id AND e.ledger IN ('receivable','prepaid','deposit')
         AND e.posting_id < own.id AND p.source IN ('bill', 'budget')
      OFFSET 0) last
 CROSS JOIN LATERAL (
      SELECT coalesce(sum(e.minor) FILTER (WHERE e.posting_id <= last.id), 0)::bigint,
             coalesce(sum(e.minor) FILTER (WHERE e.posting_id > last.id AND e.posting_id < own.id
                                             AND p.event = 'payment_received'), 0)::bigint,
             coalesce(sum(e.minor) FILTER (WHERE e.posting_id > last.id AND e.posting_id < own.id
                                             AND p.event <> 'payment_received'), 0)::bigint,
             coalesce(sum(e.minor) FILTER (WHERE e.posting_id = posted.bill), 0)::bigint,
             coalesce(sum(e.minor) FILTER (WHERE e.posting_id = posted.budget), 0)::bigint
        FROM billing_entry e JOIN billing_posting p ON p.id = e.posting_id
        LEFT JOIN billing_bill o ON o.id = e.bill_id
       WHERE e.account_id = w.account_id AND e.ledger IN ('receivable', 'prepaid')
         AND e.posting_id <= greatest(own.id, posted.budget)
         AND (e.bill_id IS NULL OR o.issued_date >= pays.day)) s
"""
_OWNERS: Final = """
SELECT l.bill_id, l.owner, sum(l.minor)::bigint FROM billing_billline l
 WHERE l.bill_id = ANY(%(ids)s::bigint[]) AND l.adds
 GROUP BY 1, 2 ORDER BY 1, min(l.place)
"""
_PAST: Final = f"""
SELECT w.id, p.id, p.start_date, p.total_minor, trim_scale(p.usage), p.unit
  FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(starts)s::date[], %(ends)s::date[])
       AS w (id, account_id, start_date, day)
  JOIN billing_bill b ON b.id = w.id{_SINCE}
 CROSS JOIN LATERAL (
      SELECT x.* FROM billing_bill x
       WHERE x.account_id = w.account_id AND x.end_date <= w.day
         AND (x.state = 'issued' OR x.id = w.id)
         AND (x.end_date < w.day OR x.id = w.id)
         AND x.end_date > {BEGUN.format(account="w.account_id", day="w.start_date")}
         AND (x.issued_date >= pays.day OR x.id = w.id)
         AND ({WITH_DAYS.format(bill="x")} OR x.id = w.id)
       ORDER BY x.end_date DESC LIMIT %(most)s) p
 ORDER BY w.id, p.start_date
"""
_REPLACED: Final = """
SELECT b.before_id, b.number FROM billing_bill b WHERE b.before_id = ANY(%(ids)s::bigint[])
"""


def balances_of(bills: Sequence[Bill]) -> dict[int, Balance]:
    """What stood when each bill was issued, by bill, as the ledger has it."""
    values: dict[str, Any] = {
        "ids": [bill.pk for bill in bills],
        "accounts": [bill.account_id for bill in bills],
    }
    return {pk: Balance(*row) for pk, *row in fetch_all(_BALANCES, values)}


def owners_of(bills: Sequence[Bill]) -> dict[int, dict[str, int]]:
    """Whose money each bill is, by bill and owner, in minor units."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, owner, minor in fetch_all(_OWNERS, {"ids": [bill.pk for bill in bills]}):
        found[pk][owner] = minor
    return dict(found)


def past_bills(bills: Sequence[Bill]) -> dict[int, list[PastBill]]:
    """The twelve last bills of the account up to each bill, itself the last, the oldest first;
    none of others who have left, nor of those billed before somebody else began to pay."""
    values: dict[str, Any] = {
        "ids": [bill.pk for bill in bills],
        "accounts": [bill.account_id for bill in bills],
        "starts": [bill.start_date for bill in bills],
        "ends": [bill.end_date for bill in bills],
        "most": LATEST,
    }
    found: dict[int, list[PastBill]] = defaultdict(list)
    for pk, *row in fetch_all(_PAST, values):
        found[pk].append(PastBill(*row))
    return dict(found)


def replaced_by(bill_ids: Iterable[int]) -> dict[int, str]:
    """The numbers of bills that stand for others, by the ids of those."""
    return dict(fetch_all(_REPLACED, {"ids": list(bill_ids)}))
