"""Changing what is promised: from a day on, for a unit or region, without programming.

A change holds for cases opened from its day on. Running cases follow only where the person says
so. What loosens a public commitment takes effect when a second person agrees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from qiao.cases import definitions
from qiao.cases.journal import Decide
from qiao.cases.models import CaseType
from qiao.cases.operations.recounting import begin_promise_recount
from qiao.cases.queries.figures_of_promises import (
    Place,
    figures_at,
    opened_tiers,
    setting_key,
)
from qiao.cases.rules.clock_state import ClockState
from qiao.cases.rules.figures import (
    ANY,
    PRIORITIES,
    Difference,
    Figures,
    differences,
    figures_from_data,
)
from qiao.cases.rules.promises import promise_data
from qiao.core import settings
from qiao.core.actor import Actor, Forbidden
from qiao.core.approvals import request_approval
from qiao.core.models import Approval, Setting
from qiao.core.packs.house import UNCLOCKED, holds_always
from qiao.core.packs.model import CaseType as CaseTypeSpec
from qiao.core.packs.model import PromiseSpec
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import chain_of, company_id, organisation

APPROVAL: Final = "cases.loosen_promise"
PERMISSION: Final = "core.configure"
SOURCE_LENGTH: Final = 300
LONGEST_SECONDS: Final = 400 * 86_400


class UnknownPromise(LookupError):  # noqa: N818 - names the finding
    """No enabled pack has this type, or the type has no such promise."""


class PromiseUnchanged(ValueError):  # noqa: N818 - a refusal
    """The same is promised on that day already."""


class PromiseBeforeToday(ValueError):  # noqa: N818 - a refusal
    """What was promised on days that are over is not rewritten."""


class BadFigure(ValueError):  # noqa: N818 - a refusal
    """A figure that cannot be: nought, longer than a year, or none at all."""

    def __init__(self, tier: str, priority: str) -> None:
        super().__init__(f"{tier}/{priority}")
        self.tier = tier
        self.priority = priority


class LeftWithoutClock(ValueError):  # noqa: N818 - a refusal
    """What holds where nothing else runs must hold for every priority: some cases would have no
    clock."""


class PromiseMoved(Exception):  # noqa: N818 - names the finding
    """What a request for a change started from no longer holds."""


@dataclass(frozen=True, slots=True)
class PromiseChange:
    """Wanted figures of a promise with their first day and reason, for a unit (None: all) and a
    region (empty: all). With `running`, cases that are open on that day follow."""

    type_key: str
    promise: str
    figures: Figures
    valid_from: date
    source: str
    organisation_id: int | None = None
    region: str = ""
    running: bool = False


def promise_of(type_key: str, promise: str) -> tuple[CaseTypeSpec, PromiseSpec]:
    """The declaration of a type and of one of its promises. Raises `UnknownPromise`."""
    definition = definitions.case_types().get(type_key)
    for spec in definition.promises if definition else ():
        if spec.key == promise:
            assert definition is not None
            return definition, spec
    raise UnknownPromise(f"{type_key} {promise}")


def changes_of(change: PromiseChange) -> list[Difference]:
    """What a change does to what is promised there on its first day."""
    definition, spec = promise_of(change.type_key, change.promise)
    return differences(_in_force(definition, spec, change), change.figures)


def loosens_public(change: PromiseChange) -> bool:
    """Whether a change takes back something of a public commitment."""
    _definition, spec = promise_of(change.type_key, change.promise)
    return spec.public and any(each.loosens for each in changes_of(change))


def checked(change: PromiseChange, *, now: datetime) -> PromiseChange:
    """The change with clean words and possible figures.

    Raises `UnknownPromise`, `PromiseBeforeToday`, `PromiseUnchanged`, `BadFigure`,
    `LeftWithoutClock`, `BadText`.
    """
    if change.valid_from < timezone.localdate(now):
        raise PromiseBeforeToday(change.valid_from.isoformat())
    source = clean(
        change.source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True
    )
    for tier, targets in (("", change.figures.targets), *change.figures.tiers.items()):
        for priority, seconds in targets.items():
            if priority not in (*PRIORITIES, ANY) or not 0 < seconds <= LONGEST_SECONDS:
                raise BadFigure(tier, priority)
    _definition, spec = promise_of(change.type_key, change.promise)
    if not change.figures.targets:
        raise BadFigure("", ANY)
    if UNCLOCKED in spec.starts_on and not holds_always(change.figures.targets):
        raise LeftWithoutClock(change.promise)
    if not changes_of(change):
        raise PromiseUnchanged(change.promise)
    return replace(change, source=source)


def change_promise(*, change: PromiseChange, actor: Actor, now: datetime) -> Approval | None:
    """Let figures hold from a day on, or ask for a second person where a public commitment is
    loosened. Returns the request that waits, or None if it was written.

    Raises `Forbidden`, `AlreadyPending` and what `checked` raises.
    """
    required()
    wanted = checked(change, now=now)
    place = wanted.organisation_id or company_id()
    if not actor.can_in(PERMISSION, place):
        raise Forbidden(PERMISSION)
    if not loosens_public(wanted):
        _write(wanted, actor=actor, now=now)
        return None
    definition, spec = promise_of(wanted.type_key, wanted.promise)
    return request_approval(
        kind=APPROVAL,
        subject_id=CaseType.objects.values_list("id", flat=True).get(key=wanted.type_key),
        organisation_id=place,
        payload={
            "type": wanted.type_key,
            "promise": wanted.promise,
            "figures": wanted.figures.data(),
            "before": _in_force(definition, spec, wanted).data(),
            "valid_from": wanted.valid_from.isoformat(),
            "organisation_id": wanted.organisation_id,
            "region": wanted.region,
            "running": wanted.running,
        },
        reason=wanted.source,
        actor=actor,
        now=now,
    )


def change_in(approval: Approval) -> PromiseChange:
    """The change that a request asks for."""
    given = approval.payload
    return PromiseChange(
        type_key=given["type"],
        promise=given["promise"],
        figures=figures_from_data(given["figures"]),
        valid_from=date.fromisoformat(given["valid_from"]),
        source=approval.reason,
        organisation_id=given["organisation_id"],
        region=given["region"],
        running=given["running"],
    )


def loosen_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Write what a second person agreed to; a first day that has passed becomes today.

    Raises `PromiseMoved` if something else came to be promised meanwhile.
    """
    required()
    change = change_in(approval)
    change = replace(change, valid_from=max(change.valid_from, timezone.localdate(now)))
    definition, spec = promise_of(change.type_key, change.promise)
    if _in_force(definition, spec, change).data() != approval.payload["before"]:
        raise PromiseMoved(change.promise)
    _write(checked(change, now=now), actor=actor, now=now)


