"""A week in words and figures: what its page draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.packs.enabled import catalogue
from qiao.core.wording import from_names, said
from qiao.workforce.models import ShiftKind
from qiao.workforce.queries.demand import Demand, demand_of
from qiao.workforce.queries.groups import Member
from qiao.workforce.queries.rosters import Planned
from qiao.workforce.rules.adherence import Kept, together
from qiao.workforce.rules.cover import Gap, gaps, heads, missing, present
from qiao.workforce.rules.plan import DAY_MINUTES, DAY_SLOTS, DAYS, SLOT_MINUTES, WEEK_SLOTS
from qiao.workforce.words import WEEKDAYS, reasons_in_words

HOUR: Final = 60
LOW: Final = 85.0  # percent of adherence below which it is marked
TONES: Final = 6  # colours of shifts, by their order in the day


def clock(minute: int) -> str:
    """A minute of the day as read on the wall."""
    minute %= DAY_MINUTES
    return f"{minute // HOUR:02}:{minute % HOUR:02}"


def hours_of(shift: ShiftKind) -> str:
    """Begin and end of a shift."""
    return f"{clock(shift.begins)}–{clock(shift.ends)}"


def name_of(shift: ShiftKind) -> str:
    """The name of a shift in the reader's language."""
    return from_names(shift.names, shift.name)


def queue_name(key: str) -> str:
    """The name of a queue in the reader's language."""
    found = catalogue().queues.get(key)
    return said(found.name) if found else key


@dataclass(frozen=True, slots=True)
class ShownCell:
    """What somebody has on a day. `tone` counts the shifts of the day from 1."""

    iso: str
    name: str
    hours: str
    tone: int
    away: str
    wish: str
    is_pinned: bool
    against_wish: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A row of the week: a person, their days and hours; `is_off` where those are off the
    contract by more than a shift."""

    member: Member
    cells: Sequence[ShownCell]
    hours: str
    is_off: bool
    nights: int


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A head of the week: a day, and how many half hours of it lack somebody."""

    day: date
    weekday: str
    people: int
    lacking: int
    is_today: bool


@dataclass(frozen=True, slots=True)
class ShownGap:
    """Hours in which people are missing, and why nobody else is there."""

    day: str
    hours: str
    queue: str
    missing: int
    why: str


@dataclass(frozen=True, slots=True)
class Lack:
    """A half hour of a day: needed, there, missing; `level` 0 to 3 tints it."""

    at: str
    needed: int
    there: float
    lacking: int
    level: int


def shown_people(found: Planned, *, today: date, may_plan: bool) -> list[ShownPerson]:
    """The rows of the week."""
    order = {pk: n + 1 for n, pk in enumerate(found.shifts)}
    assigned = found.assigned
    rows = []
    for member in found.people:
        me = member.staff_id
        cells = [
            _cell(found, me, day, order, today=today, may_plan=may_plan) for day in range(DAYS)
        ]
        mine = [found.rules.shifts[key] for (who, _d), key in assigned.items() if who == me]
        minutes = sum(each.paid_minutes for each in mine)
        person = found.rules.people[me]
        wanted = person.weekly_minutes * (1 - len(person.away & set(range(5))) / 5)
        rows.append(
            ShownPerson(
                member,
                cells,
                f"{minutes / HOUR:.1f}".removesuffix(".0"),
                abs(minutes - wanted) > 8 * HOUR,
                sum(each.is_night for each in mine),
            )
        )
    return rows


