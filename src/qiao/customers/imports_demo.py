"""Files of the demo world that were taken in: one with refused rows, one that told more of known
customers, one that was taken back, and one that waits for somebody to decide."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask
from qiao.core.table_life import mapping_of
from qiao.customers.models import CustomerImport
from qiao.customers.operations.import_files import FILES, map_columns
from qiao.customers.operations.import_undoing import begin_undoing, undo_import
from qiao.customers.operations.importing import proposed_mapping, run_import, start_import
from qiao.customers.operations.sampling import HEADER as SAMPLED
from qiao.customers.operations.sampling import write_sample
from qiao.customers.rules.import_adding import ADD, LEAVE
from qiao.staff.queries import actor_by_number

SUPERVISOR: Final = "1008"
SHARE: Final = 0.01
FEWEST, MOST = 16, 240
KNOWN: Final = 12
HEADER: Final = ("户号", "户名", "联系电话", "用水地址", "开户日期", "性别")
_LARGEST: Final = """
SELECT organisation_id FROM customers_account WHERE organisation_id = ANY(%s)
 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""
_KNOWN_ONES: Final = """
SELECT a.number, c.name, p.number, w.full_text, a.opened_date
  FROM customers_account a
  JOIN customers_accountparty t
    ON t.account_id = a.id AND t.role = 'owner' AND upper_inf(t.period)
  JOIN customers_customer c ON c.id = t.customer_id AND c.merged_into_id IS NULL
  JOIN customers_customerphone p ON p.customer_id = c.id AND p.is_primary
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN customers_premises w ON w.id = s.premises_id
 WHERE a.organisation_id = %s AND a.status = 'active' AND a.closed_date IS NULL
   AND c.kind = 'person' AND a.id %% 2 = 1
 ORDER BY a.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Clerk:
    """Who takes files in, and for which branch."""

    actor: Actor
    unit: int


def build(world: World) -> None:
    """Three imports of the last days, and a file that was checked this morning."""
    actor = actor_by_number(SUPERVISOR, day=world.now.date())
    ((unit,),) = ask(_LARGEST, [list(actor.organisations("customers.import"))])
    clerk = _Clerk(actor, unit)
    rows = max(FEWEST, min(MOST, int(world.customers * SHARE)))
    with TemporaryDirectory() as place:
        folder = Path(place)
        _homes(world, clerk, folder / "城西新村移交住户.xlsx", rows)
        _mistake(world, clerk, folder / "抄表册2019（旧）.csv", rows // 2)
        _calls(world, clerk, folder / "电话回访核实结果.csv")
        _waiting(world, clerk, folder / "翠湖二期用户资料.xlsx", rows)


def _take(
    clerk: _Clerk,
    path: Path,
    now: datetime,
    *,
    header: Sequence[str] = SAMPLED,
    known: str = LEAVE,
) -> CustomerImport:
    mapping = proposed_mapping(organisation_id=clerk.unit, header=header)
    job = start_import(
        actor=clerk.actor, path=path, mapping=mapping, organisation_id=clerk.unit, now=now,
        known=known,
    )  # fmt: skip
    return run_import(
        actor=clerk.actor, import_id=job.pk, path=path, now=now + timedelta(minutes=1)
    )


def _homes(world: World, clerk: _Clerk, path: Path, rows: int) -> None:
    now = world.now - timedelta(days=6, hours=2)
    write_sample(path, rows=rows, faulty=5, seed=world.seed, today=now.date())
    _take(clerk, path, now)


def _calls(world: World, clerk: _Clerk, path: Path) -> None:
    """Second telephones, and days of opening that are not those of the register."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_ONES, [clerk.unit, KNOWN])
        known = cursor.fetchall()
    lines: list[Iterable[object]] = [HEADER]
    for place, (number, name, phone, address, opened) in enumerate(known):
        second = f"139571{56_000 + place * 37}" if place % 3 == 0 else ""
        day = opened - timedelta(days=31) if place % 5 == 4 else opened
        phones = f"{phone}、{second}" if second else phone
        lines.append((number, name, phones, address, day, ""))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    _take(clerk, path, world.now - timedelta(days=1, hours=3), header=HEADER, known=ADD)


def _mistake(world: World, clerk: _Clerk, path: Path, rows: int) -> None:
    """The wrong file, taken back a quarter of an hour later."""
    now = world.now - timedelta(days=3, hours=4)
    write_sample(path, rows=rows, seed=world.seed + 1, today=now.date(), first=500_000)
    job = _take(clerk, path, now)
    begin_undoing(actor=clerk.actor, import_id=job.pk)
    undo_import(actor=clerk.actor, import_id=job.pk, now=now + timedelta(minutes=15))


def _waiting(world: World, clerk: _Clerk, path: Path, rows: int) -> None:
    now = world.now - timedelta(minutes=40)
    write_sample(path, rows=rows, faulty=3, seed=world.seed + 2, today=now.date(), first=700_000)
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    file = FILES.receive(actor=clerk.actor, organisation_id=clerk.unit, upload=upload, now=now)
    map_columns(actor=clerk.actor, file_id=file.pk, mapping=mapping_of(file))
    FILES.run_check(actor=clerk.actor, file_id=file.pk, now=now)


_FIGURES = """
SELECT count(*) FILTER (WHERE state = 'done' AND refused_count > 0),
       count(*) FILTER (WHERE state = 'done' AND added_count > 0 AND differing_count > 0),
       count(*) FILTER (WHERE state = 'rolled_back' AND kept_count = 0),
       (SELECT count(*) FROM customers_importfile WHERE state = 'checked')
  FROM customers_customerimport
"""


def audit() -> Sequence[Finding]:
    """Whether there is one of each kind."""
    ((refused, added, back, waiting),) = ask(_FIGURES)
    return [
        Finding("imports with refused rows", str(refused), "some", refused > 0),
        Finding("imports that added to known customers", str(added), "some", added > 0),
        Finding("imports taken back whole", str(back), "some", back > 0),
        Finding("files that wait to be started", str(waiting), "some", waiting > 0),
    ]
