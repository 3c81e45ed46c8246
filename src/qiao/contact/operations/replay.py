"""Replaying a real log of service requests through the operations of the desk.

Each request becomes a contact without an identified customer and a case, opened at its real
moment by a clerk of the receiving unit and moved by its process to where the log says it is. A
log tells two moments, so a case passes its first steps when it is opened and its last when it is
closed.
"""

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from qiao.cases.operations import (
    BadFact,
    OpenRequest,
    ProcessRefusal,
    UnknownCaseType,
    open_case,
    refresh_levels,
    take_action,
)
from qiao.cases.queries import forward_action, get_case_for
from qiao.contact.operations.finishing import SUBJECT_LENGTH, finish
from qiao.contact.operations.identifying import mark_unknown
from qiao.contact.operations.linking import link_case
from qiao.contact.operations.refusals import InteractionRefusal
from qiao.contact.operations.replay_unit import receiving_clerks
from qiao.contact.operations.starting import start_interaction
from qiao.core import idempotency
from qiao.core.actor import Actor
from qiao.core.packs.intake import IntakeMap, IntakeRow, RowRefused, load_intake, read_rows
from qiao.core.rules.text import BadText
from qiao.core.transactions import acting

BATCH = 50  # rows a transaction: what a kill may undo, and the next run does again
Say = Callable[[str], None]


@dataclass
class Replayed:
    """What became of a log. `known` rows were in already; `moved` ones had come further since."""

    taken: int = 0
    known: int = 0
    moved: int = 0
    refused: list[RowRefused] = field(default_factory=list)
    seconds: float = 0.0

    def told(self) -> str:
        """The sum in one line."""
        return (
            f"{self.taken} taken in, {self.known} known already, {self.moved} moved on,"
            f" {len(self.refused)} refused"
        )


def replay_log(
    *, file: Path, mapping: Path, limit: int | None, now: datetime, progress: Say
) -> Replayed:
    """Take every row of a log in, a batch a transaction; rows taken in before are left alone.

    A row that has come further since (closed meanwhile) moves its case on. Refused rows are
    returned with what is wrong; `write_refused` keeps them in a file. Opens its own transactions.

    Raises:
        PackInvalid: the mapping has faults, or the file lacks a column it names.
    """
    began = time.monotonic()
    plan = load_intake(mapping)
    done = Replayed()
    with acting(None):
        clerks = receiving_clerks(mapping=plan, now=now)
    rows = iter(_readable(read_rows(plan, file), done))
    wanted = islice(rows, limit) if limit is not None else rows
    while batch := list(islice(wanted, BATCH)):
        _take_batch(plan, batch, clerks, now, done)
        progress(f"{batch[-1].opened_at:%Y-%m-%d %H:%M} UTC: {done.told()}")
    _catch_up(now)
    done.seconds = time.monotonic() - began
    for row in done.refused:
        progress(f"line {row.line} {row.id}: {row.reason}")
    progress(f"{done.told()}; {done.seconds:.1f} s")
    return done


def write_refused(refused: Sequence[RowRefused], *, file: Path) -> None:
    """Keep refused rows, each with its line, what was found and what was expected (CSV)."""
    columns = list(dict.fromkeys(column for row in refused for column in row.cells))
    with file.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        writer = csv.writer(stream)
        refusal = ("refused line", "refused column", "found value", "expected value")
        writer.writerow([*columns, *refusal])
        for row in refused:
            cells = [row.cells.get(column, "") for column in columns]
            writer.writerow([*cells, row.line, row.column, row.found, row.expected])


def _readable(rows: Iterable[IntakeRow | RowRefused], done: Replayed) -> Iterator[IntakeRow]:
    for row in rows:
        if isinstance(row, RowRefused):
            done.refused.append(row)
        else:
            yield row


def _take_batch(
    plan: IntakeMap,
    batch: Sequence[IntakeRow],
    clerks: Sequence[Actor],
    now: datetime,
    done: Replayed,
) -> None:
    with acting(clerks[0]):
        for row in batch:
            refused = _take(plan, row, clerks[row.line % len(clerks)], now, done)
            if refused is not None:
                done.refused.append(refused)


