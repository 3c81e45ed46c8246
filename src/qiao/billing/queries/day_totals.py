"""What was booked on days of a unit, as the ledger has it, and what came in by which means."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

_TOTALS: Final = """
SELECT e.ledger, e.owner, p.currency, sum(e.minor) FILTER (WHERE e.minor > 0),
       -sum(e.minor) FILTER (WHERE e.minor < 0)
  FROM billing_posting p JOIN billing_entry e ON e.posting_id = p.id
 WHERE p.organisation_id = %s AND p.booked_date >= %s AND p.booked_date <= %s
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_MEANS: Final = """
SELECT m.means, m.currency, sum(m.taken), sum(m.back), sum((m.taken > 0)::int),
       sum((m.back > 0)::int)
  FROM (SELECT y.means, y.currency, y.minor AS taken, 0 AS back
          FROM billing_payment y
         WHERE y.organisation_id = %(unit)s AND y.booked_date = %(day)s
        UNION ALL
        SELECT y.means, y.currency, 0, y.minor
          FROM billing_posting p JOIN billing_payment y ON y.taken_back_by_id = p.id
         WHERE p.organisation_id = %(unit)s AND p.booked_date = %(day)s
        UNION ALL
        SELECT v.means, v.currency, CASE WHEN v.kind = 'deposit_taken' THEN v.minor ELSE 0 END,
               CASE WHEN v.kind = 'deposit_taken' THEN 0 ELSE v.minor END
          FROM billing_voucher v
         WHERE v.organisation_id = %(unit)s AND v.booked_date = %(day)s) m
 GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Total:
    """Debits and credits of a ledger and an owner in some days, in minor units."""

    ledger: str
    owner: str
    currency: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class MeansTotal:
    """What came in by a means on a day, deposits too, and what was taken back or given out, in
    minor units, with how many payments and vouchers each."""

    means: str
    currency: str
    taken: int
    back: int
    taken_count: int
    back_count: int

    @property
    def minor(self) -> int:
        """What is left of it."""
        return self.taken - self.back


def totals_of(*, organisation_id: int, since: date, until: date) -> list[Total]:
    """What was booked in a unit from one day to another, both of them included, by ledger and
    owner. All debits together are all credits of a currency."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [organisation_id, since, until])
        return [
            Total(ledger, owner, currency, int(debit or 0), int(credit or 0))
            for ledger, owner, currency, debit, credit in cursor.fetchall()
        ]


def day_totals(*, organisation_id: int, day: date) -> list[Total]:
    """What was booked on a day of a unit, by ledger and owner."""
    return totals_of(organisation_id=organisation_id, since=day, until=day)


def means_totals(*, organisation_id: int, day: date) -> list[MeansTotal]:
    """What came in on a day of a unit, by means."""
    with connection.cursor() as cursor:
        cursor.execute(_MEANS, {"unit": organisation_id, "day": day})
        return [
            MeansTotal(means, currency, *(int(each) for each in rest))
            for means, currency, *rest in cursor.fetchall()
        ]


def sums_of(totals: Iterable[Total]) -> dict[str, tuple[int, int]]:
    """All debits and all credits together, by currency; both are the same."""
    debits: dict[str, int] = defaultdict(int)
    on_credit: dict[str, int] = defaultdict(int)
    for total in totals:
        debits[total.currency] += total.debit
        on_credit[total.currency] += total.credit
    return {currency: (debits[currency], on_credit[currency]) for currency in sorted(debits)}
