"""Addresses of records and figures of calls."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit
from tests.walker.visits.typed import HUNTS

RECORDING: Final = {"recording_id": "{recording}"}
CALL_RECORDS: Final = {
    "telephony:list": Visit(
        queries=(
            "agent={agent}",
            "unit={unit}",
            "customer={customer}",
            "measure=answered",
            "measure=counted&hour=09:30&waited=5",
            "queue=-",
            *HUNTS,
        )
    ),
    "telephony:detail": Visit({"call_id": "{past_call}"}),
    "telephony:recording": Visit(RECORDING),
    "telephony:play_recording": Visit(RECORDING, post={}, get=NOT_ALLOWED),
    "telephony:recording_sound": Visit(RECORDING | {"play_id": "{recording_play}"}),
    "telephony:take_recording": Visit(RECORDING, post={"reason": "12345"}, get=NOT_ALLOWED),
    "telephony:hold_recording": Visit(
        RECORDING, post={"why": "dispute", "note": "12345"}, get=NOT_ALLOWED
    ),
    "telephony:release_recording": Visit(RECORDING, post={}, get=NOT_ALLOWED),
    "telephony:level": Visit(
        queries=("by=agent&period=month", "by=queue", "by=hour&period=week", "unit={unit}")
    ),
    "telephony:stood": Visit(queries=("agent={agent}", "unit={unit}", "since=2026-01-01&until=x")),
    "telephony:people_now": Visit(queries=("queue=water.billing", "state=ready")),
    "telephony:wallboard": Visit(),
    "telephony:watch_bar": Visit(),
    "telephony:end_watch": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:take_over": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:watch": Visit(
        {"call_id": "{call}", "mode": "listen"}, post={}, get=NOT_ALLOWED, sender="colleague"
    ),
    "telephony:move": Visit({"call_id": "{waiting_call}"}, post={"queue": "water.repair"}),
    "telephony:raise": Visit({"call_id": "{waiting_call}"}, post={"reason": "x"}),
    "telephony:lower": Visit({"call_id": "{waiting_call}"}, post={}, get=NOT_ALLOWED),
    "telephony:give": Visit(
        {"call_id": "{waiting_call}"}, post={"staff": "{agent}"}, get=NOT_ALLOWED
    ),
    "telephony:living": Visit(queries=("queue=water.billing", "team={team}", "team=x")),
    "telephony:level_file": Visit({"form": "csv"}, post={}, get=NOT_ALLOWED, own=True),
}
