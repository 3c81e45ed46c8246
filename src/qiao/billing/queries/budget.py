"""Equal instalments of an account: what a year comes to, what runs, and the year to come."""
# ruff: noqa: S608 - put together from our own pieces; values are bound

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import F

from qiao.billing.models import Bill, BillingAccount, BillingTerms, BudgetPlan, Standing
from qiao.billing.queries.parties import BEGUN, WITH_DAYS
from qiao.billing.rules.money.budget import (
    EARLY_DAYS,
    MONTHS,
    Charged,
    Foreseen,
    foresee,
    instalment,
)
from qiao.billing.rules.money.postings import Ledger
from qiao.core.prepared import fetch_all
from qiao.core.rules.money import exponent_of
from qiao.core.rules.months import months_after

FEWEST: Final = 5
"""Fewer neighbours than this tell nothing."""
MOST: Final = 200
# What the bills of whoever has an account come to in the year before a day, the days of one that
# began before it by their share, and since when they do.
_OF_YEAR: Final = f"""
      SELECT round(sum(b.total_minor::numeric
                       * (b.end_date - greatest(b.start_date, (:day: - interval '1 year')::date))
                       / (b.end_date - b.start_date)))::bigint AS minor,
             min(b.start_date) AS since
        FROM billing_bill b
       WHERE b.account_id = :account: AND b.state = 'issued' AND b.end_date <= :day:
         AND b.end_date > (:day: - interval '1 year')::date
         AND b.end_date > {BEGUN.format(account=":account:", day=":day:")}
         AND {WITH_DAYS.format(bill="b")}"""


def _of_year(account: str, day: str) -> str:
    return _OF_YEAR.replace(":account:", account).replace(":day:", day)


_YEARS: Final = f"""
SELECT w.id, coalesce(y.minor, 0), y.since
  FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS w (id, day)
 CROSS JOIN LATERAL ({_of_year("w.id", "w.day")}) y
"""
_NEIGHBOURS: Final = f"""
SELECT count(*), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY y.minor)::numeric)::bigint
  FROM (SELECT a.account_id AS id, a.billed_until AS day
          FROM billing_billingaccount a
         WHERE a.organisation_id = %(unit)s AND a.account_id <> %(account)s
           AND a.currency = %(currency)s AND a.feed_id IS NULL AND a.closed_date IS NULL
           AND EXISTS (SELECT FROM billing_billingterms t
                        WHERE t.account_id = a.account_id AND t.tariff_id = %(tariff)s
                          AND t.period @> a.billed_until)
         ORDER BY a.account_id LIMIT %(most)s) n
 CROSS JOIN LATERAL ({_of_year("n.id", "n.day")}) y
 WHERE y.since <= (n.day - interval '1 year')::date + %(early)s::int AND y.minor > 0
"""


@dataclass(frozen=True, slots=True)
class Year:
    """What a year of an account comes to, in minor units, and by what: its own bills, or those of
    `neighbours` many accounts where it has bills of `days` alone. `basis` is None where neither
    tells anything."""

    minor: int
    basis: BudgetPlan.Basis | None
    days: int
    neighbours: int = 0


def year_of(account: BillingAccount) -> Year:
    """What a year comes to: by the account's own last twelve months, which it needs whole, else by
    the middle of its neighbours under the same tariff in its unit."""
    own = years_before({account.pk: account.billed_until})[account.pk]
    begun = account.billed_until if own.since is None else own.since
    days = (account.billed_until - begun).days
    if own.is_whole and own.minor > 0:
        return Year(own.minor, BudgetPlan.Basis.OWN, days)
    count, minor = _middle(account)
    if count >= FEWEST and not own.is_whole:
        return Year(minor, BudgetPlan.Basis.NEIGHBOURS, days, count)
    return Year(0, None, days, count)


@dataclass(frozen=True, slots=True)
class Before:
    """What the bills of a year before a day come to, in minor units, since when, and whether they
    are of the whole year."""

    minor: int
    since: date | None
    is_whole: bool


def years_before(days: Mapping[int, date]) -> dict[int, Before]:
    """What the year before its day comes to for each account. One statement."""
    values = {"ids": list(days), "days": list(days.values())}
    return {
        pk: Before(minor, since, since is not None and since <= _begins(days[pk]))
        for pk, minor, since in fetch_all(_YEARS, values)
    }


def _begins(day: date) -> date:
    return months_after(day, -MONTHS) + timedelta(days=EARLY_DAYS)


def _middle(account: BillingAccount) -> tuple[int, int]:
    """How many neighbours have a year of bills, and what the middle of them comes to."""
    terms = BillingTerms.objects.filter(
        account=account, period__contains=account.billed_until
    ).first()
    if terms is None:
        return 0, 0
    values: dict[str, Any] = {
        "unit": account.organisation_id,
        "account": account.pk,
        "currency": account.currency,
        "tariff": terms.tariff_id,
        "most": MOST,
        "early": EARLY_DAYS,
    }
    ((count, minor),) = fetch_all(_NEIGHBOURS, values)
    return count, minor or 0


def suggested(account: BillingAccount, year: Year) -> int:
    """The instalment of a bill of an account where a year comes to so much; 0 for none."""
    return instalment(year.minor, months=account.months, unit=unit_of(account.currency))


def unit_of(currency: str) -> int:
    """The unit of a currency, up to which instalments are rounded, in minor units."""
    return int(10 ** exponent_of(currency))


def foreseen(account: BillingAccount, *, asked: int, year: Year) -> list[Foreseen]:
    """The bills of the year from the first day that is not billed on, if `asked` is asked of
    each."""
    since = months_after(account.billed_until, -MONTHS)
    bills = Bill.objects.filter(
        account=account, state=Bill.State.ISSUED, end_date__gt=since, start_date__lt=F("end_date")
    ).values_list("start_date", "end_date", "total_minor")
    known = [Charged(*each) for each in bills] if year.basis == BudgetPlan.Basis.OWN else []
    whole = year.minor or asked * MONTHS // account.months
    return foresee(
        start=account.billed_until, months=account.months, asked=asked, bills=known,
        year_minor=whole,
    )  # fmt: skip


def running_plan(account_id: int) -> BudgetPlan | None:
    """The equal instalments that run on an account."""
    return BudgetPlan.objects.filter(account=account_id, state=BudgetPlan.State.RUNNING).first()


def balances_by_owner(account_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """What stands of equal instalments by account and owner, in minor units: above nothing it is
    still to be paid, below it is paid ahead."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Standing.objects.filter(account__in=list(account_ids), ledger=Ledger.BUDGET)
    for row in rows.order_by("account", "owner"):
        found[row.account_id][row.owner] = row.minor
    return dict(found)


def balance_of(account_id: int) -> int:
    """What stands of equal instalments of an account in all, in minor units."""
    return sum(balances_by_owner([account_id]).get(account_id, {}).values())
