"""Features that units switch on and off: the one door that asks, and the one that decides.

A module declares a `qiao.core.manifest.Feature`. Decisions are rows of ``core_featureswitch``,
which is never changed: a decision is outdone by a later one, and what it stood over holds again
when it ends, so the table is its own history. `core.rules.features` says what follows from them.

What a person may use is resolved once, with their rights (`Actor.off`): pages ask nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.manifest import Feature
from qiao.core.models import FeatureSwitch
from qiao.core.registry import registry
from qiao.core.rules.features import Decision, standing
from qiao.core.rules.text import clean
from qiao.core.transactions import required

SWITCH: Final = "core.features"
REASON_LENGTH: Final = 300


class UnknownFeature(Exception):  # noqa: N818 - names the finding
    """No module declares this key."""


class ReasonMissing(Exception):  # noqa: N818 - names the finding
    """A decision needs its reason."""


class BadDays(Exception):  # noqa: N818 - names the finding
    """The days are over, or end before they begin. `field` names which: since or until."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class FeatureOff(PermissionDenied):
    """The page belongs to a feature that is off where the person works."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(feature.key)
        self.feature = feature


def feature(key: str) -> Feature:
    """The declaration of a key. Raises `UnknownFeature`."""
    found = registry.features().get(key)
    if found is None:
        raise UnknownFeature(key)
    return found


def decisions(
    keys: Iterable[str] | None = None, *, organisation_ids: Iterable[int] | None = None
) -> dict[str, list[Decision]]:
    """Every decision there ever was by feature, in the order of deciding; one statement."""
    rows = FeatureSwitch.objects.order_by("id")
    if keys is not None:
        rows = rows.filter(feature__in=list(keys))
    if organisation_ids is not None:
        rows = rows.filter(organisation_id__in=list(organisation_ids))
    found: dict[str, list[Decision]] = {}
    for key, pk, unit_id, valid, state in rows.values_list(
        "feature", "id", "organisation_id", "valid", "is_on"
    ):
        found.setdefault(key, []).append(Decision(pk, unit_id, valid.lower, valid.upper, state))
    return found


def is_on(key: str, *, organisation_ids: Sequence[int], day: date) -> bool:
    """Whether a feature is on in a unit on a day.

    `organisation_ids` runs from the unit itself up to the company, as for `core.settings.find`.
    Raises `UnknownFeature`.
    """
    declared = feature(key)
    known = decisions([key], organisation_ids=organisation_ids).get(key, [])
    return standing(known, chain=organisation_ids, day=day, default=declared.default).is_on


def off_for(
    chains: Sequence[Sequence[int]],
    *,
    day: date,
    known: Mapping[str, Sequence[Decision]] | None = None,
) -> frozenset[str]:
    """The features that a person who works in these units does without: off in all of them.

    `known` are the decisions of these units, and perhaps of others; they are read without it.
    """
    if known is None:
        known = decisions(organisation_ids={unit_id for chain in chains for unit_id in chain})
    return frozenset(
        key
        for key, each in registry.features().items()
        if not any(
            standing(known.get(key, []), chain=chain, day=day, default=each.default).is_on
            for chain in chains
        )
    )


@dataclass(frozen=True, slots=True)
class Switching:
    """What shall be: on, off or (None) as the unit above, from a day until before another."""

    key: str
    organisation_id: int
    state: bool | None
    since: date
    reason: str
    until: date | None = None


def switch(*, wanted: Switching, actor: Actor, now: datetime) -> FeatureSwitch:
    """Decide on a feature in a unit and all below it that do not decide by themselves.

    Raises `Forbidden`, `UnknownFeature`, `ReasonMissing`, `BadDays`, `BadText`.
    """
    required()
    actor.require(SWITCH, wanted.organisation_id)
    feature(wanted.key)
    reason = clean(wanted.reason, field="reason", max_length=REASON_LENGTH, one_line=True)
    if not reason:
        raise ReasonMissing(wanted.key)
    if wanted.since < timezone.localdate(now):
        raise BadDays("since")
    if wanted.until is not None and wanted.until <= wanted.since:
        raise BadDays("until")
    return FeatureSwitch.objects.create(
        feature=wanted.key,
        organisation_id=wanted.organisation_id,
        valid=DateRange(wanted.since, wanted.until),
        is_on=wanted.state,
        reason=reason,
        decided_by_id=actor.staff_id,
        decided_at=now,
    )


def history(
    *, organisation_ids: Iterable[int], key: str = "", limit: int = 100
) -> list[FeatureSwitch]:
    """Decisions in these units, the newest first: who, when, why."""
    rows = FeatureSwitch.objects.filter(organisation_id__in=list(organisation_ids))
    if key:
        rows = rows.filter(feature=key)
    return list(rows.order_by("-id")[:limit])
