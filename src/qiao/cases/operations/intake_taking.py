"""Taking a batch of a log of cases in: one transaction and one event.

A number that is here is updated by what the log says now while nobody worked on its case here;
else the file changes nothing and what differs is told.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.cases.events import CasesTakenIn
from qiao.cases.models import CaseIntake, IntakeRow
from qiao.cases.operations.intake_deciding import Decided, Deciding
from qiao.cases.operations.intake_known import Known, differences, find_known, may_update
from qiao.cases.operations.intake_updating import Update, update_cases
from qiao.cases.operations.intake_writing import write_cases
from qiao.cases.rules.intake_rows import LogRow
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.customers.operations.people_meant import PersonSaid, people_meant

_RECORD = "intake_id, row_number, outcome, case_id, number, faults, differs"
_Outcome = IntakeRow.Outcome


@dataclass(slots=True)
class _Record:
    number: int
    outcome: str
    log_number: str
    case_id: int | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)
    differs: list[dict[str, str]] = field(default_factory=list)

    def line(self, intake_id: int) -> tuple[Any, ...]:
        return (
            intake_id, self.number, self.outcome, self.case_id, self.log_number,
            Jsonb(self.faults), Jsonb(self.differs),
        )  # fmt: skip


def take_batch(
    job: CaseIntake,
    batch: Sequence[tuple[int, LogRow]],
    deciding: Deciding,
    actor: Actor,
    now: datetime,
) -> None:
    """Take the next rows of a locked run in, in the caller's transaction."""
    required()
    good = [row for _number, row in batch if not row.faults]
    held = find_known(job.organisation_id, job.source, [row.number for row in good], lock=True)
    new: list[tuple[_Record, Decided]] = []
    updates: list[Update] = []
    records = []
    for number, row in batch:
        record = _Record(number, _Outcome.REFUSED, row.number)
        records.append(record)
        if row.faults:
            record.faults = [asdict(fault) for fault in row.faults]
            continue
        decided, known = deciding.decide(row), held.get(row.number)
        if known is None:
            record.outcome = _Outcome.CREATED
            new.append((record, decided))
        else:
            _compare(record, known, decided, updates)
    _write_new(new, job, deciding, actor, now)
    update_cases(updates, job=job, actor=actor, now=now)
    with connection.cursor() as cursor:
        copy_rows(cursor, "cases_intakerow", _RECORD, [r.line(job.pk) for r in records])
    _count(job, records)
    _tell(job, records, actor, now)


def _compare(record: _Record, known: Known, decided: Decided, updates: list[Update]) -> None:
    record.case_id = known.case_id
    record.outcome = _Outcome.KNOWN
    if known.digest == decided.row.digest():
        return
    record.differs = differences(known, decided)
    if may_update(known, decided):
        record.outcome = _Outcome.UPDATED
        updates.append(Update(known, decided, record.differs))
    elif record.differs:
        record.outcome = _Outcome.DIFFERS


def _write_new(
    new: Sequence[tuple[_Record, Decided]],
    job: CaseIntake,
    deciding: Deciding,
    actor: Actor,
    now: datetime,
) -> None:
    decided = with_people([each for _record, each in new], job.organisation_id)
    written = write_cases(decided, job=job, deciding=deciding, actor=actor, now=now)
    for (record, _each), case_id in zip(new, written.case_ids, strict=True):
        record.case_id = case_id


def with_people(decided: Sequence[Decided], organisation_id: int) -> list[Decided]:
    """The same with the customers of the unit whom the rows mean."""
    said = [PersonSaid(each.row.name, each.row.phone, each.row.account_number) for each in decided]
    if not any(one.account_number or one.phone for one in said):
        return list(decided)
    meant = people_meant(organisation_id=organisation_id, said=said)
    return [
        each.of(whom.customer_id, whom.account_id)
        for each, whom in zip(decided, meant, strict=True)
    ]


def _count(job: CaseIntake, records: Sequence[_Record]) -> None:
    outcomes = Counter(record.outcome for record in records)
    job.created_count += outcomes[_Outcome.CREATED]
    job.known_count += outcomes[_Outcome.KNOWN]
    job.updated_count += outcomes[_Outcome.UPDATED]
    job.differing_count += outcomes[_Outcome.DIFFERS]
    job.refused_count += outcomes[_Outcome.REFUSED]


def _tell(job: CaseIntake, records: Sequence[_Record], actor: Actor, now: datetime) -> None:
    created = [r.case_id for r in records if r.outcome == _Outcome.CREATED and r.case_id]
    if created:
        told = CasesTakenIn(job.pk, min(created), max(created), len(created))
        publish(told, organisation_id=job.organisation_id, actor=actor, now=now)
