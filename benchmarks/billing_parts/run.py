"""A run of bills from validated readings to notices that wait to be sent.

Measured is what the clerk's run does: accounts noted, reckoned, judged, what stands out released,
bills issued with lines, entries and locked readings, and the events delivered that queue notices.
The floor copies the same final rows into the same tables of an equal database, with all indexes,
constraints and triggers in place, and brings the same columns of rows that were there up to date
out of a copied table.
"""

import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from customers_parts.world import copy
from measuring.databases import connected_to, drop, say, set_up, work_on
from measuring.timing import Limits, Result, once

from billing_parts import world
from billing_parts.copying import changed, copied, written

LIMITS = Limits(ratio=4, most={"held": 0.05, "wrong": 0})
MADE, BARE = "billing_run_made", "billing_run_bare"
CLERK = "9203"
DUE_DAYS = 20
# In an order in which every row finds what it points to, and a whole is looked at when it is.
NEW = (
    "billing_billrun",
    "billing_billline",
    "billing_bill",
    "billing_runaccount",
    "billing_entry",
    "billing_posting",
    "metering_readingchange",
    "messaging_message",
    "core_event",
)
# Rows that were there: the table, its key, what is changed, and of which rows.
CHANGED = (
    ("billing_billingaccount", "account_id", ("billed_until",), "true"),
    ("metering_reading", "id", ("state", "bill_number"), "state = 'billed'"),
)


def measure(args: Namespace) -> Iterator[Result]:
    """Bill all accounts of a company, then copy what came out of it into an equal database."""
    due = world.ensure_due(args.due)
    work_on(due)
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    copy(due, MADE)
    with connected_to(MADE):
        before = counts()
        began = time.monotonic()
        steps = run_all()
        taken = time.monotonic() - began
        after = counts()
        wrong = faults()
    say(f"  {steps}")
    copy(due, BARE)
    with connected_to(BARE):
        known = counts()
    with tempfile.TemporaryDirectory(prefix="qiao-run-") as folder:
        place = Path(folder)
        rows = written(MADE, BARE, NEW, place) | changed(MADE, CHANGED, place)
        drop(MADE)  # three databases of a million accounts would be too much for many a disk
        floor = copied(rows, BARE, place)
    with connected_to(BARE):
        bare = counts()
    grown = {
        table: after[table] - before[table] for table in after if after[table] > before[table]
    }
    left = {table: n for table, n in grown.items() if bare[table] - known[table] < n}
    say(f"  more rows than the floor: {left}")
    drop(BARE)
    bills = grown["billing_bill"]
    yield once(
        "run", taken, floor, limits=LIMITS, bills=bills, lines=grown["billing_billline"],
        entries=grown["billing_entry"], notices=grown.get("messaging_message", 0),
        held=round(1 - bills / max(1, grown["billing_runaccount"]), 4), wrong=wrong,
        per_second=round(bills / taken), **steps,
    )  # fmt: skip


def run_all() -> dict[str, float]:
    """Run the bills of the whole company; the seconds of each step."""
    from django.utils import timezone

    from qiao.billing.operations.run_jobs import issue_run, reckon_run
    from qiao.billing.operations.runs import NewRun, begin_run, decide, release_run
    from qiao.core.tests.deliveries import run_deliveries
    from qiao.core.transactions import acting
    from qiao.staff.queries import actor_by_number, company_id

    now, today = timezone.now(), timezone.localdate()
    clerk = actor_by_number(CLERK, day=today)
    new = NewRun(organisation_id=company_id(), until=today, issued_date=today, due_days=DUE_DAYS)
    steps, last = {}, time.monotonic()

    def note(step: str) -> None:
        nonlocal last
        steps[step] = round(time.monotonic() - last, 2)
        last = time.monotonic()

    with acting(clerk):
        run = begin_run(new, actor=clerk, now=now)
    note("begin")
    reckon_run(run_id=run.pk, actor=clerk)
    note("reckon")
    with acting(clerk):
        decide(run_id=run.pk, account_ids=None, release=True, actor=clerk, now=now)
        release_run(run_id=run.pk, issued_date=today, actor=clerk, now=now)
    note("decide")
    issue_run(run_id=run.pk, actor=clerk, now=now)
    note("issue")
    with acting(clerk):
        run_deliveries(most=100_000)
    note("tell")
    return steps


def counts() -> dict[str, int]:
    """How many rows each table has; those in months are reached as a whole."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('SELECT %L, count(*) FROM %I', relname, relname) FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND NOT relispartition"
            "   AND relnamespace = 'public'::regnamespace"
        )
        parts = " UNION ALL ".join(row[0] for row in cursor.fetchall())
        cursor.execute(parts)
        return dict(cursor.fetchall())


def faults() -> int:
    """Findings of the ledger's own audit."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM billing_audit()")
        return int(cursor.fetchone()[0])