def _cell(
    found: Planned, who: int, day: int, order: dict[int, int], *, today: date, may_plan: bool
) -> ShownCell:
    on = found.row.monday + timedelta(days=day)
    kept = found.cells.get((who, day))
    shift = found.shifts[kept.shift_id] if kept and kept.shift_id else None
    wish = found.wishes.get((who, day))
    wanted = found.shifts.get(wish.shift_id or 0) if wish else None
    words = "" if wish is None else name_of(wanted) if wanted else pgettext("wish", "free")
    return ShownCell(
        iso=on.isoformat(),
        name=name_of(shift) if shift else "",
        hours=hours_of(shift) if shift else "",
        tone=(order[shift.pk] - 1) % TONES + 1 if shift else 0,
        away=found.away.get(who, {}).get(day, ""),
        wish=words,
        is_pinned=bool(kept and kept.is_pinned),
        against_wish=wish is not None and wanted != shift,
        may_change=may_plan and on >= today,
    )


def shown_days(found: Planned, *, today: date) -> list[ShownDay]:
    """The heads of the week."""
    lines = missing(found.rules, found.assigned)
    days = []
    for day in range(DAYS):
        slots = range(day * DAY_SLOTS, (day + 1) * DAY_SLOTS)
        on = found.row.monday + timedelta(days=day)
        days.append(
            ShownDay(
                on,
                str(WEEKDAYS[day]),
                sum(place == day for _who, place in found.assigned),
                sum(any(line[slot] for line in lines.values()) for slot in slots),
                on == today,
            )
        )
    return days


def shown_gaps(found: Planned) -> list[ShownGap]:
    """Where people are missing, in words."""
    return [_gap(each) for each in gaps(found.rules, found.assigned)]


def _gap(gap: Gap) -> ShownGap:
    hours = f"{clock(gap.first * SLOT_MINUTES)}–{clock((gap.last + 1) * SLOT_MINUTES)}"
    why = reasons_in_words(gap.reasons, gap.free)
    name = queue_name(gap.queue) if gap.queue else ""
    return ShownGap(str(WEEKDAYS[gap.day]), hours, name, gap.missing, why)


def lacks(found: Planned) -> list[tuple[str, list[Lack]]]:
    """Every half hour of the week by day."""
    there = heads(present(found.rules, found.assigned)[""])
    lines = missing(found.rules, found.assigned)
    needs = found.rules.needs
    rows = []
    for day in range(DAYS):
        row = []
        for slot in range(day * DAY_SLOTS, (day + 1) * DAY_SLOTS):
            lacking = max(line[slot] for line in lines.values())
            minute = slot % DAY_SLOTS * SLOT_MINUTES
            row.append(Lack(clock(minute), needs[slot], there[slot], lacking, min(3, lacking)))
        rows.append((str(WEEKDAYS[day]), row))
    return rows


def chart(found: Planned) -> dict[str, Any]:
    """Demand, people needed and people on shift through the week, by half hour."""
    demand: Demand = demand_of(found.row.demand)
    there = heads(present(found.rules, found.assigned)[""])
    labels = [
        f"{WEEKDAYS[slot // DAY_SLOTS]} {clock(slot % DAY_SLOTS * SLOT_MINUTES)}"
        for slot in range(WEEK_SLOTS)
    ]
    return {
        "labels": labels,
        "units": [_("people"), _("calls")],
        "series": [
            {"name": _("Rostered"), "tone": "c1", "area": True, "data": there},
            {"name": _("Needed"), "tone": "bad", "data": list(found.rules.needs), "dashed": True},
            {
                "name": _("Calls foretold"),
                "tone": "mute",
                "axis": 1,
                "data": [round(each, 1) for each in demand.calls],
            },
        ],
    }


def kept_line(shifts: Sequence[Kept]) -> dict[str, Any]:
    """Shifts together as a line of a table: times in whole minutes."""
    whole = together(shifts)
    return {
        "shifts": len(shifts),
        "percent": round(whole.percent, 1),
        "is_low": whole.percent < LOW,
        "late": _minutes(whole.late),
        "late_times": sum(bool(each.late) for each in shifts),
        "early": _minutes(whole.early),
        "overrun": _minutes(whole.overrun),
        "absent": sum(each.absent for each in shifts),
    }


def _minutes(time: timedelta) -> int:
    return round(time.total_seconds() / 60)
