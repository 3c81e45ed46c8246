"""The clock state as JSON, so that a row can hold it between two events.

What a state is made of goes into the text as it is, and comes out of it into the same fields: a
calendar edit reads and writes the state of every open case.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from qiao.cases.rules.clock_state import Clock, ClockState, Pause, Piece, Seen
from qiao.cases.rules.promises import Promise, promise_data, promises_from_data

MOMENTS_AT_HAND: Final = 4096  # a case's own stand in it again and again
_CLOCK_PARTS: Final = frozenset(field.name for field in fields(Clock))


def state_text(state: ClockState) -> str:
    """The state as JSON; moments are ISO texts."""
    return _encode({"promises": state.promises, **_changing(state)})


def changing_text(state: ClockState) -> str:
    """The state as JSON without its promises, which few events touch."""
    return _encode(_changing(state))


def state_data(state: ClockState) -> dict[str, Any]:
    """The plain data of `state_text`."""
    data: dict[str, Any] = json.loads(state_text(state))
    return data


def _changing(state: ClockState) -> dict[str, Any]:
    return {
        "seq": state.seq,
        "at": state.at,
        "priority": state.priority,
        "known": state.known,
        "seen": state.seen,
        "pauses": state.pauses,
        "clocks": state.clocks,
    }


def _plain(value: object) -> Any:
    """What JSON has no form for; rows of a state are tuples, which it writes as lists."""
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, Clock):
        return vars(value)
    if isinstance(value, Promise):
        return promise_data(value)
    raise TypeError(f"no form for {value!r}")


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def state_from_data(data: Mapping[str, Any]) -> ClockState:
    """The state that `state_data` gave.

    Raises:
        KeyError: a part is missing.
    """
    return state_with(data, promises_from_data(data["promises"]))


def state_with(data: Mapping[str, Any], promises: tuple[Promise, ...]) -> ClockState:
    """The state that `changing_text` wrote, with promises that are at hand.

    Raises:
        KeyError: a part is missing.
    """
    return ClockState(
        promises=promises,
        seq=data["seq"],
        at=_maybe_moment(data["at"]),
        priority=data["priority"],
        known=data["known"],
        seen={token: Seen(seq, _moment(at)) for token, (seq, at) in data["seen"].items()},
        pauses=tuple(
            Pause(_moment(start), _maybe_moment(end), reason)
            for start, end, reason in data["pauses"]
        ),
        clocks=tuple([_clock(item) for item in data["clocks"]]),
    )


def _clock(data: Mapping[str, Any]) -> Clock:
    if not data.keys() >= _CLOCK_PARTS:
        raise KeyError(*_CLOCK_PARTS - data.keys())
    clock = object.__new__(Clock)  # past the checks of a frozen class, one for each field
    vars(clock).update(
        data,
        started_at=_moment(data["started_at"]),
        warn_percent=tuple(data["warn_percent"]),
        due_at=_maybe_moment(data["due_at"]),
        stopped_at=_maybe_moment(data["stopped_at"]),
        paused_since=_maybe_moment(data["paused_since"]),
        breached_at=_maybe_moment(data["breached_at"]),
        pieces=tuple([_piece(*row) for row in data["pieces"]]),
    )
    return clock


def _piece(start: str, end: str | None, *rest: Any) -> Piece:
    return Piece(_moment(start), _maybe_moment(end), *rest)


# All moments of a state are UTC, so the same moment is the same text.
_text: Final = lru_cache(MOMENTS_AT_HAND)(datetime.isoformat)
_moment: Final = lru_cache(MOMENTS_AT_HAND)(datetime.fromisoformat)


def _maybe_moment(text: str | None) -> datetime | None:
    return _moment(text) if text else None
