"""The tree of the company: units, teams, regions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.core.packs.enabled import catalogue
from qiao.core.packs.queues import QueueSpec
from qiao.core.rules.texts import language_key
from qiao.staff.models import Organisation, Region
from qiao.staff.queries.stamps import Stamp, rights_stamp

_tree_kept: tuple[Stamp, dict[int, Organisation]] | None = None


def _tree() -> dict[int, Organisation]:
    """All units by id, kept in the process until the tree changes."""
    global _tree_kept  # noqa: PLW0603 - the cache belongs to the process
    stamp = rights_stamp()
    kept = _tree_kept
    if kept is None or kept[0] != stamp:
        kept = (stamp, Organisation.objects.in_bulk())
        _tree_kept = kept
    return kept[1]


def chain_of(organisation_id: int) -> tuple[int, ...]:
    """Ids from the unit itself up to the company: the order in which settings are searched."""
    return chain_to(organisation(organisation_id))


def chain_to(unit: Organisation) -> tuple[int, ...]:
    """The same of a unit at hand."""
    return tuple(int(part) for part in reversed(unit.path.rstrip(".").split(".")))


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """A team that may take work: its id, name, areas and the duties it takes."""

    team_id: int
    name: str
    branch_id: int
    areas: tuple[str, ...]
    duties: tuple[str, ...]


def teams_for(
    *, duty: str, area: str = "", within: Iterable[int] | None = None
) -> list[TeamChoice]:
    """Active teams that take `duty`, those serving `area` first, then by name.

    `within` limits the choice to these organisation ids.
    """
    allowed = None if within is None else set(within)
    found = [
        TeamChoice(t.pk, t.name, t.parent_id or t.pk, tuple(t.areas), tuple(t.skills))
        for t in _tree().values()
        if t.kind == Organisation.Kind.TEAM and t.is_active and duty in t.skills
        if allowed is None or t.pk in allowed
    ]
    return sorted(found, key=lambda t: (area not in t.areas, t.name))


def organisation(organisation_id: int) -> Organisation:
    """One unit of the tree, to be read, not changed. Raises `Organisation.DoesNotExist`."""
    found = _tree().get(organisation_id)
    if found is None:
        raise Organisation.DoesNotExist(f"unit {organisation_id}")
    return found


def packs_in_use() -> frozenset[str]:
    """The enabled packs that some unit has; all of them where none has any."""
    known = frozenset(catalogue().packs)
    used = {key for unit in _tree().values() if unit.is_active for key in unit.packs}
    return known & used or known


def queues_of(organisation_id: int) -> dict[str, QueueSpec]:
    """The waiting lines of the packs that a unit enables, by key; of all where it enables none."""
    enabled, known = organisation(organisation_id).packs, catalogue().queues
    own = {key: spec for key, spec in known.items() if key.partition(".")[0] in enabled}
    return own or dict(known)


def local_days(now: datetime) -> dict[int, date]:
    """The date of `now` in every unit, by its id: each keeps the time of its own zone."""
    return {pk: now.astimezone(ZoneInfo(unit.timezone)).date() for pk, unit in _tree().items()}


def company_id() -> int:
    """The company itself: the first unit that stands under none.

    Raises `Organisation.DoesNotExist`.
    """
    for pk in companies():
        return pk
    raise Organisation.DoesNotExist("there is no company yet")


def companies() -> list[int]:
    """The units that stand under none; nothing in an empty database."""
    roots = Organisation.objects.filter(parent__isnull=True).order_by("pk")
    return [int(pk) for pk in roots.values_list("pk", flat=True)]


def find_team(team_id: int) -> Organisation | None:
    """An active team, or None."""
    return Organisation.objects.filter(
        id=team_id, kind=Organisation.Kind.TEAM, is_active=True
    ).first()


def organisation_names(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Names by organisation id."""
    wanted = Organisation.objects.filter(id__in=set(organisation_ids))
    return dict(wanted.values_list("id", "name"))


def branches_among(organisation_ids: Iterable[int]) -> dict[int, str]:
    """Names by id of the branches among these units; of the company, where it has none."""
    units = Organisation.objects.filter(id__in=set(organisation_ids), is_active=True)
    for kind in (Organisation.Kind.BRANCH, Organisation.Kind.COMPANY):
        found = dict(units.filter(kind=kind).order_by("id").values_list("id", "name"))
        if found:
            return found
    return {}


def branches_by_area() -> dict[str, int]:
    """The branch that serves each region code, in the order of their founding."""
    branches = Organisation.objects.filter(kind=Organisation.Kind.BRANCH, is_active=True)
    found: dict[str, int] = {}
    for pk, areas in branches.order_by("id").values_list("id", "areas"):
        for area in areas:
            found.setdefault(area, pk)
    return found


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the tree, with its name in one language; `depth` counts from the company."""

    unit_id: int
    name: str
    kind: str
    depth: int
    path: str

    def holds(self, other: "Unit") -> bool:
        """Whether `other` lies in its subtree; a unit holds itself."""
        return other.path.startswith(self.path)


def units_among(organisation_ids: Iterable[int], *, language: str) -> list[Unit]:
    """Active units out of these ids in the order of the tree: each above what is below it."""
    key = language_key(language)
    rows = Organisation.objects.filter(id__in=list(organisation_ids), is_active=True).exclude(
        kind=Organisation.Kind.SEALED
    )
    units = [
        Unit(row.pk, row.names.get(key, row.name), row.kind, row.path.count(".") - 1, row.path)
        for row in rows
    ]
    return sorted(units, key=lambda unit: [int(part) for part in unit.path.split(".")[:-1]])


def units_of_company(*, language: str) -> list[Unit]:
    """All active units below the company in the order of the tree: whom a matter may be about."""
    known = Organisation.objects.filter(is_active=True, parent__isnull=False)
    return units_among(known.values_list("id", flat=True), language=language)


def subtree_of(organisation_id: int) -> frozenset[int]:
    """Ids of a unit and of all below it; nothing for an unknown id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id FROM staff_organisation o JOIN staff_organisation top"
            " ON o.path LIKE top.path || '%%' WHERE top.id = %s",
            [organisation_id],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def region_names(language: str) -> dict[str, str]:
    """Names of all regions by code, in a language such as ``zh-hans``."""
    key = language_key(language)
    return {r.code: r.names.get(key, r.name) for r in Region.objects.all()}
