"""Logs of other call centres become calls: in portions, each whole, none twice."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from django.db import connection

from qiao.core.transactions import acting, outside
from qiao.staff.operations import hire
from qiao.staff.queries import ids_by_number, organisation
from qiao.telephony.operations.turns import record_turns
from qiao.telephony.rules.acd_log import PROFILES, Fault, LoggedCall, Profile, RowFaulty, read_call

PORTION: Final = 500
NUMBER_LENGTH: Final = 20  # of a staff number

_CALLS: Final = """
INSERT INTO telephony_call (organisation_id, direction, channel, caller, phone, dialled, phase,
    queue, "end", staff_id, arrived_at, queued_at, connected_at, ended_at, entry_count)
SELECT %(unit)s, 'in', c.channel, '', '', c.line, 'ended', c.queue, c.why, c.staff, c.arrived_at,
       c.queued_at, c.connected_at, c.ended_at, c.entry_count
  FROM jsonb_to_recordset(%(calls)s::jsonb) AS c (channel text, line text, queue text, why text,
       staff bigint, arrived_at timestamptz, queued_at timestamptz, connected_at timestamptz,
       ended_at timestamptz, entry_count int)
ON CONFLICT (channel) DO NOTHING
RETURNING id, channel
"""
_ENTRIES: Final = """
INSERT INTO telephony_callentry (call_id, seq, kind, at, recorded_at, data)
SELECT e.call_id, e.seq, e.kind, e.at, %(now)s, e.data
  FROM jsonb_to_recordset(%(entries)s::jsonb)
       AS e (call_id bigint, seq int, kind text, at timestamptz, data jsonb)
"""
# Nobody wrote down how long the work after these calls took.
_NO_WRAP_UP: Final = "UPDATE telephony_callturn SET wrap_seconds = 0 WHERE call_id = ANY(%(ids)s)"


class UnknownProfile(KeyError):  # noqa: N818 - names the finding
    """There is no profile of that name."""


class WrongColumns(ValueError):  # noqa: N818 - a finding about data
    """The first line of the file is not that of the profile; `missing` are the columns."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"the file lacks the columns {', '.join(missing)}")


@dataclass(slots=True)
class Imported:
    """What became of the rows: taken in, known from before, no calls, faulty."""

    read: int = 0
    new: int = 0
    known: int = 0
    no_calls: int = 0
    faults: list[Fault] = field(default_factory=list)


def import_acd_log(
    *,
    file: Path,
    profile: str,
    organisation_id: int,
    zone: tzinfo,
    now: datetime,
    progress: Callable[[Imported], None] = lambda _done: None,
) -> Imported:
    """Take a log in, CSV as it is or packed by gzip; its calls belong to a unit.

    Each portion is a transaction with calls, entries and what is counted of them. Killed in
    between and begun again, it finds what is there and goes on; a row is never taken twice.
    People of the log become staff who cannot sign in. Raises `UnknownProfile`, `WrongColumns`,
    `RuntimeError` inside a transaction.
    """
    outside()
    if profile not in PROFILES:
        raise UnknownProfile(profile)
    known, done = PROFILES[profile], Imported()
    with _opened(file) as text:
        reader = csv.DictReader(text)
        missing = [name for name in known.columns if name not in (reader.fieldnames or ())]
        if missing:
            raise WrongColumns(missing)
        rows = enumerate(reader, 2)
        while portion := list(islice(rows, PORTION)):
            calls = list(_calls(portion, known, zone, done))
            with acting(None):
                _take_in(calls, known, organisation_id, now, done)
            progress(done)
    return done


@contextmanager
def _opened(file: Path) -> Iterator[IO[str]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", errors="replace", newline="") as text:
        yield text


def _calls(
    portion: Sequence[tuple[int, dict[str, Any]]], profile: Profile, zone: tzinfo, done: Imported
) -> Iterator[tuple[int, LoggedCall]]:
    for number, row in portion:
        done.read += 1
        try:
            call = read_call(row, profile, zone)
        except RowFaulty as fault:
            done.faults.append(Fault(number, fault.field, fault.expected, fault.found))
            continue
        if call is None:
            done.no_calls += 1
        else:
            yield number, call


def _take_in(
    calls: Sequence[tuple[int, LoggedCall]],
    profile: Profile,
    unit: int,
    now: datetime,
    done: Imported,
) -> None:
    people = _people(sorted({c.agent for _n, c in calls if c.talked is not None}), profile, unit)
    logs = {
        call.channel: (call, call.entries(people.get(call.agent), number))
        for number, call in calls
    }
    made = _rows(
        _CALLS,
        {
            "unit": unit,
            "calls": json.dumps([_row(c, people, len(log)) for c, log in logs.values()]),
        },
    )
    entries = [
        {
            "call_id": call_id,
            "seq": seq,
            "kind": entry.kind,
            "at": entry.at.isoformat(),
            "data": dict(entry.data),
        }
        for call_id, channel in made
        for seq, entry in enumerate(logs[channel][1], 1)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"now": now, "entries": json.dumps(entries)})
        ids = [call_id for call_id, _channel in made]
        record_turns(ids)
        cursor.execute(_NO_WRAP_UP, {"ids": ids})
    done.new += len(made)
    done.known += len(calls) - len(made)


def _row(call: LoggedCall, people: dict[str, int], entries: int) -> dict[str, Any]:
    connected = call.entries(None, 0)[-2].at if call.talked is not None else None
    return {
        "channel": call.channel,
        "line": call.line,
        "queue": call.queue if call.waited is not None else "",
        "why": "caller" if call.talked is not None else "abandoned",
        "staff": people.get(call.agent) if call.talked is not None else None,
        "arrived_at": call.arrived_at.isoformat(),
        "queued_at": call.queued_at.isoformat() if call.waited is not None else None,
        "connected_at": connected.isoformat() if connected else None,
        "ended_at": call.ended_at.isoformat(),
        "entry_count": entries,
    }


def _people(names: Sequence[str], profile: Profile, unit: int) -> dict[str, int]:
    """Staff of the log by name, made where they are missing; they cannot sign in."""
    numbers = {name: f"{profile.people}{name}".lower()[:NUMBER_LENGTH] for name in names}
    held = ids_by_number(list(numbers.values()))
    found = {}
    for name, number in numbers.items():
        if number not in held:
            made = hire(organisation=organisation(unit), number=number, name=name, is_active=False)
            held = {**held, number: made.pk}
        found[name] = held[number]
    return found


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(int(row[0]), str(row[1])) for row in cursor.fetchall()]
