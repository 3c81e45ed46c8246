"""The versions of a tariff as they followed each other: who, when, by what, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from qiao.billing.models import Tariff, TariffVersion
from qiao.billing.queries.tariff_changes import history_of
from qiao.billing.queries.tariff_checks import changes_between
from qiao.billing.queries.tariffs import TariffMissing
from qiao.billing.rules.tariffs.writing import rewritten
from qiao.billing.showing_tariffs import Changed, Names
from qiao.core.wording import from_names
from qiao.staff.queries import names_of

State = Literal["holds", "planned", "earlier", "withdrawn"]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version with its days (`until` is when the next begins, None: none is known), who
    published it and who agreed ("" for a pack's), and what differs from the one `before` it."""

    version: TariffVersion
    before: TariffVersion | None
    until: date | None
    state: State
    source: str
    agreed_by: str
    changes: tuple[Changed, ...]


def version_lines(*, tariff_id: int, today: date) -> list[VersionLine]:
    """All versions of a tariff, the newest first."""
    rows = history_of(tariff_id)
    row = Tariff.objects.get(pk=tariff_id)
    people = names_of({each.approval.decided_by_id or 0 for each in rows if each.approval})
    standing = [each for each in rows if each.withdrawn_at is None]
    return [_line(row, each, standing, people, today) for each in rows]


def version_line(*, tariff_id: int, version_id: int, today: date) -> VersionLine:
    """One version. Raises `TariffMissing`."""
    if not TariffVersion.objects.filter(tariff=tariff_id, pk=version_id).exists():
        raise TariffMissing
    lines = version_lines(tariff_id=tariff_id, today=today)
    return next(each for each in lines if each.version.pk == version_id)


def _line(
    row: Tariff,
    version: TariffVersion,
    standing: Sequence[TariffVersion],
    people: dict[int, str],
    today: date,
) -> VersionLine:
    day = version.valid_from
    before = next((each for each in standing if each.valid_from < day), None)
    until = next((each.valid_from for each in reversed(standing) if each.valid_from > day), None)
    agreed = version.approval.decided_by_id if version.approval else None
    return VersionLine(
        version,
        before,
        until if version.withdrawn_at is None else None,
        _state(version, until, today),
        from_names(version.source),
        people.get(agreed or 0, ""),
        _changes(row, before, version) if before else (),
    )


def _state(version: TariffVersion, until: date | None, today: date) -> State:
    if version.withdrawn_at is not None:
        return "withdrawn"
    if version.valid_from > today:
        return "planned"
    return "earlier" if until is not None and until <= today else "holds"


def _changes(row: Tariff, before: TariffVersion, after: TariffVersion) -> tuple[Changed, ...]:
    one, two = (rewritten(each.definition) for each in (before, after))
    return tuple(changes_between(Names(row, one, two), one, two))
