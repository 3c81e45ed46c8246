"""A number comes in whose customer has 24 bills and 24 payments: the spine's limit holds."""

import os
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta

from customers_parts.world import copy
from measuring.databases import connected_to, drop, say, set_up, work_on
from measuring.timing import Limits, Result
from measuring.timing import measure as timed

from billing_parts import world
from billing_parts.run import CLERK, DUE_DAYS

LIMITS = Limits(p95=30, least={"bills": 24, "payments": 24})
MADE = "billing_panel"
MONTHS = 26
LEAST = 24
CALLERS = 150
# Accounts that are billed since long ago, and the numbers of who owns them.
_WHOLE = """
SELECT account_id FROM billing_billingaccount WHERE opened_date < %(today)s::date - 700
 ORDER BY account_id LIMIT 600
"""
_CALLERS = """
SELECT min(p.number), min(b.n), min(y.n)
  FROM (SELECT account_id, count(*) AS n FROM billing_bill GROUP BY 1 HAVING count(*) >= %(n)s) b
  JOIN (SELECT account_id, count(*) AS n FROM billing_payment GROUP BY 1
        HAVING count(*) >= %(n)s) y
    ON y.account_id = b.account_id
  JOIN customers_accountparty t
    ON t.account_id = b.account_id AND t.role = 'owner' AND t.period @> %(today)s::date
  JOIN customers_customerphone p ON p.customer_id = t.customer_id
 WHERE p.extension = '' AND p.number <> ''
 GROUP BY t.customer_id LIMIT %(callers)s
"""


def measure(args: Namespace) -> Iterator[Result]:
    """Bill two years month by month, have everybody pay, then look at callers."""
    due = world.ensure_due(args.due)
    work_on(due)
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    copy(due, MADE)
    with connected_to(MADE):
        _two_years()
        yield _looked_at()
    drop(MADE)


def _two_years() -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from qiao.billing.models import Bill, Payment
    from qiao.billing.operations import NewPayment, take_payments
    from qiao.billing.operations.running import run_bills

    now, today = timezone.now(), timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, {"today": today})
        accounts = [pk for (pk,) in cursor.fetchall()]
    for month in range(MONTHS, -1, -1):
        until = today - timedelta(days=month * 30)
        with transaction.atomic():
            result = run_bills(
                account_ids=accounts, until=until, issued_date=until, due_days=DUE_DAYS,
                actor=None, now=now, tell=False,
            )  # fmt: skip
            paid = [
                NewPayment(
                    bill.account_id, bill.total_minor, bill.currency, Payment.Channel.BANK,
                    Payment.Means.TRANSFER, f"B{bill.pk}", now, bill.issued_date,
                )
                for bill in Bill.objects.filter(pk__in=result.bill_ids, total_minor__gt=0)
            ]  # fmt: skip
            take_payments(payments=paid, actor=None, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE billing_bill, billing_standing, billing_payment")


def _looked_at() -> Result:
    from django.db import connection
    from django.utils import timezone

    from qiao.desk.queries import screen_pop
    from qiao.staff.queries import actor_by_number

    now, today = timezone.now(), timezone.localdate()
    clerk = actor_by_number(CLERK, day=today)
    with connection.cursor() as cursor:
        cursor.execute(_CALLERS, {"n": LEAST, "callers": CALLERS, "today": today})
        found = cursor.fetchall()
    say(f"  {len(found)} callers with {LEAST} bills and as many payments")
    return timed(
        "panel",
        lambda place: screen_pop(actor=clerk, phone=found[place % len(found)][0], now=now),
        limits=LIMITS,
        callers=len(found),
        bills=min(n for _number, n, _paid in found),
        payments=min(n for _number, _bills, n in found),
    )
