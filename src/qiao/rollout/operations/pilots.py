"""Pilots: planned with their units and helpers, evaluated, decided on by two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.features import Switching, feature, switch
from qiao.core.models import Approval
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.rollout.models import Pilot, PilotHelper, PilotUnit
from qiao.rollout.queries.pilots import DECIDE
from qiao.staff.queries import actor_by_id, company_id

MANAGE: Final = "rollout.manage"
TITLE_LENGTH: Final = 120
TEXT_LENGTH: Final = 4_000


class PilotRefused(Exception):  # noqa: N818 - a refusal
    """A pilot cannot be kept or moved on like this; `reason` is a key: units, features, helpers,
    days, aim, evaluation, decided, missing, widen."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PilotPlan:
    """A pilot to be: features for units from `since` until before `until`, and who helps."""

    title: str
    features: Sequence[str]
    units: Sequence[int]
    since: date
    until: date
    aim: str
    helpers: Sequence[int]
    team_id: int | None = None
    off_elsewhere: bool = True


def plan_pilot(*, plan: PilotPlan, actor: Actor, now: datetime) -> Pilot:
    """Keep a pilot and decide on its features: on in its units for its days and, with
    `off_elsewhere`, off for everybody else from its first day on.

    Raises `PilotRefused`, `BadText`, `Forbidden` and what `qiao.core.features.switch` raises.
    """
    required()
    for reason in ("units", "features", "helpers"):
        if not getattr(plan, reason):
            raise PilotRefused(reason)
    if plan.until <= plan.since:
        raise PilotRefused("days")
    _require(actor, plan.units)
    pilot = Pilot.objects.create(
        title=clean(plan.title, field="title", max_length=TITLE_LENGTH, required=True),
        features=[feature(key).key for key in plan.features],
        aim=clean(plan.aim, field="aim", max_length=TEXT_LENGTH, required=True),
        since=plan.since,
        until=plan.until,
        team_id=plan.team_id,
        created_by_id=actor.person_id,
        created_at=now,
    )
    PilotUnit.objects.bulk_create(PilotUnit(pilot=pilot, unit_id=each) for each in plan.units)
    PilotHelper.objects.bulk_create(
        PilotHelper(pilot=pilot, staff_id=each) for each in plan.helpers
    )
    for key in plan.features:
        if plan.off_elsewhere:
            _switch(pilot, key, company_id(), (plan.since, None), actor, now, state=False)
        for unit_id in plan.units:
            _switch(pilot, key, unit_id, (plan.since, plan.until), actor, now, state=True)
    return pilot


def _switch(
    pilot: Pilot,
    key: str,
    unit_id: int,
    days: tuple[date, date | None],
    actor: Actor,
    now: datetime,
    *,
    state: bool,
) -> None:
    since, until = days
    wanted = Switching(key, unit_id, state, since, pilot.title, until)
    switch(wanted=wanted, actor=actor, now=now)


def _require(actor: Actor, unit_ids: Sequence[int]) -> None:
    for unit_id in unit_ids:
        actor.require(MANAGE, unit_id)


def _units_of(pilot: Pilot) -> list[int]:
    return list(pilot.units.order_by("id").values_list("unit_id", flat=True))


def _locked(pilot_id: int) -> Pilot:
    pilot = Pilot.objects.select_for_update().filter(pk=pilot_id).first()
    if pilot is None:
        raise PilotRefused("missing")
    if pilot.decision:
        raise PilotRefused("decided")
    return pilot


def evaluate_pilot(*, pilot_id: int, words: str, actor: Actor, now: datetime) -> Pilot:
    """Keep what the pilot showed. Raises `PilotRefused`, `BadText`, `Forbidden`."""
    required()
    pilot = _locked(pilot_id)
    _require(actor, _units_of(pilot))
    pilot.evaluation = clean(words, field="words", max_length=TEXT_LENGTH, required=True)
    pilot.evaluated_by_id, pilot.evaluated_at = actor.person_id, now
    pilot.save(update_fields=["evaluation", "evaluated_by", "evaluated_at"])
    return pilot


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall become of a pilot: on for its units from `since` (until before `until`), for
    `units` as well (`widen`), or off (`stop`)."""

    decision: str
    since: date
    reason: str
    until: date | None = None
    units: Sequence[int] = ()


def ask_for_decision(*, pilot_id: int, wanted: Wanted, actor: Actor, now: datetime) -> Approval:
    """Propose what becomes of an evaluated pilot; it holds when a second person agrees.

    Raises `PilotRefused`, `AlreadyPending`, `BadText`, `Forbidden`.
    """
    required()
    pilot = _locked(pilot_id)
    units = _units_of(pilot)
    _require(actor, units)
    if not pilot.evaluation:
        raise PilotRefused("evaluation")
    if wanted.decision not in Pilot.Decision.values:
        raise PilotRefused("missing")
    if wanted.decision == Pilot.Decision.WIDEN and not wanted.units:
        raise PilotRefused("widen")
    if wanted.since < timezone.localdate(now):
        raise PilotRefused("days")
    if wanted.until is not None and wanted.until <= wanted.since:
        raise PilotRefused("days")
    return request_approval(
        kind=DECIDE,
        subject_id=pilot.pk,
        organisation_id=units[0],
        payload={
            "decision": wanted.decision,
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat() if wanted.until else None,
            "units": list(wanted.units),
        },
        reason=clean(wanted.reason, field="reason", max_length=300, required=True),
        actor=actor,
        now=now,
    )


def decision_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Carry out what a second person agreed to, with the rights of who asked today.

    Raises `PilotRefused`, `Forbidden`, `ObjectDoesNotExist` for who works here no more.
    """
    del actor
    required()
    pilot = _locked(approval.subject_id)
    given: dict[str, Any] = approval.payload
    today = timezone.localdate(now)
    asker = actor_by_id(approval.requested_by_id, day=today)
    since = max(date.fromisoformat(given["since"]), today)
    until = date.fromisoformat(given["until"]) if given["until"] else None
    if until is not None and until <= since:
        raise PilotRefused("days")
    stops = given["decision"] == Pilot.Decision.STOP
    units = _units_of(pilot)
    if given["decision"] == Pilot.Decision.WIDEN:
        units += [each for each in given["units"] if each not in units]
    days = (since, None if stops else until)
    for key in pilot.features:
        for unit_id in units:
            _switch(pilot, key, unit_id, days, asker, now, state=not stops)
    pilot.decision, pilot.decided_at = given["decision"], now
    pilot.save(update_fields=["decision", "decided_at"])
