"""What is promised where, from which day, and why: the pack's figures under those set since."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from qiao.cases.models import Case, CaseEvent
from qiao.cases.rules.figures import Figures, figures_from_data
from qiao.cases.rules.pack import promises_of
from qiao.cases.rules.process import Process
from qiao.cases.rules.promises import Promise
from qiao.core.models import Setting
from qiao.core.packs.model import CaseType, PromiseSpec
from qiao.core.prepared import fetch_all
from qiao.core.rules.texts import Text
from qiao.staff.queries import subtree_of

PREFIX: Final = "cases.promise:"

_FIND = """
SELECT DISTINCT ON (key) key, value, lower(valid), source FROM core_setting
 WHERE key = ANY(%(keys)s::text[]) AND valid @> %(day)s::date
   AND (organisation_id = ANY(%(organisations)s::bigint[]) OR organisation_id IS NULL)
   AND region IN ('', %(region)s)
 ORDER BY key, array_position(%(organisations)s::bigint[], organisation_id) NULLS LAST, region DESC
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a promise is given: the units from the case's own up to the company."""

    organisation_ids: Sequence[int]
    region: str
    day: date


@dataclass(frozen=True, slots=True)
class Owed:
    """Figures in force, with where they come from; `since` is None for the pack's own."""

    figures: Figures
    source: Text | str
    since: date | None


@dataclass(frozen=True, slots=True)
class Given:
    """The promises of one case, and for each that is not simply its type's, why: plain data."""

    promises: tuple[Promise, ...]
    because: Mapping[str, dict[str, Any]] = field(default_factory=dict)


def setting_key(type_key: str, promise: str) -> str:
    """The key of the dated setting that holds the figures of a promise."""
    return f"{PREFIX}{type_key}:{promise}"


def pack_figures(spec: PromiseSpec) -> Figures:
    """The figures that the pack declares."""
    return Figures(spec.targets, {each.tier: each.targets for each in spec.tiers})


def figures_at(definition: CaseType, place: Place) -> dict[str, Owed]:
    """The figures of every promise of a type in force at a place on a day; one statement."""
    keys = [setting_key(definition.key, spec.key) for spec in definition.promises]
    asked = {
        "keys": keys,
        "day": place.day,
        "organisations": list(place.organisation_ids),
        "region": place.region,
    }
    kept = {key: rest for key, *rest in fetch_all(_FIND, asked)}
    found = {}
    for spec, key in zip(definition.promises, keys, strict=True):
        if key in kept:
            value, since, source = kept[key]
            found[spec.key] = Owed(figures_from_data(json.loads(value)), source, since)
        else:
            found[spec.key] = Owed(pack_figures(spec), spec.source, None)
    return found


def promises_for(
    *, definition: CaseType, process: Process, tier: str, day: date, owed: Mapping[str, Owed]
) -> Given:
    """What a case of this type owes to a customer of this tier on a day.

    `owed` are the figures in force at its place, as `figures_at` gives them.
    """
    because = {}
    promises = []
    for promise in promises_of(definition, process):
        found = owed.get(promise.key)
        if found is None:  # the limit of a step: the process's own
            promises.append(promise)
            continue
        reason = _reason(definition, promise.key, found, tier, day)
        if reason:
            because[promise.key] = reason
        targets = _targets(definition, promise.key, found, tier, day)
        promises.append(replace(promise, targets=targets))
    return Given(tuple(promises), because)


def _targets(definition: CaseType, key: str, owed: Owed, tier: str, day: date) -> dict[str, int]:
    """The targets of a tier; what the pack promises it only from a later day does not hold yet."""
    return owed.figures.of(tier if _holds(definition, key, owed, tier, day) else "")


def _holds(definition: CaseType, key: str, owed: Owed, tier: str, day: date) -> bool:
    if owed.since is not None:
        return True
    declared = _tier_of(definition, key, tier)
    return declared is not None and declared.since <= day


def _tier_of(definition: CaseType, key: str, tier: str) -> Any:
    spec = next(spec for spec in definition.promises if spec.key == key)
    return next((each for each in spec.tiers if each.tier == tier), None)


def _reason(definition: CaseType, key: str, owed: Owed, tier: str, day: date) -> dict[str, Any]:
    """Why a promise has other figures than the pack gives everybody."""
    spec = next(spec for spec in definition.promises if spec.key == key)
    reason: dict[str, Any] = {}
    if owed.since is not None:
        reason = {"source": str(owed.source), "since": owed.since.isoformat()}
    if tier in owed.figures.tiers and _holds(definition, key, owed, tier, day):
        reason |= {"tier": tier, "usual": dict(owed.figures.targets)}
        declared = _tier_of(definition, key, tier)
        if owed.since is None and declared is not None:
            reason |= {"since": declared.since.isoformat()}
    if reason:
        reason["pack"] = dict(spec.targets)
    return reason


def has_tiers(definition: CaseType, owed: Mapping[str, Owed] | None = None) -> bool:
    """Whether anything that a type promises depends on the customer's tier."""
    if owed is not None and any(each.figures.tiers for each in owed.values()):
        return True
    return any(spec.tiers for spec in definition.promises)


@dataclass(frozen=True, slots=True)
class Set:
    """Figures that the company set, for the page that shows what held when."""

    setting_id: int
    organisation_id: int | None
    region: str
    since: date
    until: date | None
    figures: Figures
    source: str
    changed_by_id: int | None


def history_of(type_key: str, promise: str) -> list[Set]:
    """Everything that was ever set for a promise, the latest first."""
    rows = Setting.objects.filter(key=setting_key(type_key, promise))
    return [
        Set(
            row.pk,
            row.organisation_id,
            row.region,
            row.valid.lower,
            row.valid.upper,
            figures_from_data(row.value),
            row.source,
            row.changed_by_id,
        )
        for row in rows.order_by("-valid", "organisation_id", "region")
    ]


def types_that_differ() -> frozenset[tuple[str, str]]:
    """Type and promise of everything that the company has set itself."""
    keys = Setting.objects.filter(key__startswith=PREFIX).values_list("key", flat=True).distinct()
    pairs = (key.removeprefix(PREFIX).rpartition(":") for key in keys)
    return frozenset((type_key, promise) for type_key, _colon, promise in pairs)


def open_cases_of(type_key: str, organisation_id: int | None, region: str) -> list[int]:
    """Open cases of a type in a unit and below it (None: all) and a region, by their ids."""
    cases = Case.objects.filter(closed_at__isnull=True, case_type__key=type_key)
    if organisation_id is not None:
        cases = cases.filter(organisation_id__in=subtree_of(organisation_id))
    if region:
        cases = cases.filter(area=region)
    return list(cases.order_by("id").values_list("id", flat=True))


def opened_tiers(case_ids: Sequence[int]) -> dict[int, str]:
    """The tier that each case was opened with, where it made a difference."""
    rows = CaseEvent.objects.filter(case__in=case_ids, kind="opened", data__has_key="tier")
    return {pk: data["tier"] for pk, data in rows.values_list("case_id", "data")}
