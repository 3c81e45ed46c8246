"""Messages of head-ends taken in: many as one transaction, by the operations that programs use.

What cannot be taken in is put aside in the same transaction, so that the broker may be told that
it has been dealt with. Whatever was committed before is known when it is told again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from qiao.core.rules.text import BadText
from qiao.core.transactions import acting, outside, required
from qiao.metering.models import HeadEnd
from qiao.metering.operations.aside import Aside, put_aside
from qiao.metering.operations.interval_calls import CallTaken, take_interval_calls
from qiao.metering.operations.message_reading import (
    Message,
    Read,
    Unreadable,
    read_message,
)
from qiao.metering.operations.taking import REFUSED, TAKEN, Taken, take_readings
from qiao.metering.queries.heads import actor_of, every_head_end, of_topic, source_of
from qiao.staff.queries import company_id

log: Final = structlog.get_logger(__name__)
AWAY: Final = (OperationalError, InterfaceError)
"""The database is away: nothing was kept, and everything is to be told again."""


@dataclass(slots=True)
class Counted:
    """What became of messages: readings and intervals taken in, known, refused; messages put
    aside."""

    messages: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0
    aside: int = 0

    def add(self, other: "Counted") -> None:
        """Count others too."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def take_messages(*, messages: Sequence[Message], now: datetime) -> Counted:
    """Deal with messages in their order, those of a head-end in a transaction of their own.

    One that breaks its transaction is found by taking each for itself, and put aside. Raises
    `OperationalError` or `InterfaceError` where the database is away.
    """
    outside()
    heads = every_head_end()
    groups: dict[int, list[Message]] = {}
    known = {each.pk: each for each in heads}
    for message in messages:
        head_end = of_topic(heads, message.topic)
        groups.setdefault(head_end.pk if head_end else 0, []).append(message)
    counted = Counted()
    for pk, some in groups.items():
        head_end = known.get(pk)
        if head_end is not None and head_end.is_active:
            counted.add(_take_of(head_end, some, now))
        else:
            counted.add(_put_all_aside(head_end, some, now))
    return counted


def _put_all_aside(
    head_end: HeadEnd | None, messages: Sequence[Message], now: datetime
) -> Counted:
    unit = head_end.organisation_id if head_end else company_id()
    reason = "off" if head_end else "no_head_end"
    with acting(None):
        put_aside([Aside(head_end, unit, each, reason) for each in messages], now=now)
    return Counted(messages=len(messages), aside=len(messages))


def _take_of(head_end: HeadEnd, messages: Sequence[Message], now: datetime) -> Counted:
    try:
        return _taken_together(head_end, messages, now)
    except AWAY:
        raise
    except Exception as fault:  # whichever of them it was is found when each is taken alone
        if len(messages) == 1:
            return _broken(head_end, messages[0], fault, now)
        log.exception("messages_not_taken_at_once", messages=len(messages))
    counted = Counted()
    for message in messages:
        counted.add(_take_of(head_end, [message], now))
    return counted


def _broken(head_end: HeadEnd, message: Message, fault: Exception, now: datetime) -> Counted:
    """Put a message aside that breaks what takes it in."""
    reason, faults = "fault", [{"detail": type(fault).__name__}]
    if isinstance(fault, BadText):
        reason, faults = "text", [{"path": fault.field, "detail": fault.message % fault.params}]
    else:
        log.error("message_not_taken", topic=message.topic, exc_info=fault)
    with acting(None):
        put_aside([Aside(head_end, head_end.organisation_id, message, reason, faults)], now=now)
        counted = Counted(messages=1, aside=1)
        _count(head_end, counted, now)
    return counted


def _taken_together(head_end: HeadEnd, messages: Sequence[Message], now: datetime) -> Counted:
    read: list[Read] = []
    aside: list[Aside] = []
    for message in messages:
        try:
            read.append(read_message(head_end, message))
        except Unreadable as why:
            aside.append(
                Aside(head_end, head_end.organisation_id, message, why.reason, why.faults)
            )
    with acting(actor_of(head_end)):
        counted, left = take_read(head_end, read, now=now)
        put_aside([*aside, *left], now=now)
        counted.messages, counted.aside = len(messages), len(aside) + len(left)
        _count(head_end, counted, now)
    return counted


