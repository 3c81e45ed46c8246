"""Emergencies that nobody signed on can take ring whoever is on duty, at their own telephone.

At night a burst main must not wait for the morning. The duty roster says whose turn it is; after
them, or where nobody is on duty, whoever leads or supervises the unit is rung. A telephone outside
the house may be a mailbox: its person has the call once they pressed the key that they hear of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from qiao.contact.operations import Asked, OnDuty, ask_on_duty
from qiao.contact.queries import Emergency, emergencies_waiting, why_waiting
from qiao.core.rules import phones
from qiao.staff.queries import local_days
from qiao.staff.queries.duty import answerable_now, supervisors_of
from qiao.staff.queries.people import languages_of, phones_of
from qiao.telephony.operations.calls_at_hand import KIND
from qiao.telephony.rules.conduct_confirm import CONFIRM_SECONDS
from qiao.telephony.rules.confirm_words import spoken_to
from qiao.telephony.rules.outside import to_dial

NOBODY_AFTER: Final = timedelta(seconds=10)  # where nobody signed on serves the queue at all
IN_VAIN_AFTER: Final = timedelta(seconds=60)  # where all are busy, or lack the skill still
RING_SECONDS: Final = 30
AGAIN_AFTER: Final = timedelta(seconds=90)  # the others on duty are rung meanwhile


@dataclass(frozen=True, slots=True)
class DutyRing:
    """Somebody on duty who is to be rung, and the language in which they are asked for the key;
    empty where they are rung at their desk."""

    asked: Asked
    confirm: str


def ring_duty(now: datetime) -> Iterator[DutyRing]:
    """Ask the next person on duty for each emergency that has waited long enough in vain; one
    person at a time for each, and none again before the others were."""
    waiting = emergencies_waiting(subject_kind=KIND, before=now - NOBODY_AFTER)
    if not waiting:
        return
    reasons = why_waiting(subject_kind=KIND, now=now)
    for each in waiting:
        why = reasons.get(each.subject_id)
        if why == "nobody_serves" or (why is not None and now - each.since >= IN_VAIN_AFTER):
            found = _next(each, now)
            if found is not None:
                yield found


def _next(emergency: Emergency, now: datetime) -> DutyRing | None:
    unit = emergency.organisation_id
    day = local_days(now)[unit]
    first = answerable_now(unit_id=unit, now=now, day=day).staff_ids
    then = supervisors_of(unit, day).staff_ids
    people = tuple(dict.fromkeys((*first, *then)))
    numbers = phones_of(people)
    for staff_id in people:
        asked_at = emergency.asked.get(staff_id)
        number = phones.try_normalise(numbers.get(staff_id, ""))
        if not number or (asked_at is not None and now - asked_at < AGAIN_AFTER):
            continue
        endpoint = settings.TRUNK.format(number=to_dial(number))
        asked = ask_on_duty(
            wish_of=(KIND, emergency.subject_id),
            person=OnDuty(staff_id, unit, endpoint),
            seconds=RING_SECONDS,
            confirm_seconds=CONFIRM_SECONDS,
            now=now,
        )
        if asked is not None:
            is_outside = asked.endpoint == endpoint
            reads = languages_of([staff_id]).get(staff_id, "")
            return DutyRing(asked, spoken_to(reads) if is_outside else "")
    return None
