"""Calls that came, as histories by queue: what forecasts are made from.

Read from contacts: a call belongs to the queue that asks for the skill of its matter. Calls whose
matter is not known are spread over the queues like the others of their day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from qiao.contact.queries import ContactSlot, contacts_by_slot
from qiao.core import calendars
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.queues import QueueSpec
from qiao.core.rules.calendar import Calendar, working_spans
from qiao.workforce.rules.volume import History, from_counts
from qiao.workforce.rules.workdays import DayKind, KindOf, ordinary_week

PHONE: Final = "phone"
HISTORY_DAYS: Final = 400
WORK_SECONDS: Final = 300.0  # of a call, where none has been seen
FEWEST_CALLS: Final = 30  # for the mean of a queue of its own


@dataclass(frozen=True, slots=True)
class QueueCalls:
    """The calls of a queue, and the mean seconds of work with one, work after it included."""

    queue: str
    history: History
    work_seconds: float


def phone_queues() -> dict[str, QueueSpec]:
    """The waiting lines of the enabled packs that calls wait in, by key."""
    return {key: each for key, each in catalogue().queues.items() if PHONE in each.channels}


def queue_of(reason: str, queues: Mapping[str, QueueSpec]) -> str:
    """The queue of calls about a matter; empty where its skill, or it, is unknown.

    Where several queues ask for the skill, emergencies go to the one that promises most.
    """
    matter = catalogue().case_types.get(reason)
    if matter is None or not matter.skill:
        return ""
    asking = [key for key, each in queues.items() if each.skill == matter.skill]
    if not asking:
        return ""
    by_promise = sorted(asking, key=lambda key: (queues[key].share_percent, key))
    return by_promise[-1] if matter.emergency else by_promise[0]


def calls_by_queue(
    *,
    organisation_ids: Collection[int],
    until: date,
    minutes: int = 30,
    queues: Iterable[str] = (),
) -> list[QueueCalls]:
    """Histories of the phone queues (all, or those named) up to the day before `until`, over at
    most `HISTORY_DAYS`; days before the first call are left out, days without one are days of 0.
    """
    known = phone_queues()
    chosen = [key for key in known if key in set(queues)] or list(known)
    slots = contacts_by_slot(
        organisation_ids=organisation_ids,
        channel=PHONE,
        since=until - timedelta(days=HISTORY_DAYS),
        until=until,
        minutes=minutes,
    )
    if not slots:
        return []
    first = min(each.day for each in slots)
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    counts, work, taken = _sorted_in(slots, known)
    usual = sum(work.values()) / max(1, sum(taken.values())) or WORK_SECONDS
    return [
        QueueCalls(
            key,
            from_counts(counts[key], minutes=minutes, opens=0, closes=1440, days=days),
            work[key] / taken[key] if taken[key] >= FEWEST_CALLS else usual,
        )
        for key in chosen
    ]


Counts = dict[date, dict[int, float]]


def _sorted_in(
    slots: Collection[ContactSlot], queues: Mapping[str, QueueSpec]
) -> tuple[dict[str, Counts], dict[str, float], dict[str, int]]:
    counts: dict[str, Counts] = {key: defaultdict(lambda: defaultdict(float)) for key in queues}
    work = dict.fromkeys(queues, 0.0)
    taken = dict.fromkeys(queues, 0)
    unknown: list[ContactSlot] = []
    places = {each.reason: "" for each in slots}
    places = {reason: queue_of(reason, queues) for reason in places}
    for each in slots:
        key = places[each.reason]
        if not key:
            unknown.append(each)
            continue
        counts[key][each.day][each.minute] += each.count
        work[key] += each.work_seconds
        taken[key] += each.count
    of_day = _shares_by_day(counts)
    whole = sum(taken.values())
    everyday = {key: n / whole if whole else 1 / len(queues) for key, n in taken.items()}
    for each in unknown:
        for key, share in of_day.get(each.day, everyday).items():
            counts[key][each.day][each.minute] += each.count * share
    return counts, work, taken


def _shares_by_day(counts: Mapping[str, Counts]) -> dict[date, dict[str, float]]:
    sums: dict[date, dict[str, float]] = defaultdict(dict)
    for key, days in counts.items():
        for day, slots in days.items():
            sums[day][key] = sum(slots.values())
    return {
        day: {key: n / sum(by_key.values()) for key, n in by_key.items()}
        for day, by_key in sums.items()
        if sum(by_key.values()) > 0
    }


def kinds_of_days(calendar_key: str = "") -> KindOf:
    """What kind of day each is, by a calendar as kept (with the public holidays and moved days it
    knows); without one by the first that keeps public holidays, else plain weeks."""
    versions = calendars.all_versions()
    if calendar_key not in versions:
        keeping = [key for key, found in versions.items() if found[-1].known_years is not None]
        if not keeping:
            return ordinary_week()
        calendar_key = min(keeping)
    calendar: Calendar = versions[calendar_key][-1].calendar

    def kind(day: date) -> DayKind:
        return DayKind(bool(working_spans(calendar, day)), bool(calendar.week[day.weekday()]))

    return kind
