"""Kept counts equal COUNT(*), whatever happens at once and whoever is killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from qiao.cases import operations
from qiao.cases.models import Case
from qiao.cases.queries import kept_counts, list_cases
from qiao.cases.tests.world import NOW, a_case, pack_installed
from qiao.staff.tests.cast import Company, make_company

WORKERS = 4
CASES = 40
OPENED = 120
TRANSITIONS = 1_000
KILLS = 6

_DIFFERENCE = """
SELECT count(*) FROM (
    SELECT organisation_id, day, view, holder, sum(n) AS n FROM (
        SELECT organisation_id, day, view, holder, n FROM cases_casecount
        UNION ALL SELECT organisation_id, day, view, holder, n FROM cases_casecountchange) kept
     GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0) k
  FULL JOIN cases_recount() c USING (organisation_id, day, view, holder)
 WHERE k.n IS DISTINCT FROM c.n
"""


def _differences() -> int:
    """Views, days and holders of organisations whose kept count is not their COUNT(*)."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCE)
        (n,) = cursor.fetchone()
    return int(n)


def test_every_operation_keeps_the_counts_of_every_view(company: Company) -> None:
    case = a_case(company)
    about: dict[str, Any] = {"case_id": case.pk, "actor": company.agent, "now": NOW}
    operations.take_over(**about)
    assert _differences() == 0
    operations.change_priority(**about, priority="urgent")
    operations.pause(**about, reason="等待")
    operations.escalate(**about, reason="急")
    assert _differences() == 0
    operations.resume(**about)
    operations.take_action(**about, action="hand_over", given={})
    operations.fold_counts()
    operations.take_action(**about, action="done", given={"cause": "pipe"})
    operations.take_action(**about, action="satisfied", given={})
    assert _differences() == 0
    operations.take_action(**about, action="reopen", given={"reason": "又漏了"})
    assert _differences() == 0


def test_levels_that_turn_by_themselves_are_counted(company: Company) -> None:
    for _ in range(3):
        a_case(company)
    assert operations.refresh_levels(now=NOW + timedelta(hours=3)) == 3
    assert kept_counts(actor=company.agent)["late"] == 3
    assert _differences() == 0


def test_writers_fold_at_times_so_that_a_burst_leaves_few_changes(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")  # which of the writes fold
    for _ in range(OPENED):
        a_case(company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(n), 0) FROM cases_casecount WHERE view = 'open'")
        (folded,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM cases_casecountchange WHERE view = 'open'")
        (waiting,) = cursor.fetchone()
    assert folded + waiting == OPENED
    assert waiting < OPENED / 2
    assert _differences() == 0


class Workers:
    """Processes that change cases at random; each committed change is a line of their output."""

    def __init__(self, database: str) -> None:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}")
        self._environment = {**os.environ, "DATABASE_URL": urlunsplit(url), "QIAO_NO_POOL": "1"}
        self._running: list[subprocess.Popen[bytes]] = []
        self._done = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
        self._seed = 0

    def start(self) -> None:
        """Start one more."""
        self._seed += 1
        command = [sys.executable, "-m", "qiao.cases.tests.count_worker", str(self._seed)]
        started = subprocess.Popen(command, env=self._environment, stdout=self._done)
        self._running.append(started)

    def kill(self) -> None:
        """Kill one in the midst of what it does."""
        victim = self._running.pop(0)
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    @property
    def changes(self) -> int:
        """How many changes were committed so far."""
        return os.fstat(self._done.fileno()).st_size

    def alive(self) -> bool:
        """Whether none died by itself."""
        return all(process.poll() is None for process in self._running)


@pytest.mark.slow
def test_a_thousand_changes_at_once_with_kills_leave_the_counts_right(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as installed:
        with transaction.atomic():
            installed.enter_context(pack_installed(monkeypatch))
            company = make_company()
            for i in range(CASES):
                a_case(company, type_key=("water.leak", "water.bill")[i % 2])
        workers = Workers(own_database)
        for _ in range(WORKERS):
            workers.start()
        kills = 0
        while workers.changes < TRANSITIONS:
            assert workers.alive()
            time.sleep(0.5)
            with transaction.atomic():
                operations.fold_counts()
            if workers.changes > (kills + 1) * TRANSITIONS // (KILLS + 1):
                workers.kill()
                workers.start()
                kills += 1
        for _ in range(WORKERS):
            workers.kill()
        assert kills >= KILLS
        assert _differences() == 0
        for actor in (company.agent, company.colleague, company.chief, company.outsider):
            for view, count in kept_counts(actor=actor).items():
                rows = list_cases(actor=actor, now=NOW, view=view, limit=CASES).rows
                assert (view, count) == (view, len(rows))
        assert Case.objects.count() == CASES
