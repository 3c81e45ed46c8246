"""Arrangements of the demo world: equal instalments, payers, a firm whose bills come as one.

They begin on days of the past, as clerks made them then, and run through the bills that follow.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final

from django.db import connection
from django.utils import timezone

from qiao.billing.models import Bill, Payment, SummaryBill
from qiao.billing.operations.budget import (
    NothingToReckon,
    end_budget,
    start_budget,
)
from qiao.billing.operations.summaries import (
    NewSummaryPayment,
    collect_bills,
    pay_summary,
    start_collecting,
)
from qiao.billing.queries.budget import running_plan
from qiao.billing.queries.summaries import open_bills
from qiao.core.actor import Actor
from qiao.core.demo import Finding
from qiao.core.demo_audit import ask
from qiao.customers.operations.payers import end_paying, let_pay
from qiao.staff.queries import actor_by_number

CLERK: Final = "9001"
DORMITORIES: Final = 4
# Which of the days on which bills are issued, counted from the last one, something begins on.
OLD, YOUNG, PAYS, PAID_ENDS = -9, -4, -6, -2
BUDGETS: Final = (
    (OLD, None), (OLD, None), (OLD + 1, YOUNG), (YOUNG, None), (YOUNG, None), (YOUNG, None),
)  # fmt: skip
Step = Callable[[Actor, datetime], None]
_HOUSEHOLDS: Final = """
SELECT DISTINCT ON (a.id) a.id, t.customer_id
  FROM customers_account a
  JOIN customers_accountparty t ON t.account_id = a.id AND t.role = 'owner'
                               AND upper_inf(t.period)
  JOIN customers_customer c ON c.id = t.customer_id AND c.kind = 'person'
                           AND c.merged_into_id IS NULL
 WHERE a.id = ANY(%(ids)s::bigint[])
   AND NOT EXISTS (SELECT FROM customers_accountparty o WHERE o.account_id = a.id
                      AND (o.role = 'payer' OR NOT upper_inf(o.period)))
 ORDER BY a.id
"""
_FIRMS: Final = """
SELECT t.customer_id, array_agg(DISTINCT a.id ORDER BY a.id)
  FROM customers_account a
  JOIN customers_accountparty t ON t.account_id = a.id AND t.role = 'owner'
                               AND upper_inf(t.period)
  JOIN customers_customer c ON c.id = t.customer_id AND c.kind = 'organisation'
                           AND c.merged_into_id IS NULL
 WHERE a.id = ANY(%(ids)s::bigint[])
 GROUP BY 1 ORDER BY count(DISTINCT a.id) DESC, t.customer_id LIMIT 1
