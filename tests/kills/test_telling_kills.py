"""Workers that tell the reports of a main case are killed at many points: nobody is told twice,
nobody is forgotten."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.utils import timezone

from qiao.cases.definitions import case_types
from qiao.cases.models import AlikeNotice, AlikeParent, AlikeReport, Case, CaseEvent
from qiao.cases.operations import (
    Cause,
    OpenRequest,
    broadcast,
    end_reports,
    install_packs,
    join_reports,
    make_parent,
    open_case,
)
from qiao.core.demo_facts import sample_facts
from qiao.core.packs.enabled import catalogue
from qiao.core.transactions import acting
from qiao.customers.tests.factories import make_customer
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.tests.cast import Company, make_company

ROOT = Path(__file__).parents[2]
REACHED, UNKNOWN, KILLS = 110, 10, 6
pytestmark = pytest.mark.slow


def a_report(company: Company, number: int, *, known: bool) -> Case:
    """A report of no water, by somebody who can be written to or by nobody who is known."""
    now, actor = timezone.now(), company.agent
    customer = None
    if known:
        customer = make_customer(actor, name=f"客户{number}", now=now)
        add_email(customer_id=customer.pk, address=f"c{number}@example.com", actor=actor, now=now)
    kind = case_types()["water.small_leak"]
    return open_case(
        request=OpenRequest(
            type_key=kind.key,
            organisation_id=company.lake.pk,
            title=f"漏水 {number}",
            channel="phone",
            area="339102",
            customer_id=customer.pk if customer else None,
            facts=sample_facts(kind.fields, Random(number), ["漏水"]),
        ),
        actor=actor,
        now=now,
    )


def main_case() -> tuple[Company, int]:
    """A main case with its reports."""
    now = timezone.now()
    with acting(None):
        install_packs(catalogue=catalogue(), now=now - timedelta(days=800))
        company = make_company()
        parent = a_report(company, 0, known=False)
        cause = Cause("supply", "339102", now, "爆管")
        make_parent(case_id=parent.pk, cause=cause, actor=company.chief, now=now)
        reports = [
            a_report(company, n + 1, known=n < REACHED).pk for n in range(REACHED + UNKNOWN)
        ]
        join_reports(parent_id=parent.pk, case_ids=reports, actor=company.chief, now=now)
    return company, parent.pk


def told_by_dying_workers(database: str, log_path: Path, rng: Random) -> int:
    """Let workers tell until nothing waits; how many of them died."""
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}"
    }  # fmt: skip
    died = 0
    with log_path.open("ab") as log:
        for _ in range(4 * KILLS):
            statement = rng.randrange(1, 90) if died < KILLS else 0
            words = [sys.executable, "-m", "tests.kills.teller", str(statement)]
            code = subprocess.run(
                words, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode
            died += code == -signal.SIGKILL
            if code == 0 and not AlikeNotice.objects.filter(done_at__isnull=True).exists():
                break
    return died


def check(parent_id: int, notice: AlikeNotice) -> None:
    """Every report was told once, or is counted once as one that could not be told."""
    notice.refresh_from_db()
    reports = AlikeReport.objects.filter(parent=parent_id)
    assert Counter(reports.values_list("told", flat=True)) == {
        "queued": REACHED, "no_customer": UNKNOWN
    }  # fmt: skip
    assert (notice.waiting_count, notice.missed_count) == (REACHED, UNKNOWN)
    said = CaseEvent.objects.filter(kind="answer", data__notice=notice.pk)
    assert Counter(Counter(said.values_list("case_id", flat=True)).values()) == {1: REACHED}


def test_a_main_case_tells_and_ends_its_reports_once_whoever_dies(
    own_database: str, tmp_path: Path
) -> None:
    company, parent_id = main_case()
    log, rng = tmp_path / "runs.log", Random(11)
    with acting(None):
        news = broadcast(
            parent_id=parent_id, text="预计 12 点恢复", actor=company.chief, now=timezone.now()
        )
    died = told_by_dying_workers(own_database, log, rng)
    assert died == KILLS, log.read_text()[-2_000:]
    check(parent_id, news)
    with acting(None):
        over = end_reports(
            parent_id=parent_id, text="已恢复供水", actor=company.chief, now=timezone.now()
        )
    died = told_by_dying_workers(own_database, log, rng)
    assert died == KILLS, log.read_text()[-2_000:]
    check(parent_id, over)
    written = Message.objects.filter(kind="broadcast")
    assert Counter(Counter(written.values_list("subject_id", flat=True)).values()) == {2: REACHED}
    ended = CaseEvent.objects.filter(kind="closed", case__parent=parent_id)
    once = Counter(Counter(ended.values_list("case_id", flat=True)).values())
    assert once == {1: REACHED + UNKNOWN}
    assert AlikeParent.objects.get(case=parent_id).state == AlikeParent.State.CLOSED
    assert not Case.objects.filter(parent=parent_id, closed_at__isnull=True).exists()
