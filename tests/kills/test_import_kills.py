"""An import that is killed again and again ends as one that was not; so does taking it back."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction

from qiao.core.rules import identity
from qiao.core.transactions import acting
from qiao.customers.models import CustomerIdentity, CustomerImport
from qiao.customers.operations import import_reading, import_undoing
from qiao.customers.operations.import_undoing import begin_undoing
from qiao.customers.queries.identities import opened
from qiao.staff.tests.cast import make_company
from tests.kills import importer

ROOT = Path(__file__).parents[2]
HEADER = "户号,户名,联系电话,用水地址,水表编号,开户日期,身份证号"
Run = Callable[..., int]


def id_number(rng: Random) -> str:
    """A resident's number whose check character is right."""
    born = date(1950 + rng.randrange(50), 1 + rng.randrange(12), 1 + rng.randrange(28))
    body = f"330106{born:%Y%m%d}{rng.randrange(1000):03d}"
    return next(f"{body}{last}" for last in "0123456789X" if _is_number(f"{body}{last}"))


def _is_number(text: str) -> bool:
    try:
        identity.read_resident_id(text, today=date(2026, 11, 20))
    except identity.BadIdentity:
        return False
    return True


def write(path: Path, rows: int, *, bare: bool = False) -> None:
    """People of whom some come twice, some share a place, and some rows are faulty.

    Bare, only half of them with little that is known of each.
    """
    rng = Random(11)
    people = [(f"王{'伟芳娜敏静丽强磊军洋'[n % 10]}{n}", id_number(rng)) for n in range(rows)]
    lines = [HEADER]
    for n in range(0, rows, 2 if bare else 1):
        name, number = people[n if n % 9 else n // 2]
        phone = "12" if n % 31 == 0 else f"1380571{n:04d}"
        place = f"滨湖区柳荫路{n // 3}号1幢{n % 3}室" if n % 7 else "滨湖区柳荫路1号"
        opened = f"2019-03-{1 + n % 28:02d}"
        if bare:
            lines.append(f"1002{n:06d},{name},{phone},{place if n % 4 else ''},,{opened},")
        else:
            lines.append(f"1002{n:06d},{name},{phone},{place},W-{n:08d},{opened},{number}")
    path.write_text("\n".join(lines) + "\n")


TABLES = {
    "customers": "SELECT name, kind, gender, tier, flags::text, name_search, pinyin,"
    " merged_into_id FROM customers_customer",
    "phones": "SELECT c.name, p.number, p.extension, p.digits, p.kind, p.is_primary"
    " FROM customers_customerphone p JOIN customers_customer c ON c.id = p.customer_id",
    "links": "SELECT c.name, l.organisation_id, l.through_merge_of"
    " FROM customers_customerorganisation l JOIN customers_customer c ON c.id = l.customer_id",
    "accounts": "SELECT a.number, a.service, a.use, a.organisation_id, a.status, a.opened_date,"
    " c.name, t.role, t.period::text, s.meter_number, s.service, s.status, w.full_text, w.region"
    " FROM customers_account a JOIN customers_accountparty t ON t.account_id = a.id"
    " JOIN customers_customer c ON c.id = t.customer_id"
    " LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id"
    " LEFT JOIN customers_premises w ON w.id = s.premises_id",
    "points": "SELECT meter_number, meter_size, service, status FROM customers_servicepoint",
    "meters": "SELECT meter_number, period::text FROM customers_meterinstallation",
    "premises": "SELECT full_text, search, region, community FROM customers_premises",
    "rows": "SELECT r.row_number, r.outcome, c.name, a.number, r.is_new_customer,"
    " r.is_new_account, r.faults::text FROM customers_importedrow r"
    " LEFT JOIN customers_customer c ON c.id = r.customer_id"
    " LEFT JOIN customers_account a ON a.id = r.account_id WHERE r.customer_import_id ="
    " (SELECT max(id) FROM customers_customerimport)",
    "places": "SELECT kind, count(*) FROM customers_importedplace WHERE customer_import_id ="
    " (SELECT max(id) FROM customers_customerimport) GROUP BY kind",
    "additions": "SELECT x.row_number, x.kind, c.name, x.is_own FROM customers_importaddition x"
    " LEFT JOIN customers_customer c ON c.id = x.customer_id WHERE x.customer_import_id ="
    " (SELECT max(id) FROM customers_customerimport)",
    "counts": "SELECT state, read_count, added_count, differing_count, created_count, known_count,"
    " refused_count FROM customers_customerimport ORDER BY id DESC LIMIT 1",
}


def everything() -> dict[str, Counter[Any]]:
    """All that an import writes, ids, numbers of our own and moments aside."""
    found: dict[str, Counter[Any]] = {}
    with connection.cursor() as cursor:
        for name, sql in TABLES.items():
            cursor.execute(sql)
            found[name] = Counter(cursor.fetchall())
    found["identities"] = Counter(
        (row.customer.name, row.kind, row.hint, opened(row))
        for row in CustomerIdentity.objects.select_related("customer")
    )
    return found


@pytest.fixture
def run(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one process on the test's own database; its exit code."""
    # What runs in this process has such batches too.
    for module in (import_reading, import_undoing):
        monkeypatch.setattr(module, "BATCH", importer.BATCH)
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}",
    }  # fmt: skip

    def once(what: str, path: Path, statement: int = 0) -> int:
        words = [sys.executable, "-m", "tests.kills.importer", what, str(path), str(statement)]
        with (tmp_path / "runs.log").open("ab") as log:
            return subprocess.run(
                words, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode

    return once


def killed_run(run: Run, what: str, path: Path, *, kills: int, rng: Random, reach: int) -> int:
    """Run, and be killed, `kills` times at most; then run to the end. How often it was killed."""
    died = 0
    for _ in range(kills):
        code = run(what, path, rng.randint(3, reach))
        if code == 0:
            return died
        assert code == -signal.SIGKILL
        died += 1
    assert run(what, path) == 0
    return died


def check(run: Run, path: Path, *, rows: int, kills: int, reach: int, undo_kills: int) -> None:
    """Killed in, back out, in once more in peace: the same."""
    with transaction.atomic():
        actor = make_company().agent
    base = path.with_stem("base")
    if path.stem.endswith("-add"):
        write(base, rows, bare=True)
        importer.main("take", base, 0)
    write(path, rows)
    before = everything()
    rng = Random(962)
    assert killed_run(run, "take", path, kills=kills, rng=rng, reach=reach) == kills
    killed = everything()
    assert next(iter(killed["counts"]))[:2] == ("done", rows)
    with acting(actor):
        begin_undoing(actor=actor, import_id=CustomerImport.objects.latest("id").pk)
    if undo_kills:
        died = killed_run(run, "undo", path, kills=undo_kills, rng=rng, reach=reach)
        assert died == undo_kills
    else:
        importer.main("undo", path, 0)
    emptied = everything()
    left = ("rows", "places", "additions", "counts")
    for table in before.keys() - left:
        assert emptied[table] == before[table], table
    importer.main("take", path, 0)
    assert CustomerImport.objects.exclude(file_name=base.name).count() == 2
    assert everything() == killed


def test_an_import_killed_twice_is_whole(run: Run, tmp_path: Path) -> None:
    check(run, tmp_path / "users.csv", rows=200, kills=2, reach=40, undo_kills=0)


def test_an_import_that_adds_to_known_customers_and_is_killed_is_whole(
    run: Run, tmp_path: Path
) -> None:
    check(run, tmp_path / "users-add.csv", rows=160, kills=2, reach=50, undo_kills=1)


@pytest.mark.slow
def test_adding_to_known_customers_killed_at_twenty_points_is_whole(
    run: Run, tmp_path: Path
) -> None:
    check(run, tmp_path / "users-add.csv", rows=2_400, kills=20, reach=80, undo_kills=12)


@pytest.mark.slow
def test_an_import_killed_at_twenty_points_is_whole(run: Run, tmp_path: Path) -> None:
    check(run, tmp_path / "users.csv", rows=2_400, kills=20, reach=60, undo_kills=8)
