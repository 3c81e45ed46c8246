"""A log of another system is taken in: read, decided, written with histories, by batches.

Measured is what the job does from its start to the last row. The floor copies as many cases,
histories and sources, with the same columns, into the same tables under the same indexes and
triggers, in batches of the same size; it reads no file and decides nothing.
"""

import csv
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from customers_parts.world import copy
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from measuring.databases import connected_to, say
from measuring.timing import Limits, Result, once

from cases_parts.world import ensure
from qiao.cases.models import CaseIntake
from qiao.cases.operations import intake_files as files
from qiao.cases.operations.intake_runs import start_intake
from qiao.core.transactions import acting
from qiao.staff.queries import actor_by_number

LIMITS = Limits(ratio=3, most={"refused": 0})
TAKEN_IN = "cases_intake"
MINUTES = 1_100_000  # from the first row to the last: two years
BATCH = 2_000
DESK = 2_000  # cases that were there before
ADMINISTRATOR = "9001"
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
HEADER = (
    "工单编号",
    "受理时间",
    "办结时间",
    "诉求类型",
    "细类",
    "状态",
    "地址",
    "诉求内容",
    "处理结果",
)
_CASES = """
INSERT INTO cases_case
SELECT r.*
  FROM (SELECT y.c, nextval(pg_get_serial_sequence('cases_case', 'id')) AS id
          FROM (SELECT c FROM cases_case c JOIN cases_casesource s ON s.case_id = c.id
                 WHERE s.intake_id = %(intake)s AND c.id > %(after)s AND c.id <= %(last)s
                 ORDER BY c.id LIMIT %(batch)s) AS y) AS x
 CROSS JOIN LATERAL jsonb_populate_record(
       x.c, jsonb_build_object('id', x.id, 'number', 'F' || (x.c).number)) AS r
RETURNING id, number
"""
_EVENTS = """
INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT n.id, e.seq, e.kind, e.at, e.recorded_at, e.actor_id, e.visibility, e.data
  FROM unnest(%(ids)s::bigint[], %(of)s::text[]) AS n (id, number)
  JOIN cases_case c ON c.number = n.number JOIN cases_caseevent e ON e.case_id = c.id
"""
_SOURCES = """
INSERT INTO cases_casesource
SELECT r.*
  FROM unnest(%(ids)s::bigint[], %(of)s::text[]) AS n (id, number)
  JOIN cases_case c ON c.number = n.number JOIN cases_casesource s ON s.case_id = c.id
 CROSS JOIN LATERAL jsonb_populate_record(
       s, jsonb_build_object('case_id', n.id, 'number', 'F' || s.number)) AS r
"""
_LAST = "SELECT max(id) FROM cases_case WHERE number = ANY(%s)"


def measure(rows: int) -> Iterator[Result]:
    """Take a log of so many rows in, and copy it beside."""
    copy(ensure(DESK), TAKEN_IN)
    with connected_to(TAKEN_IN):
        began = time.perf_counter()
        job = _checked(rows)
        say(f"{rows} rows read and checked in {time.perf_counter() - began:.1f} s")
        seconds = _take(job)
        job.refresh_from_db()
        floor = _floor(job)
        say(f"{rows} rows in {seconds:.1f} s, the floor in {floor:.1f} s")
        yield once(
            "a log taken in",
            seconds,
            floor,
            limits=LIMITS,
            rows=job.created_count,
            refused=job.refused_count,
            rows_a_second=round(job.created_count / seconds),
        )


def _checked(rows: int) -> CaseIntake:
    actor = actor_by_number(ADMINISTRATOR, day=NOW.date())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        _write(path, rows)
        upload = SimpleUploadedFile("log.csv", path.read_bytes())
        job = files.receive_log(
            actor=actor,
            organisation_id=actor.organisation_id,
            source="bench",
            upload=upload,
            now=NOW,
        )
    files.LOGS.run_reading(actor=actor, file_id=job.pk)
    job.refresh_from_db()
    mapping = {int(column): key for column, key in job.mapping.items()}
    with acting(actor):
        files.name_columns(actor=actor, intake_id=job.pk, mapping=mapping, settings=job.settings)
    return files.LOGS.run_check(actor=actor, file_id=job.pk, now=NOW)


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for n in range(rows):
            minutes = MINUTES * n // rows
            opened = datetime(2024, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=minutes)
            closed = opened + timedelta(minutes=30 + n % 3_000)
            is_open = n % 10 == 0
            writer.writerow(
                (
                    f"B{n:07d}", f"{opened:%Y-%m-%d %H:%M:%S}",
                    "" if is_open else f"{closed:%Y-%m-%d %H:%M:%S}", f"类型{n % 40}",
                    f"细类{n % 7}", "办理中" if is_open else "已办结", f"学院路{n % 900}号",
                    f"第 {n} 件：路面有水冒出，水流不大，请尽快派人处理。",
                    "" if is_open else "已关阀修复，路面恢复。",
                )
            )  # fmt: skip


def _take(job: CaseIntake) -> float:
    actor = actor_by_number(ADMINISTRATOR, day=NOW.date())
    start_intake(actor=actor, intake_id=job.pk, now=NOW)
    began = time.perf_counter()
    files.LOGS.run(actor=actor, file_id=job.pk, now=NOW)
    return time.perf_counter() - began


def _floor(job: CaseIntake) -> float:
    after = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(case_id) FROM cases_casesource WHERE intake_id = %s", [job.pk])
        (last,) = cursor.fetchone()
    began = time.perf_counter()
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _CASES, {"intake": job.pk, "after": after, "last": last, "batch": BATCH}
            )
            rows = cursor.fetchall()
            if not rows:
                return time.perf_counter() - began
            values = {"ids": [pk for pk, _n in rows], "of": [number[1:] for _pk, number in rows]}
            cursor.execute(_EVENTS, values)
            cursor.execute(_SOURCES, values)
            cursor.execute(_LAST, [values["of"]])
            after = cursor.fetchone()[0]