"""


@dataclass(slots=True)
class Arrangements:
    """What begins and ends on which day, and what it has come to so far."""

    steps: Mapping[date, Sequence[Step]]
    parties: dict[int, int] = field(default_factory=dict)

    def before(self, until: date, now: datetime) -> None:
        """Do what clerks did on a day, before its bills are issued."""
        moment = min(now, datetime.combine(until, time(1), UTC))
        for step in self.steps.get(until, ()):
            step(actor_by_number(CLERK, day=timezone.localdate(now)), moment)


def arrange(candidates: Mapping[int, Sequence[int]], ends: Sequence[date]) -> Arrangements:
    """Whose accounts are arranged for, of those of each unit whose bills go back to the first of
    these days; in a small world fewer."""
    unit, ids = max(candidates.items(), key=lambda each: (len(each[1]), -each[0]), default=(0, ()))
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS, {"ids": list(ids)})
        homes = iter(cursor.fetchall())
        cursor.execute(_FIRMS, {"ids": list(ids)})
        firm = cursor.fetchone()
    steps: dict[date, list[Step]] = defaultdict(list)
    made = Arrangements(steps)
    for (first, last), (account, _owner) in zip(BUDGETS, homes, strict=False):
        steps[ends[first]].append(_budget(account))
        if last is not None:
            steps[ends[last]].append(_budget_ends(account))
    landlord = next(homes, (0, 0))[1]
    for last, (account, _owner) in zip((None, PAID_ENDS), homes, strict=False):
        steps[ends[PAYS]].append(_pays(made, account, landlord))
        if last is not None:
            steps[ends[last]].append(_pays_no_more(made, account))
    if firm is not None:
        dormitories = [home for _n, home in zip(range(DORMITORIES), homes, strict=False)]
        steps[ends[PAYS]] += [_pays(made, account, firm[0]) for account, _owner in dormitories]
        steps[ends[PAYS]].append(_collected(firm[0], unit))
        steps[ends[YOUNG]] += [_budget(account) for account, _owner in dormitories[:1]]
    return made


def _budget(account_id: int) -> Step:
    def begin(actor: Actor, at: datetime) -> None:
        try:
            start_budget(account_id=account_id, minor=None, actor=actor, now=at)
        except NothingToReckon:
            last = Bill.objects.filter(account=account_id).order_by("-end_date").first()
            if last is not None and last.total_minor > 0:
                minor = -(-last.total_minor // 100) * 100
                start_budget(
                    account_id=account_id, minor=minor, reason="与客户商定", actor=actor, now=at
                )

    return begin


def _budget_ends(account_id: int) -> Step:
    def end(actor: Actor, at: datetime) -> None:
        if running_plan(account_id) is not None:
            end_budget(account_id=account_id, reason="客户申请终止", actor=actor, now=at)

    return end


def _pays(made: Arrangements, account_id: int, payer_id: int) -> Step:
    def begin(actor: Actor, at: datetime) -> None:
        party = let_pay(
            actor=actor, now=at, account_id=account_id, customer_id=payer_id,
            from_date=timezone.localdate(at),
        )  # fmt: skip
        made.parties[account_id] = party.pk

    return begin


def _pays_no_more(made: Arrangements, account_id: int) -> Step:
    def end(actor: Actor, at: datetime) -> None:
        end_paying(
            actor=actor, now=at, party_id=made.parties[account_id], day=timezone.localdate(at)
        )

    return end


def _collected(customer_id: int, unit_id: int) -> Step:
    def begin(actor: Actor, at: datetime) -> None:
        start_collecting(customer_id=customer_id, organisation_id=unit_id, actor=actor, now=at)

    return begin


def collect_and_pay(bill_ids: Sequence[int], *, day: date, now: datetime) -> set[int]:
    """Put bills of a day into summaries and pay those of days before; the bills that are in one,
    which nobody pays by themselves. Nobody is told."""
    summary_ids = collect_bills(bill_ids=bill_ids, now=now)
    SummaryBill.objects.filter(pk__in=summary_ids).update(untold_since=None)
    for summary in SummaryBill.objects.filter(issued_date__lt=day).order_by("pk"):
        owed = sum(each.minor for each in open_bills(summary.pk, day=day))
        if owed > 0:
            payment = NewSummaryPayment(
                summary.pk, owed, Payment.Channel.BANK, Payment.Means.TRANSFER,
                f"DEMO-{summary.number}", now, day,
            )  # fmt: skip
            pay_summary(payment=payment, actor=None, now=now)
    found = Bill.objects.filter(pk__in=bill_ids, summary_line__isnull=False)
    return set(found.values_list("pk", flat=True))


_FIGURES: Final = """
SELECT (SELECT count(*) FROM billing_budgetplan WHERE state = 'running'),
       (SELECT count(*) FROM billing_budgetplan WHERE state = 'settled' AND NOT ends),
       (SELECT count(*) FROM billing_budgetplan WHERE state = 'settled' AND ends),
       (SELECT count(*) FROM customers_accountparty t WHERE t.role = 'payer'
           AND upper_inf(t.period) AND EXISTS (
               SELECT FROM customers_accountparty u WHERE u.account_id = t.account_id
                  AND u.role = 'owner' AND u.customer_id <> t.customer_id)),
       (SELECT coalesce(max(n), 0) FROM (
            SELECT count(*) AS n FROM billing_summaryline GROUP BY summary_id) s)
"""


def findings() -> list[Finding]:
    """Whether each kind of arrangement is there."""
    (row,) = ask(_FIGURES)
    names = (
        "equal instalments that run", "equal instalments settled at a year's end",
        "equal instalments ended", "accounts that somebody else pays", "bills in a summary",
    )  # fmt: skip
    least = (3, 1, 1, 2, 3)
    return [
        Finding(name, str(found), f"{most} or more", found >= most)
        for name, found, most in zip(names, row, least, strict=True)
    ]
