"""Which accounts are due to be billed: the one rule of it."""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from qiao.core.prepared import fetch_all, fetch_one

EARLY_DAYS: Final = 10
"""A bill may end so many days before its months are over: readers do not come on the same day."""
# The first days of others in accounts that are billed, after the last day that a bill covers:
# whoever left is billed up to then. A mere contact of an account is billed nothing.
_HANDED_OVER: Final = """
SELECT m.account_id, min(m.hand_over_date) AS day
  FROM customers_move m JOIN billing_billingaccount x ON x.account_id = m.account_id
 WHERE m.undone_at IS NULL AND m.hand_over_date > x.billed_until
   AND m.hand_over_date <= %(until)s::date
   AND EXISTS (SELECT FROM customers_moveparty p
                WHERE p.move_id = m.id AND p.side = 'left' AND p.role <> 'contact')
"""
# Due is an account when the months of its bills are over, or nearly, when it was handed over, or
# when it was closed; one that another system bills never is.
DUE: Final = f"""
  FROM billing_billingaccount a
  JOIN customers_account c ON c.id = a.account_id
 WHERE a.organisation_id = ANY(%(units)s::bigint[]) AND a.billed_until < %(until)s::date
   AND a.feed_id IS NULL
   AND ((a.closed_date IS NULL
         AND (a.billed_until + make_interval(months => a.months))::date
             <= %(until)s::date + %(early)s::int)
        OR a.account_id IN (SELECT h.account_id FROM ({_HANDED_OVER} GROUP BY 1) h)
        OR (a.closed_date > a.billed_until AND a.closed_date <= %(until)s::date))
   AND (%(route)s::bigint IS NULL OR EXISTS (
          SELECT 1 FROM metering_routestop t
           WHERE t.service_point_id = c.service_point_id AND t.route_id = %(route)s::bigint))
"""
ELSEWHERE: Final = """EXISTS (
       SELECT 1 FROM billing_runaccount r WHERE r.account_id = a.account_id
          AND r.state IN ('due', 'reckoned', 'ready', 'outlier'))"""
"""Whether an account is in a run that is under way."""
_CUTS: Final = f"""
SELECT h.account_id, min(h.day) FROM (
    {_HANDED_OVER} AND m.account_id = ANY(%(ids)s::bigint[]) GROUP BY 1
     UNION ALL
    SELECT x.account_id, x.closed_date FROM billing_billingaccount x
     WHERE x.account_id = ANY(%(ids)s::bigint[]) AND x.closed_date > x.billed_until
       AND x.closed_date <= %(until)s::date) h
 GROUP BY 1
"""
_STANDING: Final = f"""
SELECT count(*) FILTER (WHERE NOT {ELSEWHERE}), count(*) FILTER (WHERE {ELSEWHERE}),
       min(a.billed_until),
       mode() WITHIN GROUP (ORDER BY a.currency) FILTER (WHERE NOT {ELSEWHERE})
{DUE}"""


@dataclass(frozen=True, slots=True)
class DueNow:
    """How many accounts are due and in no run that is under way, how many are in one, since when
    the oldest of all is not billed, and in which currency most of the first are billed."""

    free: int
    elsewhere: int
    since: date | None
    currency: str | None


def due_terms(
    *, unit_ids: Collection[int], until: date, route_id: int | None = None
) -> dict[str, Any]:
    """The values of `DUE`: units, the first day that is not billed, a reading route or none."""
    return {
        "units": sorted(unit_ids), "until": until, "early": EARLY_DAYS, "route": route_id,
    }  # fmt: skip


def due_now(*, unit_ids: Collection[int], until: date, route_id: int | None = None) -> DueNow:
    """What is due in units, or on a reading route of them, up to a day."""
    row = fetch_one(_STANDING, due_terms(unit_ids=unit_ids, until=until, route_id=route_id))
    assert row is not None
    return DueNow(*row)


def hand_overs(account_ids: Collection[int], *, until: date) -> dict[int, date]:
    """Up to which day who left is billed, of those of these accounts that were handed over since
    their last bill, or are billed no more."""
    return dict(fetch_all(_CUTS, {"ids": list(account_ids), "until": until}))