def _take(
    plan: IntakeMap, row: IntakeRow, clerk: Actor, now: datetime, done: Replayed
) -> RowRefused | None:
    """Take one row in, or leave no trace of it and say why."""
    if max(row.opened_at, row.closed_at or row.opened_at) > now:
        return row.refused("", f"{row.closed_at or row.opened_at}", f"a moment before {now}")
    scope = f"intake:{plan.pack}"
    try:
        with transaction.atomic():
            if idempotency.claim(scope=scope, key=row.id):
                case = _enter(plan, row, clerk)
                idempotency.remember(scope=scope, key=row.id, result={"case": case.pk})
                _move(plan, row, case, clerk)
                done.taken += 1
            else:
                known = idempotency.recall(scope=scope, key=row.id) or {}
                case = get_case_for(actor=clerk, case_id=known["case"])
                moved = _move(plan, row, case, clerk)
                done.moved += moved
                done.known += not moved
    except BadText as bad:
        return row.refused(bad.field, "a text that cannot be kept", bad.message % bad.params)
    except BadFact as bad:
        return row.refused(bad.field, row.facts.get(bad.field, ""), str(bad))
    except UnknownCaseType as bad:
        return row.refused(plan.columns["type"], row.type_name, f"an enabled type, not {bad}")
    except (InteractionRefusal, ProcessRefusal) as bad:
        return row.refused("", f"{type(bad).__name__}: {bad}", "a request the desk could take")
    return None


def _enter(plan: IntakeMap, row: IntakeRow, clerk: Actor) -> Any:
    """The contact and its case, as a clerk would have entered them. Returns the case."""
    at, title = row.opened_at, _title(row)
    place = _place(plan, row)
    interaction = start_interaction(channel=row.channel, actor=clerk, now=at, place=place)
    case = open_case(
        request=OpenRequest(
            type_key=row.type_key,
            organisation_id=clerk.organisation_id,
            title=title,
            description=row.detail,
            channel=row.channel,
            area=row.area,
            facts=row.facts,
            place=place,
        ),
        actor=clerk,
        now=at,
    )
    link_case(interaction_id=interaction.pk, case_id=case.pk, kind="opened", actor=clerk, now=at)
    if not place:
        mark_unknown(interaction_id=interaction.pk, reason="not_found", actor=clerk, now=at)
    finish(
        interaction_id=interaction.pk,
        subject=title,
        outcome=plan.unit.outcome,
        reason=row.type_key,
        actor=clerk,
        now=at,
    )
    return case


def _title(row: IntakeRow) -> str:
    words = [row.type_name, *([row.detail] if row.detail != row.type_name else [])]
    return ": ".join(word for word in words if word)[:SUBJECT_LENGTH]


def _place(plan: IntakeMap, row: IntakeRow) -> str:
    """The area by name and the coordinates (WGS-84), as far as the log has them."""
    names = {area.key: area.name.en for area in plan.areas.values()}
    where = [names.get(row.area, "")]
    if row.latitude is not None and row.longitude is not None:
        where.append(f"{row.latitude:.5f}, {row.longitude:.5f}")
    return " ".join(part for part in where if part)


def _move(plan: IntakeMap, row: IntakeRow, case: Any, clerk: Actor) -> bool:
    """Take the usual way forward until the case is where the log has it."""
    moved = False
    while (action := forward_action(case, until=row.phase)) is not None:
        given: dict[str, Any] = {}
        if plan.result_field in action.asked:
            given[plan.result_field] = row.result or plan.result_default
        at = row.opened_at if action.leaves_intake else _last_moment(row)
        case = take_action(case_id=case.pk, action=action.key, given=given, actor=clerk, now=at)
        moved = True
    return moved


def _last_moment(row: IntakeRow) -> datetime:
    return row.closed_at or row.updated_at or row.opened_at


def _catch_up(now: datetime) -> None:
    """Let levels be those of now, as if the clock had run all the while."""
    while True:
        with acting(None):
            if not refresh_levels(now=now):
                return
