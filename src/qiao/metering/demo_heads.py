"""Head-ends of the demo world: one that tells the half hours of a street, one whose frames have no
key yet; and what of it cannot be taken in."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.core.demo import World
from qiao.metering.operations.head_ends import add_head_end
from qiao.metering.operations.interval_calls import NewInterval
from qiao.metering.operations.message_reading import Message
from qiao.metering.operations.messages import take_messages
from qiao.staff.queries import system_actor

ROWS: Final = 2_000  # of a message
_NORTH: Final = "heads/north/+"
_PILOT: Final = "dlms/pilot/+"
# A frame of a meter that is encrypted: its system title, security control, counter, and the rest.
_FRAME: Final = bytes.fromhex(
    "DB084D4D4D0000BC614E1E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"
)


def send(world: World, unit: int, intervals: Sequence[NewInterval]) -> None:
    """Have a head-end tell these intervals, and some that is not right."""
    actor = system_actor(organisation_id=unit)
    for name, topic, form in (
        ("北区远传集抄", _NORTH, "json"), ("智能电表试点", _PILOT, "dlms"),
    ):  # fmt: skip
        add_head_end(
            actor=actor, now=world.now, organisation_id=unit, name=name, topic=topic, form=form
        )
    parts = [intervals[n : n + ROWS] for n in range(0, len(intervals), ROWS)]
    told = [
        Message("heads/north/curve", _body(f"{world.now:%Y-%m-%d}-{number:02d}", part))
        for number, part in enumerate(parts, 1)
    ]
    take_messages(messages=[*told, *_wrong(world.now)], now=world.now)


def _body(key: str, intervals: Sequence[NewInterval]) -> bytes:
    rows: list[dict[str, Any]] = [
        {
            "meter_number": each.meter_number, "start": each.start.isoformat(),
            "value": each.value, "minutes": each.minutes, "is_estimated": each.is_estimated,
        }
        for each in intervals
    ]  # fmt: skip
    return json.dumps({"key": key, "intervals": rows}).encode()


def _wrong(now: datetime) -> list[Message]:
    at = (now - timedelta(hours=9)).isoformat()
    new = {"key": "N-77120934", "meter_number": "NB-77120934", "value": "3", "read_at": at}
    bare = {"key": "N-77120935", "meter_number": "NB-77120935", "value": 18}
    return [
        Message("heads/north/daily", json.dumps({"readings": [new]}).encode()),
        Message("heads/north/daily", json.dumps({"readings": [bare]}).encode()),
        Message("dlms/pilot/SM3001004471", _FRAME),
    ]
