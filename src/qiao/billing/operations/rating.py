"""What bills would say: rated from facts that are stored with them, any number at once.

Nothing is written here; `operations.billing` issues what was rated.
"""
# ruff: noqa: S608 - put together from pieces of `parties`; values are bound

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db import connection

from qiao.billing.models import Bill, BillingAccount
from qiao.billing.queries.parties import LEFT, WITH_DAYS
from qiao.billing.queries.terms import tariffs_by_version, terms_of
from qiao.billing.rules.bills.facts import Facts, Quantities, read_facts, read_used, years_of
from qiao.billing.rules.bills.lines import total_of
from qiao.billing.rules.tariffs.model import USAGE, Tariff
from qiao.billing.rules.tariffs.parts import RatedPart, rate_parts
from qiao.billing.rules.tariffs.planning import CannotPlan, Part, Terms, Use
from qiao.core.rules.months import months_after
from qiao.core.rules.periods import Period, intersect

# What was used under the last bill before a day, and since when whoever is billed has the account:
# tiers begin anew with them.
_LAST: Final = f"""
SELECT w.account_id,
       CASE WHEN b.end_date = f.since THEN '{{}}' ELSE coalesce(b.facts -> 'after', '{{}}') END,
       f.since
  FROM unnest(%s::bigint[], %s::date[]) AS w (account_id, day)
 CROSS JOIN LATERAL (
      SELECT l.facts, l.end_date FROM billing_bill l
       WHERE l.account_id = w.account_id AND l.state = 'issued' AND l.end_date <= w.day
         AND {WITH_DAYS.format(bill="l")}
       ORDER BY l.end_date DESC LIMIT 1) b
 CROSS JOIN LATERAL (SELECT {LEFT.format(account="w.account_id", day="w.day")} AS since) f
"""


@dataclass(frozen=True, slots=True)
class NewBill:
    """What is to be billed to an account: the days, and the uses in them.

    `before_id` is the bill, taken back, that it replaces; `numbers` are read for this bill alone,
    such as the highest demand, and go before those of the account.
    """

    account_id: int
    period: Period
    uses: tuple[Use, ...]
    issued_date: date
    due_date: date
    is_estimated: bool = False
    kind: Bill.Kind = Bill.Kind.REGULAR
    before_id: int | None = None
    numbers: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RatedBill:
    """A bill that is rated and not yet written."""

    bill: NewBill
    facts: Facts
    parts: tuple[RatedPart, ...]

    @property
    def minor(self) -> int:
        """Its total in minor units."""
        return total_of(self.parts)

    @property
    def usage(self) -> Decimal | None:
        """What was used in all, in units of its tariff; None where no register says."""
        return self.facts.used().get(USAGE)

    @property
    def unit(self) -> str:
        """In what its use is counted."""
        return self.parts[-1].tariff.unit if self.parts else ""


def rate_bills(
    bills: Sequence[NewBill], *, accounts: Mapping[int, BillingAccount]
) -> list[RatedBill]:
    """Rate bills as they stand, without writing anything; at most one for each account.

    Raises `CannotPlan`, `CannotRate`; the message names the account.
    """
    terms = terms_of([bill.account_id for bill in bills])
    before = _used_before(bills)
    facts, parts = [], []
    for bill in bills:
        account = accounts[bill.account_id]
        try:
            own = _facts(
                bill, account, terms.get(bill.account_id, []),
                before.get(bill.account_id, _NOTHING),
            )  # fmt: skip
            parts.append(own.parts())
        except CannotPlan as refusal:
            raise CannotPlan(f"account {bill.account_id}: {refusal}") from refusal
        facts.append(own)
    return [
        RatedBill(bill, own, rated)
        for bill, own, rated in zip(bills, facts, _rated(parts), strict=True)
    ]


def reckon_again(bills: Sequence[Bill]) -> list[tuple[RatedPart, ...]]:
    """Rate issued bills once more from what is stored with them. What it gives must be what they
    say; whoever finds a difference has found a fault."""
    return _rated([read_facts(bill.facts).parts() for bill in bills])


@dataclass(frozen=True, slots=True)
class _Before:
    """What the bills before one used by year of tiers, and since when its customer has the
    account; None where nobody left it."""

    used: Mapping[date, Quantities] = field(default_factory=dict)
    since: date | None = None


_NOTHING: Final = _Before()


def _used_before(bills: Sequence[NewBill]) -> dict[int, _Before]:
    """What was before these bills, by account."""
    with connection.cursor() as cursor:
        ids = [bill.account_id for bill in bills]
        cursor.execute(_LAST, [ids, [bill.period.start for bill in bills]])
        rows = cursor.fetchall()
    return {pk: _Before(read_used(json.loads(after)), since) for pk, after, since in rows}


def _facts(
    bill: NewBill,
    account: BillingAccount,
    terms: Sequence[Terms],
    before: _Before,
) -> Facts:
    ends = bill.period.end if bill.kind == Bill.Kind.FINAL else account.closed_date
    lived = Period(max(before.since or account.opened_date, account.opened_date), ends)
    years = years_of(bill.period, lived=lived, used=before.used)
    first = min([bill.period.start, *(year.period.start for year in years)])
    last = max([bill.period.end or bill.period.start, *(y.period.end or first for y in years)])
    held = [
        Terms(piece, each.version, each.labels, {**each.numbers, **bill.numbers})
        for each in terms
        if (piece := intersect(each.period, Period(first, last))) is not None
    ]
    months = _months(bill, account, before.since)
    return Facts(bill.period, months, bill.uses, tuple(held), years)


def _months(bill: NewBill, account: BillingAccount, since: date | None) -> Fraction:
    """The months that a bill covers: those of the account's bills; by its days, and at most those,
    where a hand-over ends it or begins it."""
    if bill.kind != Bill.Kind.FINAL and bill.period.start != since:
        return Fraction(account.months)
    whole = (months_after(bill.period.start, account.months) - bill.period.start).days
    return account.months * min(Fraction(bill.period.days or 0, whole), Fraction(1))


def _rated(bills: Sequence[Sequence[Part]]) -> list[tuple[RatedPart, ...]]:
    flat = [part for parts in bills for part in parts]
    tariffs: Mapping[str, Tariff] = tariffs_by_version(part.version for part in flat)
    rated = iter(rate_parts(tariffs, flat))
    return [tuple(next(rated) for _part in parts) for parts in bills]
