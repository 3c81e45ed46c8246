"""What a row of a log becomes here: its case type, priority, channel, area, words and customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from qiao.cases import definitions
from qiao.cases.models import CaseIntake, IntakeCategory, ProcessVersion
from qiao.cases.models import CaseType as CaseTypeRow
from qiao.cases.operations.intake_plan import (
    OPEN_PROMISES,
    SEPARATOR,
    causes_by_key,
    code_of,
    types_at,
)
from qiao.cases.queries.figures_of_promises import Place, figures_at, promises_for
from qiao.cases.rules.intake_rows import PRIORITIES, LogRow
from qiao.cases.rules.process import start
from qiao.core.packs.model import CaseType
from qiao.core.rules.columns import fold
from qiao.staff.queries import chain_to, organisation, region_names

FALLBACK_CHANNEL = "phone"
LANGUAGES = ("en", "zh-hans", "zh-hant")


@dataclass(frozen=True, slots=True)
class Kind:
    """A case type with the version of its process that cases now take, and where they stand."""

    definition: CaseType
    row: CaseTypeRow
    version: ProcessVersion
    step: str
    phase: str
    duty: str
    final: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A row, and what it is here."""

    row: LogRow
    kind: Kind
    category_id: int | None
    cause_id: int | None
    priority: str
    channel: str
    area: str
    title: str
    place: str
    customer_id: int | None = None
    account_id: int | None = None

    def of(self, customer_id: int | None, account_id: int | None) -> "Decided":
        """The same for a known customer."""
        return replace(self, customer_id=customer_id, account_id=account_id)


@dataclass
class Deciding:
    """What the choices of a file say, looked up once for all its rows."""

    job: CaseIntake
    now: datetime
    _kinds: dict[str, Kind] = field(default_factory=dict)
    _promises: dict[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def unit(self) -> Any:
        """The unit that takes the file in."""
        return organisation(self.job.organisation_id)

    @cached_property
    def types(self) -> Mapping[str, CaseType]:
        """The case types that the unit has."""
        return types_at(self.job.organisation_id)

    @cached_property
    def causes(self) -> Mapping[str, int]:
        """Ids of the causes that codes are mapped to, by key."""
        return causes_by_key(list(set(self._chosen("causes").values())))

    @cached_property
    def categories(self) -> Mapping[str, int]:
        """Ids of the categories of this log, by code."""
        rows = IntakeCategory.objects.filter(
            organisation_id=self.job.organisation_id, source=self.job.source
        ).values_list("id", "parent_id", "code")
        names = {pk: code for pk, parent, code in rows if parent is None}
        return {
            (f"{names[parent]}{SEPARATOR}{code}" if parent else code): pk
            for pk, parent, code in rows
        }

    @cached_property
    def areas(self) -> Mapping[str, str]:
        """Region codes by their folded names and themselves."""
        found: dict[str, str] = {}
        for language in LANGUAGES:
            for code, name in region_names(language).items():
                found[fold(name)] = found[fold(code)] = code
        return found

    def _chosen(self, what: str) -> Mapping[str, str]:
        chosen: Mapping[str, str] = self.job.choices.get(what, {})
        return chosen

    def kind_of(self, key: str) -> Kind:
        """A case type as new cases take it."""
        found = self._kinds.get(key)
        if found is None:
            row, version, _form = definitions.in_force(key, self.now)
            process = definitions.process_of(version)
            step = process.step(start(process, {}).state.step)
            final = next(each.key for each in process.steps if each.final)
            found = self._kinds[key] = Kind(
                self.types[key], row, version, step.key, step.phase, step.duty, final
            )
        return found

    def decide(self, row: LogRow) -> Decided:
        """What a row is here, but for its customer."""
        code = code_of(row.type, row.sub_type)
        types, causes = self._chosen("types"), self._chosen("causes")
        key = types.get(code) or types.get(row.type) or self.job.settings["type"]
        kind = self.kind_of(key if key in self.types else self.job.settings["type"])
        cause = causes.get(code) or causes.get(row.type) or ""
        priority = self._chosen("priorities").get(row.priority) or PRIORITIES.get(
            fold(row.priority)
        )
        return Decided(
            row=row,
            kind=kind,
            category_id=self.categories.get(code),
            cause_id=self.causes.get(cause),
            priority=priority or kind.definition.default_priority,
            channel=self._chosen("channels").get(row.channel) or FALLBACK_CHANNEL,
            area=self.areas.get(fold(row.area), row.area[:40]) if row.area else "",
            title=_title(row, kind),
            place=_place(row),
        )

    def promise_set(self, decided: Decided) -> int:
        """The promises that a case of now has: none, unless the file says that they count."""
        is_owed = self.job.settings["promises"] == OPEN_PROMISES and not decided.row.is_closed
        place = (decided.kind.definition.key if is_owed else "", decided.area)
        found = self._promises.get(place)
        if found is None:
            found = self._promises[place] = definitions.promise_set_of(
                self._owed(decided) if is_owed else ()
            )
        return found

    def _owed(self, decided: Decided) -> Any:
        day = self.now.astimezone(ZoneInfo(self.unit.timezone)).date()
        where = Place(chain_to(self.unit), decided.area, day)
        definition = decided.kind.definition
        process = definitions.process_of(decided.kind.version)
        owed = figures_at(definition, where)
        given = promises_for(definition=definition, process=process, tier="", day=day, owed=owed)
        return given.promises


def _title(row: LogRow, kind: Kind) -> str:
    if row.title:
        return row.title
    words = [row.type, row.sub_type if row.sub_type != row.type else ""]
    told = ": ".join(word for word in words if word)
    return (told or row.description.split("\n")[0])[:120] or kind.definition.name.zh_hans


def _place(row: LogRow) -> str:
    """Address and area in words; the coordinates stand with the source, beside their datum."""
    parts = [row.address, row.area]
    return ", ".join(part for part in dict.fromkeys(parts) if part)[:300]