def place_of(organisation_id: int | None, region: str, day: date) -> Place:
    """The place of a unit; of the whole company where it is None."""
    chain = chain_of(organisation_id) if organisation_id else ()
    return Place(chain, region, day)


def _in_force(definition: CaseTypeSpec, spec: PromiseSpec, change: PromiseChange) -> Figures:
    place = place_of(change.organisation_id, change.region, change.valid_from)
    return figures_at(definition, place)[spec.key].figures


def _write(change: PromiseChange, *, actor: Actor, now: datetime) -> None:
    key = setting_key(change.type_key, change.promise)
    settings.put(
        key,
        change.figures.data(),
        valid_from=change.valid_from,
        source=change.source,
        actor=actor,
        now=now,
        organisation_id=change.organisation_id,
        region=change.region,
    )
    if change.running:
        made = Setting.objects.filter(key=key).order_by("-id").values_list("id", flat=True)[0]
        unit = organisation(change.organisation_id or company_id())
        start = datetime.combine(change.valid_from, time(), ZoneInfo(unit.timezone))
        begin_promise_recount(
            type_key=change.type_key,
            number=made,
            organisation_id=change.organisation_id,
            not_before=max(start, now),
            actor=actor,
            now=now,
        )


def would_be_told(change: PromiseChange, case_ids: Sequence[int]) -> Decide:
    """The entry that running cases would get if the change held now; nothing is written.

    Each keeps the tier that it was opened with, and what its type promises otherwise.
    """
    tiers = opened_tiers(case_ids)

    def decide(case_id: int, state: ClockState) -> Mapping[str, Any] | None:
        targets = change.figures.of(tiers.get(case_id, ""))
        promises = tuple(
            replace(each, targets=targets) if each.key == change.promise else each
            for each in state.promises
        )
        if promises == state.promises:
            return None
        return {"promises": [promise_data(each) for each in promises]}

    return decide
