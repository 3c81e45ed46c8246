"""Kill -9 of clerks, worker and database in the middle of everything: nothing lost or doubled."""

import base64
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from qiao.config import postgres

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SECONDS, MOST_SECONDS = 100, 400
MOVES = 1_000
CLERKS = 3


class Scene:
    """A database of its own with clerks and a worker, any of which may be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        keys = {"QIAO_HOME": str(home), "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}"}
        gone = {"DATABASE_URL", "DATABASE_OWNER_URL", "QIAO_EMBEDDED", "QIAO_DEMO"}
        self.environment = {k: v for k, v in os.environ.items() if k not in gone} | keys
        key = base64.b64encode(bytes(32)).decode()
        self.environment |= {"QIAO_SECRET_KEY": "x" * 40, "QIAO_FIELD_KEY": key}
        self.children: list[subprocess.Popen[bytes]] = []
        self.number = 0
        postgres.start(home)
        self.environment["DATABASE_URL"] = postgres.app_url(home)
        self.environment["DATABASE_OWNER_URL"] = postgres.owner_url(home)

    def run(self, *words: str, owner: bool = False) -> None:
        """Run a Python module to its end."""
        environment = dict(self.environment)
        if owner:
            environment["DATABASE_URL"] = environment["DATABASE_OWNER_URL"]
        subprocess.run([sys.executable, "-m", *words], env=environment, cwd=ROOT, check=True)

    def start(self, *words: str) -> None:
        """Start a Python module that runs until killed."""
        log = (self.home / "children.log").open("ab")
        self.children.append(
            subprocess.Popen(
                [sys.executable, "-m", *words], env=self.environment, cwd=ROOT,
                stdout=log, stderr=log,
            )
        )  # fmt: skip

    def clerk(self) -> None:
        """Start one more clerk with a log of its own."""
        self.number += 1
        log = self.home / f"confirmed-{self.number}.log"
        self.start("tests.kills.clerk", "work", str(self.number), str(log))

    def kill_one(self, rng: Random) -> None:
        """Kill a child at random and start another in its place."""
        child = rng.choice(self.children)
        is_worker = child is self.children[0]
        child.kill()
        child.wait()
        self.children.remove(child)
        if is_worker:
            self.start("qiao.config.cli", "worker")
            self.children.insert(0, self.children.pop())
        else:
            self.clerk()

    def revive(self) -> None:
        """Start what died with the database, as the supervisor of an installation does."""
        for place, child in enumerate(self.children):
            if child.poll() is not None:
                if place == 0:
                    self.start("qiao.config.cli", "worker")
                else:
                    self.clerk()
                self.children[place] = self.children.pop()

    def kill_database(self) -> None:
        """Kill the postmaster and start the server again."""
        pid = int((self.home / "pg" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        postgres.start(self.home)

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """One query as the owner."""
        with psycopg.connect(postgres.owner_url(self.home), autocommit=True) as connection:
            return connection.execute(question).fetchall()

    def confirmed(self) -> list[tuple[int, int]]:
        """Case and length of its history, for every move that the database confirmed."""
        lines = [
            line.split()
            for log in self.home.glob("confirmed-*.log")
            for line in log.read_text().split("\n")[:-1]
        ]
        return [(int(case), int(count)) for case, count in lines]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="q", ignore_cleanup_errors=True) as folder:
        place = Scene(Path(folder))
        try:
            place.run("qiao.config.cli", "migrate", "--quiet")
            place.run("tests.kills.clerk", "prepare", owner=True)
            yield place
        finally:
            for child in place.children:
                child.kill()
                child.wait()
            postgres.stop(place.home)


def test_nothing_is_lost_or_doubled_when_anything_is_killed(scene: Scene) -> None:
    rng = Random(7)
    scene.start("qiao.config.cli", "worker")
    for _ in range(CLERKS):
        scene.clerk()
    began = time.monotonic()
    turn = 0
    while not _is_enough(scene, time.monotonic() - began):
        time.sleep(3)
        turn += 1
        scene.revive()
        if turn % 4 == 0:
            scene.kill_database()
        else:
            scene.kill_one(rng)
    for clerk in scene.children[1:]:
        clerk.kill()
        clerk.wait()
    del scene.children[1:]
    _wait_for_jobs(scene)
    _check(scene)


def _is_enough(scene: Scene, seconds: float) -> bool:
    """A slow machine takes longer over as many moves."""
    done = seconds >= SECONDS and len(scene.confirmed()) >= MOVES
    return done or seconds >= MOST_SECONDS


def _wait_for_jobs(scene: Scene) -> None:
    """Until the worker has done all, those of killed workers too, which others take over."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        scene.revive()
        ((waiting,),) = scene.ask(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') AND task_name = 'core.deliver'"
        )
        if waiting == 0:
            return
        time.sleep(2)
    raise AssertionError(f"{waiting} jobs are still open")


def _check(scene: Scene) -> None:
    confirmed = scene.confirmed()
    assert len(confirmed) >= MOVES
    longest: dict[int, int] = {}
    for case, count in confirmed:
        longest[case] = max(longest.get(case, 0), count)
    kept = dict(scene.ask("SELECT id, event_count FROM cases_case"))
    lost = {case for case, count in longest.items() if int(str(kept.get(case, 0))) < count}
    assert lost == set()
    nothing: dict[str, str] = {
        "histories without gaps or doubles": (
            "SELECT c.id FROM cases_case c LEFT JOIN cases_caseevent e ON e.case_id = c.id"
            " GROUP BY c.id HAVING count(e.id) <> c.event_count OR max(e.seq) <> c.event_count"
        ),
        "kept counts are COUNT(*)": (
            "WITH kept AS (SELECT organisation_id, day, view, holder, pack, sum(n) AS n FROM"
            " (SELECT organisation_id, day, view, holder, pack, n FROM cases_casecount UNION ALL"
            "  SELECT organisation_id, day, view, holder, pack, n FROM cases_casecountchange) u"
            " GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0)"
            " (SELECT * FROM kept EXCEPT SELECT organisation_id, day, view, holder, pack, n"
            "  FROM cases_recount()) UNION ALL"
            " (SELECT organisation_id, day, view, holder, pack, n FROM cases_recount()"
            "  EXCEPT SELECT * FROM kept)"
        ),
        "each event was delivered once": (
            "SELECT key FROM core_idempotencykey WHERE scope LIKE 'event:%'"
            " GROUP BY scope, key HAVING count(*) > 1"
        ),
        "no delivery failed for good": (
            "SELECT id, task_name, attempts, args FROM procrastinate_jobs WHERE status = 'failed'"
        ),
        "one work order a visit to the step": (
            "SELECT case_id FROM dispatch_workorder WHERE state <> 'cancelled'"
            " GROUP BY case_id, entered_seq HAVING count(*) > 1"
        ),
        "waiting cases have their work order": (
            "SELECT d.case_id FROM cases_caseduty d JOIN cases_case c ON c.id = d.case_id"
            " WHERE d.duty = 'work_order' AND d.done_at IS NULL AND c.closed_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM dispatch_workorder w WHERE w.case_id = d.case_id)"
            " AND EXISTS (SELECT 1 FROM cases_caseevent e WHERE e.case_id = d.case_id"
            "   AND e.seq = d.entered_seq AND e.data ->> 'step' = c.step)"
        ),
    }
    for name, question in nothing.items():
        assert scene.ask(question) == [], name