def take_read(
    head_end: HeadEnd, read: Sequence[Read], *, now: datetime
) -> tuple[Counted, list[Aside]]:
    """Take in what was read of messages; how much that was, and what of it is to be put aside.

    Raises as `take_readings` and `take_interval_calls`.
    """
    required()
    actor, source = actor_of(head_end), source_of(head_end)
    readings = [each for one in read for each in one.readings]
    calls = [one.call for one in read if one.call is not None]
    found = iter(
        take_readings(actor=actor, now=now, source=source, readings=readings) if readings else ()
    )
    loads = iter(
        take_interval_calls(
            actor=actor, organisation_id=head_end.organisation_id, source=source, calls=calls,
            now=now,
        )
        if calls
        else ()
    )  # fmt: skip
    counted, left = Counted(), list[Aside]()
    for one in read:
        own = [next(found) for _ in one.readings]
        load = next(loads) if one.call is not None else None
        outcome = _outcome(head_end, one, own, load)
        counted.add(outcome[0])
        if outcome[1] is not None:
            left.append(outcome[1])
    return counted, left


def _outcome(
    head_end: HeadEnd, one: Read, found: Sequence[Taken], call: CallTaken | None
) -> tuple[Counted, Aside | None]:
    faults: list[dict[str, Any]] = list(one.faults)
    refused = [place for place, each in enumerate(found, 1) if each.outcome == REFUSED]
    for place in refused:
        given = one.readings[place - 1]
        faults += [
            {
                "place": place, "key": each_key(given.key), "meter": given.meter_number,
                "value": given.raw, "rule": each.rule, "seen": dict(each.seen),
                "expected": dict(each.expected),
            }
            for each in found[place - 1].findings
        ]  # fmt: skip
    taken = sum(each.outcome == TAKEN for each in found)
    counted = Counted(taken=taken, known=len(found) - taken - len(refused), refused=len(refused))
    left: dict[str, Any] = {"readings": refused}
    if call is not None:
        faults += [
            {
                "place": row.number, "field": row.field, "code": row.code, "meter": row.meter,
                "at": row.at, "value": row.value,
            }
            for row in call.refused
        ]  # fmt: skip
        left["intervals"] = [row.number for row in call.refused]
        counted.refused += len(call.refused)
        if call.is_known:
            counted.known += call.load.taken_count
        else:
            counted.taken += call.load.taken_count
    if not faults:
        return counted, None
    reason = "refused" if refused or left.get("intervals") else "frame"
    if one.faults:  # parts that were not read may be readable later: all of it is told again
        left["whole"] = True
    unit = head_end.organisation_id
    return counted, Aside(head_end, unit, one.message, reason, faults, left)


def each_key(key: str) -> str:
    """A key as it is shown: those of frames say nothing."""
    return "" if key.startswith("dlms:") else key


_COUNT: Final = """
INSERT INTO metering_headendfigures AS f
       (head_end_id, last_message_at, message_count, taken_count, known_count, refused_count)
VALUES (%(pk)s, %(now)s, %(messages)s, %(taken)s, %(known)s, %(refused)s)
ON CONFLICT (head_end_id) DO UPDATE
   SET last_message_at = greatest(f.last_message_at, excluded.last_message_at),
       message_count = f.message_count + excluded.message_count,
       taken_count = f.taken_count + excluded.taken_count,
       known_count = f.known_count + excluded.known_count,
       refused_count = f.refused_count + excluded.refused_count
"""


def _count(head_end: HeadEnd, counted: Counted, now: datetime) -> None:
    figures: dict[str, Any] = {name: getattr(counted, name) for name in counted.__slots__}
    figures |= {"pk": head_end.pk, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, figures)
