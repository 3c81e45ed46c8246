"""Planning who is on duty: the pattern, changes on single days, swaps that two people agree to."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.models import DutyChange, DutyNeed, DutyRoster, DutyShift, Organisation, Staff
from qiao.staff.operations.notices import notify
from qiao.staff.queries.duty import active_among, as_rules, rosters_of, supervisors_of
from qiao.staff.rules.roster import Need, Shift, duties, holes

PLAN: Final = "staff.roster"
SWAP: Final = "staff.swap_duty"
HOLE_NOTICE: Final = "staff.duty_hole"
HOLE_DAYS: Final = 7
REASON_LENGTH: Final = 200


class RosterMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such roster where the actor may look."""


class DutyMissing(LookupError):  # noqa: N818 - names the finding
    """Nobody's duty begins on that day at that time."""


class DutyOver(ValueError):  # noqa: N818 - a refusal
    """The duty has begun: what was is not rewritten."""


class NotOwnDuty(ValueError):  # noqa: N818 - a refusal
    """One asks for a swap of one's own duty, with somebody else who works in the company."""


def plan_roster(
    *,
    unit: Organisation,
    name: str,
    anchor: date,
    weeks: int,
    shifts: Sequence[Shift],
    needs: Sequence[Need],
) -> DutyRoster:
    """Keep a roster with its pattern. Raises `BadText`."""
    required()
    roster = DutyRoster.objects.create(
        unit=unit,
        name=clean(name, field="name", max_length=60, one_line=True, required=True),
        timezone=unit.timezone,
        weeks=weeks,
        anchor=anchor,
    )
    DutyShift.objects.bulk_create(
        DutyShift(
            roster=roster,
            week=each.week,
            weekday=each.weekday,
            start=each.start,
            end=each.end,
            staff_id=each.staff_id,
        )
        for each in shifts
    )
    DutyNeed.objects.bulk_create(
        DutyNeed(roster=roster, weekday=each.weekday, start=each.start, end=each.end)
        for each in needs
    )
    return roster


def change_duty(
    *,
    roster_id: int,
    day: date,
    start: int,
    staff_id: int | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let somebody else take a duty that is still to come; None leaves it to nobody, which is
    shown as a hole. Raises `RosterMissing`, `Forbidden`, `DutyMissing`, `DutyOver`, `BadText`."""
    roster = lock_roster(roster_id, actor)
    actor.require(PLAN, roster.unit_id)
    _duty_at(roster, day, start, now)
    _put(roster, day, start, staff_id, reason, actor, now)


def ask_swap(
    *,
    roster_id: int,
    day: date,
    start: int,
    with_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Ask that somebody else takes one's own duty; a second person decides.

    Raises `RosterMissing`, `DutyMissing`, `DutyOver`, `NotOwnDuty`, `AlreadyPending`, `BadText`.
    """
    roster = lock_roster(roster_id, actor)
    if _duty_at(roster, day, start, now) != actor.staff_id or with_id == actor.staff_id:
        raise NotOwnDuty(day.isoformat())
    if not active_among([with_id]):
        raise NotOwnDuty(str(with_id))
    return request_approval(
        kind=SWAP,
        subject_id=roster.pk * 10**8 + int(day.strftime("%Y%m%d")),
        organisation_id=roster.unit_id,
        payload={"roster": roster.pk, "day": day.isoformat(), "start": start, "with": with_id},
        reason=_said(reason),
        actor=actor,
        now=now,
    )


def swap_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Carry out a swap that was agreed to. Raises `DutyOver`, `DutyMissing`."""
    required()
    given = approval.payload
    roster = DutyRoster.objects.select_for_update().get(pk=given["roster"])
    day = date.fromisoformat(given["day"])
    _duty_at(roster, day, given["start"], now)
    _put(roster, day, given["start"], given["with"], approval.reason, actor, now)


def tell_holes(*, now: datetime) -> int:
    """Tell the supervisors of every unit whose roster has a hole in the days to come, once for
    each hole. Returns how many holes there are."""
    required()
    found = 0
    units = Organisation.objects.filter(is_active=True).values_list("id", flat=True)
    for roster in rosters_of(units):
        today = now.astimezone(ZoneInfo(roster.timezone)).date()
        plan = as_rules(roster)
        available = frozenset(active_among(sorted(plan.people)))
        for hole in holes(plan, today, today + timedelta(days=HOLE_DAYS), available=available):
            if hole.end <= now:
                continue
            found += 1
            notify(
                staff_ids=supervisors_of(roster.unit_id, today).staff_ids,
                kind=HOLE_NOTICE,
                subject_id=roster.pk,
                once=f"{roster.pk}:{hole.start.isoformat()}",
                facts={"start": hole.start.isoformat(), "end": hole.end.isoformat()},
                now=now,
            )
    return found


def lock_roster(roster_id: int, actor: Actor) -> DutyRoster:
    required()
    allowed = actor.organisations("staff.view")
    rows = DutyRoster.objects.select_for_update().filter(pk=roster_id, unit_id__in=allowed)
    roster = rows.first()
    if roster is None:
        raise RosterMissing(str(roster_id))
    return roster


def _duty_at(roster: DutyRoster, day: date, start: int, now: datetime) -> int | None:
    """Who has the duty that begins then."""
    for duty in duties(as_rules(roster), day, day):
        if duty.start_minute == start:
            if duty.start <= now:
                raise DutyOver(day.isoformat())
            return duty.staff_id
    raise DutyMissing(day.isoformat())


def _said(reason: str) -> str:
    return clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)


def _put(
    roster: DutyRoster,
    day: date,
    start: int,
    staff_id: int | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    if staff_id is not None:
        Staff.objects.get(pk=staff_id, is_active=True)
    DutyChange.objects.update_or_create(
        roster=roster,
        day=day,
        start=start,
        defaults={
            "staff_id": staff_id,
            "reason": _said(reason),
            "changed_by_id": actor.staff_id,
            "changed_at": now,
        },
    )
