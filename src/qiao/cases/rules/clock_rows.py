"""The clock state as plain data, so that a row can hold it between two events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiao.cases.rules.clock_state import Clock, ClockState, Pause, Piece, Seen
from qiao.cases.rules.promises import Promise, promise_data, promises_from_data


def state_data(state: ClockState) -> dict[str, Any]:
    """The state as JSON can hold it; moments are ISO texts."""
    return {
        "promises": [promise_data(item) for item in state.promises],
        **changing_data(state),
    }


def changing_data(state: ClockState) -> dict[str, Any]:
    """The state without its promises, which few events touch."""
    return {
        "seq": state.seq,
        "at": _text(state.at),
        "priority": state.priority,
        "known": dict(state.known),
        "seen": {token: [item.seq, _text(item.at)] for token, item in state.seen.items()},
        "pauses": [[_text(item.start), _text(item.end), item.reason] for item in state.pauses],
        "clocks": [clock_data(clock) for clock in state.clocks],
    }


def state_from_data(data: Mapping[str, Any]) -> ClockState:
    """The state that `state_data` wrote.

    Raises:
        KeyError: a part is missing.
    """
    return state_with(data, promises_from_data(data["promises"]))


def state_with(data: Mapping[str, Any], promises: tuple[Promise, ...]) -> ClockState:
    """The state that `changing_data` wrote, with promises that are at hand.

    Raises:
        KeyError: a part is missing.
    """
    return ClockState(
        promises=promises,
        seq=data["seq"],
        at=_maybe_moment(data["at"]),
        priority=data["priority"],
        known=dict(data["known"]),
        seen={token: Seen(seq, _moment(at)) for token, (seq, at) in data["seen"].items()},
        pauses=tuple(
            Pause(_moment(start), _maybe_moment(end), reason)
            for start, end, reason in data["pauses"]
        ),
        clocks=tuple(clock_from_data(item) for item in data["clocks"]),
    )


def clock_data(clock: Clock) -> dict[str, Any]:
    """One clock as plain data."""
    return {
        "promise": clock.promise,
        "round": clock.round,
        "start_seq": clock.start_seq,
        "started_at": _text(clock.started_at),
        "target_seconds": clock.target_seconds,
        "calendar": clock.calendar,
        "calendar_version": clock.calendar_version,
        "warn_percent": list(clock.warn_percent),
        "state": clock.state,
        "due_at": _text(clock.due_at),
        "stopped_at": _text(clock.stopped_at),
        "paused_since": _text(clock.paused_since),
        "breached_at": _text(clock.breached_at),
        "elapsed_seconds": clock.elapsed_seconds,
        "paused_seconds": clock.paused_seconds,
        "pieces": [_piece_data(piece) for piece in clock.pieces],
    }


def clock_from_data(data: Mapping[str, Any]) -> Clock:
    """The clock that `clock_data` wrote.

    Raises:
        KeyError: a part is missing.
    """
    warn, bad = data["warn_percent"]
    return Clock(
        promise=data["promise"],
        round=data["round"],
        start_seq=data["start_seq"],
        started_at=_moment(data["started_at"]),
        target_seconds=data["target_seconds"],
        calendar=data["calendar"],
        calendar_version=data["calendar_version"],
        warn_percent=(warn, bad),
        state=data["state"],
        due_at=_maybe_moment(data["due_at"]),
        stopped_at=_maybe_moment(data["stopped_at"]),
        paused_since=_maybe_moment(data["paused_since"]),
        breached_at=_maybe_moment(data["breached_at"]),
        elapsed_seconds=data["elapsed_seconds"],
        paused_seconds=data["paused_seconds"],
        pieces=tuple(_piece_from_data(item) for item in data["pieces"]),
    )


def _piece_data(piece: Piece) -> list[Any]:
    return [
        _text(piece.start),
        _text(piece.end),
        piece.counted,
        piece.reason,
        piece.note,
        piece.priority,
        piece.calendar,
        piece.seconds,
    ]


def _piece_from_data(row: list[Any]) -> Piece:
    start, end, *rest = row
    return Piece(_moment(start), _maybe_moment(end), *rest)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _maybe_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
