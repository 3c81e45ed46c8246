"""A run of bills that is killed again and again bills as one that was not: all, once, the same."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from qiao.billing.models import BillRun, Tariff
from qiao.billing.operations import run_jobs, runs
from qiao.billing.tests.lives import NOW, a_tariff, audit
from qiao.billing.tests.reading import a_read_account, read_again
from qiao.core.actor import Actor
from qiao.core.transactions import acting
from qiao.staff.tests.cast import make_company
from tests.kills import biller

ROOT = Path(__file__).parents[2]
FIRST, SECOND, THIRD = date(2026, 6, 1), date(2026, 8, 1), date(2026, 10, 1)
Job = Callable[[int, int], int]
SQL = {
    "bills": "SELECT t.n, b.kind, b.state, b.start_date, b.end_date, b.issued_date, b.due_date,"
    " b.total_minor, b.usage, b.facts::text FROM billing_bill b"
    " JOIN twins t ON t.id = b.account_id WHERE b.organisation_id = %(unit)s",
    "lines": "SELECT t.n, l.place, l.charge, l.owner, l.quantity, l.price, l.minor"
    " FROM billing_billline l JOIN billing_bill b ON b.id = l.bill_id"
    " JOIN twins t ON t.id = b.account_id WHERE b.organisation_id = %(unit)s",
    "entries": "SELECT t.n, p.event, p.booked_date, e.ledger, e.minor, e.owner, e.kind, e.charge"
    " FROM billing_entry e JOIN billing_posting p ON p.id = e.posting_id"
    " LEFT JOIN twins t ON t.id = e.account_id WHERE p.organisation_id = %(unit)s",
    "standings": "SELECT t.n, s.ledger, s.owner, s.kind, s.minor FROM billing_standing s"
    " JOIN twins t ON t.id = s.account_id",
    "readings": "SELECT t.n, r.read_date, r.value, r.state FROM metering_reading r"
    " JOIN customers_account a ON a.service_point_id = r.service_point_id"
    " JOIN twins t ON t.id = a.id",
    "accounts": "SELECT t.n, r.state, r.code, r.findings::text, r.days, r.usage, r.usual,"
    " r.minor FROM billing_runaccount r JOIN twins t ON t.id = r.account_id",
    "runs": "SELECT 0, state, total_count, ready_count, outlier_count, held_count, aside_count,"
    " issued_count, ready_minor, issued_minor FROM billing_billrun"
    " WHERE organisation_id = %(unit)s",
}


def everything(accounts: Sequence[int], unit: int) -> dict[str, Counter[Any]]:
    """All that billing wrote about these accounts: each by its place, ids and moments aside."""
    twins = "WITH twins AS (SELECT * FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS t (id, n)) "
    found = {}
    with connection.cursor() as cursor:
        for name, sql in SQL.items():
            cursor.execute(twins + sql, {"ids": accounts, "unit": unit})
            found[name] = Counter(cursor.fetchall())
    return found


def accounts_of(actor: Actor, count: int, tariff: Tariff) -> list[int]:
    """Accounts that were read three times: some jump, some were not read at the end."""
    rng = Random(7)
    found = []
    for n in range(count):
        used = rng.randrange(8, 40)
        values = {FIRST: "100", SECOND: str(100 + used)}
        account, point, meter = a_read_account(actor, values=values, tariff=tariff)
        if n % 5:
            more = used * 8 if n % 7 == 3 else used + 2
            read_again(actor, point, meter, {THIRD: str(100 + used + more)})
        found.append(account)
    return found


@pytest.fixture
def job(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Runs the job in a process of its own, which may kill itself; its exit code."""
    for name in ("BATCH", "JUDGED"):
        monkeypatch.setattr(run_jobs, name, biller.BATCH)
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}",
    }  # fmt: skip

    def once(run_id: int, statement: int) -> int:
        words = [sys.executable, "-m", "tests.kills.biller", str(run_id), str(statement)]
        with (tmp_path / "runs.log").open("ab") as log:
            return subprocess.run(
                words, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode

    return once


def bill(actor: Actor, until: date, job: Job, kills: int, rng: Random) -> int:
    """A run from its first account to its last bill; how often its jobs were killed."""
    died = 0
    with acting(actor):
        new = runs.NewRun(actor.organisation_id, until, until, 20)
        run = runs.begin_run(new, actor=actor, now=NOW)
    for step in ("reckoning", "issuing"):
        for _ in range(kills):
            code = job(run.pk, rng.randint(2, 60))
            if code == 0:
                break
            assert code == -signal.SIGKILL
            died += 1
        run.refresh_from_db()
        if run.state == step:
            assert job(run.pk, 0) == 0
        if step == "reckoning":
            with acting(actor):
                runs.release_run(run_id=run.pk, issued_date=until, actor=actor, now=NOW)
    run.refresh_from_db()
    assert run.state == "issued"
    return died


def check(job: Job, *, accounts: int, kills: int, least: int) -> None:
    """Two branches alike: one is billed in peace, the other is killed."""
    with transaction.atomic():
        company = make_company()
        tariff = a_tariff()
        killed = accounts_of(company.agent, accounts, tariff)
        spared = accounts_of(company.outsider, accounts, tariff)
    rng = Random(2026)
    died = sum(bill(company.agent, until, job, kills, rng) for until in (SECOND, THIRD))
    assert died >= least
    for until in (SECOND, THIRD):
        bill(company.outsider, until, job, 0, rng)
    one = everything(killed, company.lake.pk)
    assert one == everything(spared, company.river.pk)
    assert sum(one["bills"].values()) > accounts
    assert {row[1] for row in one["accounts"]} == {"issued", "aside", "held"}
    assert not audit()
    debits = sum(row[4] * n for row, n in one["entries"].items())
    assert debits == 0
    assert all(isinstance(row[8], Decimal) for row in one["bills"])
    assert BillRun.objects.filter(state="issued").count() == 4


def test_a_run_killed_four_times_bills_the_same(job: Job) -> None:
    check(job, accounts=9, kills=1, least=3)


@pytest.mark.slow
def test_a_run_killed_at_twenty_points_bills_the_same(job: Job) -> None:
    check(job, accounts=40, kills=10, least=20)
