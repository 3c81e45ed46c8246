"""Emergencies that nobody signed on can take ring whoever is on duty, at their own telephone.

At night a burst main must not wait for the morning. The duty roster says whose turn it is; after
them, or where nobody is on duty, whoever leads or supervises the unit is rung.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from qiao.contact.operations import Asked, OnDuty, ask_on_duty
from qiao.contact.queries import Emergency, emergencies_waiting, why_waiting
from qiao.core.rules import phones
from qiao.staff.queries import local_days
from qiao.staff.queries.duty import answerable_now, supervisors_of
from qiao.staff.queries.people import phones_of
from qiao.telephony.operations.calls_at_hand import KIND
from qiao.telephony.rules.outside import to_dial

NOBODY_AFTER: Final = timedelta(seconds=10)  # where nobody signed on serves the queue at all
IN_VAIN_AFTER: Final = timedelta(seconds=60)  # where all are busy, or lack the skill still
RING_SECONDS: Final = 30
AGAIN_AFTER: Final = timedelta(seconds=90)  # the others on duty are rung meanwhile


def ring_duty(now: datetime) -> Iterator[Asked]:
    """Ask the next person on duty for each emergency that has waited long enough in vain; one
    person at a time for each, and none again before the others were."""
    waiting = emergencies_waiting(subject_kind=KIND, before=now - NOBODY_AFTER)
    if not waiting:
        return
    reasons = why_waiting(subject_kind=KIND, now=now)
    for each in waiting:
        why = reasons.get(each.subject_id)
        if why == "nobody_serves" or (why is not None and now - each.since >= IN_VAIN_AFTER):
            asked = _next(each, now)
            if asked is not None:
                yield asked


def _next(emergency: Emergency, now: datetime) -> Asked | None:
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
            now=now,
        )
        if asked is not None:
            return asked
    return None
