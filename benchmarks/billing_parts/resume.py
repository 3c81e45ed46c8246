"""A run of bills whose worker is killed in the middle: how much of the work is done twice.

Both jobs of the run are killed once, by the hardest signal, when about half of their accounts are
done, and begun again. Work that was done twice is what both processes did beyond what there was to
do; nothing may be missing afterwards, and nobody is billed twice.
"""

import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from customers_parts.world import copy
from measuring.databases import connected_to, drop, environment_of, set_up, work_on
from measuring.timing import Limits, Result, once

from billing_parts import world
from billing_parts.run import CLERK, DUE_DAYS, faults

MADE = "billing_resume"
WORKER = Path(__file__).with_name("worker.py")
LIMITS = Limits(most={"repeated": 0.05, "wrong": 0, "left": 0, "doubled": 0})


def measure(args: Namespace) -> Iterator[Result]:
    """Kill each of the two jobs once."""
    due = world.ensure_due(args.due)
    work_on(due)
    os.environ["QIAO_NO_POOL"] = "1"
    set_up()
    copy(due, MADE)
    with connected_to(MADE):
        from django.db import connections

        run_id, accounts = _begin()
        connections.close_all()
        seconds, reckoned = _killed("reckon", run_id, accounts)
        _release(run_id)
        connections.close_all()
        more, issued = _killed("issue", run_id, accounts)
        wrong, left, doubled, bills = _found(run_id)
    drop(MADE)
    repeated = max(0, reckoned + issued - 2 * accounts) / (2 * accounts)
    yield once(
        "resume", seconds + more, limits=LIMITS, accounts=accounts, bills=bills,
        repeated=round(repeated, 4), wrong=wrong, left=left, doubled=doubled,
    )  # fmt: skip


def _begin() -> tuple[int, int]:
    from django.utils import timezone

    from qiao.billing.operations.runs import NewRun, begin_run
    from qiao.core.transactions import acting
    from qiao.staff.queries import actor_by_number, company_id

    today = timezone.localdate()
    clerk = actor_by_number(CLERK, day=today)
    new = NewRun(organisation_id=company_id(), until=today, issued_date=today, due_days=DUE_DAYS)
    with acting(clerk):
        run = begin_run(new, actor=clerk, now=timezone.now())
    return run.pk, run.total_count


def _release(run_id: int) -> None:
    from django.utils import timezone

    from qiao.billing.operations.runs import decide, release_run
    from qiao.core.transactions import acting
    from qiao.staff.queries import actor_by_number

    now, today = timezone.now(), timezone.localdate()
    clerk = actor_by_number(CLERK, day=today)
    with acting(clerk):
        decide(run_id=run_id, account_ids=None, release=True, actor=clerk, now=now)
        release_run(run_id=run_id, issued_date=today, actor=clerk, now=now)


def _killed(job: str, run_id: int, accounts: int) -> tuple[float, int]:
    """Run a job, kill it at the middle, run it to its end: seconds, and accounts that both did."""
    began = time.monotonic()
    first = _worker(job, run_id)
    done = 0
    assert first.stdout is not None
    for line in first.stdout:
        done += int(line)
        if done >= accounts // 2:
            break
    first.send_signal(signal.SIGKILL)
    done += sum(int(line) for line in first.stdout)
    first.wait()
    second = _worker(job, run_id)
    assert second.stdout is not None
    done += sum(int(line) for line in second.stdout)
    if second.wait():
        raise RuntimeError(f"the {job} job failed")
    return time.monotonic() - began, done


def _worker(job: str, run_id: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(WORKER), job, str(run_id), CLERK],
        env=environment_of(MADE) | {"QIAO_NO_POOL": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def _found(run_id: int) -> tuple[int, int, int, int]:
    """Findings of the ledger's audit, accounts that wait still, accounts with two bills, bills."""
    from django.db import connection

    from qiao.billing.models import Bill, RunAccount

    waiting = RunAccount.objects.filter(run=run_id, state__in=["due", "reckoned", "ready"]).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT account_id FROM billing_bill WHERE state = 'issued'"
            " GROUP BY 1 HAVING count(*) > 1) x"
        )
        (doubled,) = cursor.fetchone()
    return faults(), waiting, int(doubled), Bill.objects.count()
