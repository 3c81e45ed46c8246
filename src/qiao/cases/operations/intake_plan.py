"""How one file of cases is read: the plan out of its mapping, settings and choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from qiao.cases import definitions
from qiao.cases.models import CaseIntake, Cause
from qiao.cases.queries.choices import packs_at
from qiao.cases.rules.intake_fields import TABLE
from qiao.cases.rules.intake_rows import DATUMS, LogRow, Plan, read_log_row
from qiao.cases.rules.intake_times import ORDERS, YEAR_FIRST
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType
from qiao.core.rules.columns import RowFault, fold
from qiao.core.rules.texts import Text
from qiao.core.sheets import SheetRow
from qiao.core.table_life import mapping_of
from qiao.staff.queries import organisation

PERMISSION: Final = "cases.intake"
SEPARATOR: Final = "\x1f"  # between the code of a type and that of its sub-type
NO_PROMISES, OPEN_PROMISES = "none", "open"


class BadPlan(ValueError):  # noqa: N818 - names the finding
    """What was said about columns or settings cannot be: pairs of a code and a field."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{code}: {key}" for code, key in faults))
        self.faults = list(faults)


def code_of(kind: str, sub: str) -> str:
    """The code of a row as the choices name it."""
    return f"{kind}{SEPARATOR}{sub}" if sub else kind


def plan_of(job: CaseIntake) -> Plan:
    """The plan by which rows are read."""
    return Plan(
        mapping=mapping_of(job),
        zone=ZoneInfo(job.settings["zone"]),
        order=job.settings["order"] or YEAR_FIRST,
        datum=job.settings["datum"],
        statuses=job.choices.get("statuses", {}),
    )


def types_at(organisation_id: int) -> dict[str, CaseType]:
    """The case types of the packs that a unit has."""
    packs = packs_at(organisation_id=organisation_id)
    return {key: t for key, t in definitions.case_types().items() if key.split(".")[0] in packs}


def refuse_bad(job: CaseIntake, settings: Mapping[str, str], mapping: Mapping[int, str]) -> None:
    """Raises `BadPlan`."""
    faults = TABLE.faults(mapping)
    if settings.get("zone") not in available_timezones():
        faults.append(("zone", "zone"))
    if settings.get("order") not in ORDERS:
        faults.append(("order", "opened_at"))
    if settings.get("datum") not in DATUMS:
        faults.append(("datum", "latitude"))
    if settings.get("promises") not in {NO_PROMISES, OPEN_PROMISES}:
        faults.append(("promises", ""))
    if settings.get("type") not in types_at(job.organisation_id):
        faults.append(("type", "type"))
    if faults:
        raise BadPlan(faults)


def usual_settings(job: CaseIntake) -> dict[str, str]:
    """What a first file is proposed: the unit's own time zone, and its first enquiry type."""
    types = types_at(job.organisation_id)
    usual = [t.key for t in types.values() if t.key.endswith(("other_request", ".other"))]
    enquiries = [t.key for t in types.values() if t.group == "enquiry"]
    return {
        "zone": organisation(job.organisation_id).timezone,
        "order": "",
        "datum": DATUMS[0],
        "promises": NO_PROMISES,
        "team": "",
        "type": next(iter([*usual, *enquiries, *types]), ""),
    }


def words_of(name: Text) -> set[str]:
    """A name in all languages, folded."""
    return {fold(word) for word in name.data().values() if word}


def proposed_types(codes: Sequence[str], types: Mapping[str, CaseType]) -> dict[str, str]:
    """Our case types for codes of a log, where one has the same name in any language."""
    by_name = {word: key for key, kind in types.items() for word in words_of(kind.name)}
    by_name |= {fold(key.partition(".")[2]): key for key in types}
    found = {}
    for code in codes:
        kind, _separator, sub = code.partition(SEPARATOR)
        key = by_name.get(fold(sub)) if sub else None
        key = key or by_name.get(fold(kind))
        if key:
            found[code] = key
    return found


def proposed_channels(words: Sequence[str]) -> dict[str, str]:
    """Our channels for the log's words, by key and name."""
    known = {
        word: channel.key
        for pack in catalogue().packs.values()
        for channel in pack.channels
        for word in (fold(channel.key), *words_of(channel.name))
    }
    return {word: known[fold(word)] for word in words if fold(word) in known}


@dataclass
class Reader:
    """Reads the rows of one file by its plan."""

    plan: Plan
    now: datetime
    numbers: set[int] = field(default_factory=set)

    def read(self, row: SheetRow) -> LogRow:
        """A row by the plan; the second good one of a number is refused."""
        read = read_log_row(row.cells, self.plan, now=self.now)
        read.faults += [
            RowFault(self.plan.mapping[fault.column], str(fault.code))
            for fault in row.faults
            if self.plan.mapping.get(fault.column)
        ]
        if self._twice(read):
            read.faults.append(RowFault("number", "twice", read.number))
        return read

    def _twice(self, row: LogRow) -> bool:
        """Whether a good row of this number came before."""
        if row.faults:
            return False
        mark = hash(row.number)
        seen = mark in self.numbers
        self.numbers.add(mark)
        return seen


def causes_by_key(keys: Sequence[str]) -> dict[str, int]:
    """Ids of causes."""
    return dict(Cause.objects.filter(key__in=keys).values_list("key", "id"))


def settings_data(given: Mapping[str, Any], usual: Mapping[str, str]) -> dict[str, str]:
    """Settings as they are kept: only what is known, as texts."""
    return {key: str(given.get(key, default)) for key, default in usual.items()}
