"""Planning a pattern of duties anew: from a day on, as long as that day is still to come."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.staff.models import DutyNeed, DutyPattern, DutyRoster, DutyShift
from qiao.staff.operations.duty import PLAN, lock_roster
from qiao.staff.queries.duty import active_among
from qiao.staff.rules.roster import DAY_MINUTES, Need, Shift

MOST_WEEKS: Final = 12
WEEKDAYS: Final = range(7)


class PatternPast(ValueError):  # noqa: N818 - a refusal
    """The day has come already: what was planned for it is not rewritten."""


class PatternBroken(ValueError):  # noqa: N818 - a refusal
    """A pattern without any span, of too many weeks, with a span twice or somebody who left."""


def plan_pattern(
    *,
    roster_id: int,
    since: date,
    weeks: int,
    shifts: Sequence[Shift],
    needs: Sequence[Need],
    actor: Actor,
    now: datetime,
) -> DutyPattern:
    """Let a pattern be in force from a day to come; one that was planned for the same day goes.
    Single days that were changed by hand stay as they are.

    Raises `RosterMissing`, `Forbidden`, `PatternPast`, `PatternBroken`.
    """
    roster = lock_roster(roster_id, actor)
    actor.require(PLAN, roster.unit_id)
    _refuse_past(roster, since, now)
    _check(weeks, shifts, needs)
    return keep_pattern(
        roster=roster,
        since=since,
        weeks=weeks,
        shifts=shifts,
        needs=needs,
        planned_by_id=actor.staff_id,
        now=now,
    )


def keep_pattern(
    *,
    roster: DutyRoster,
    since: date,
    weeks: int,
    shifts: Sequence[Shift],
    needs: Sequence[Need],
    planned_by_id: int | None,
    now: datetime,
) -> DutyPattern:
    """Keep a pattern as it is, in the place of one of the same day. No rights are asked for."""
    required()
    DutyPattern.objects.filter(roster=roster, since=since).delete()
    pattern = DutyPattern.objects.create(
        roster=roster, since=since, weeks=weeks, planned_by_id=planned_by_id, planned_at=now
    )
    DutyShift.objects.bulk_create(
        DutyShift(
            roster=roster,
            pattern=pattern,
            week=each.week,
            weekday=each.weekday,
            start=each.start,
            end=each.end,
            staff_id=each.staff_id,
        )
        for each in shifts
    )
    DutyNeed.objects.bulk_create(
        DutyNeed(
            roster=roster, pattern=pattern, weekday=each.weekday, start=each.start, end=each.end
        )
        for each in needs
    )
    return pattern


def drop_pattern(*, roster_id: int, since: date, actor: Actor, now: datetime) -> None:
    """Take back a pattern whose day is still to come: the one before it stays in force.

    Raises `RosterMissing`, `Forbidden`, `PatternPast`, `DutyPattern.DoesNotExist`.
    """
    roster = lock_roster(roster_id, actor)
    actor.require(PLAN, roster.unit_id)
    found = DutyPattern.objects.get(roster=roster, since=since)
    _refuse_past(roster, since, now)
    found.delete()


def _refuse_past(roster: DutyRoster, since: date, now: datetime) -> None:
    if since <= now.astimezone(ZoneInfo(roster.timezone)).date():
        raise PatternPast(since.isoformat())


def _check(weeks: int, shifts: Sequence[Shift], needs: Sequence[Need]) -> None:
    places = {(each.week, each.weekday, each.start) for each in shifts}
    spans = [(each.weekday, each.start, each.end) for each in shifts]
    spans += [(each.weekday, each.start, each.end) for each in needs]
    within = all(_is_within(*span) for span in spans)
    whole = 1 <= weeks <= MOST_WEEKS and all(0 <= each.week < weeks for each in shifts)
    if not spans or not within or not whole or len(places) < len(shifts):
        raise PatternBroken(str(weeks))
    people = {each.staff_id for each in shifts}
    if len(active_among(sorted(people))) < len(people):
        raise PatternBroken("people")


def _is_within(weekday: int, start: int, end: int) -> bool:
    return weekday in WEEKDAYS and 0 <= start < DAY_MINUTES and 0 <= end <= DAY_MINUTES
