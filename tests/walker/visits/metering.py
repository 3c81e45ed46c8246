"""Addresses of metering: exceptions, readings of a point, routes, rounds, files."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

METERING: Final = {
    "metering:exceptions": Visit(queries=("rule=backwards", "view=reread", "after=1", "rule=x")),
    "metering:reading": Visit({"reading_id": "{reading}"}),
    "metering:decide": Visit(
        {"reading_id": "{reading}", "action": "accept"},
        post={"why": "核实", "is_rolled": "on"},
        get=NOT_ALLOWED,
    ),
    "metering:point": Visit(
        {"service_point_id": "{metered_point}"}, queries=("after=2026-01-05.7", "after=x")
    ),
    "metering:enter": Visit(
        {"service_point_id": "{metered_point}"},
        post={"value": "90", "day": "2026-11-01", "method": "customer", "reason": ""},
        get=NOT_ALLOWED,
    ),
    "metering:counting": Visit({"service_point_id": "{metered_point}"}),
    "metering:multiply": Visit(
        {"service_point_id": "{metered_point}"},
        post={"register": "1", "factor": "30", "day": "2026-12-01", "source": "变更单"},
        get=NOT_ALLOWED,
    ),
    "metering:adjust": Visit(
        {"service_point_id": "{metered_point}"},
        post={"register": "1", "amount": "-3", "day": "2026-12-01", "why": "漏水减免"},
        get=NOT_ALLOWED,
    ),
    "metering:point_day": Visit(
        {"service_point_id": "{metered_point}", "day": "2026-11-01"}, queries=("x=1",)
    ),
    "metering:intervals": Visit(
        post={"organisation": "{unit}", "minutes": "30", "file": "HOURS"},
        own=True,
        queries=("after=99",),
    ),
    "metering:load": Visit({"load_id": "{interval_load}"}, queries=("after=1",)),
    "metering:load_resume": Visit({"load_id": "{lost_interval_load}"}, post={}, get=NOT_ALLOWED),
    "metering:load_refused": Visit(
        {"load_id": "{interval_load}", "form": "csv"}, post={}, get=NOT_ALLOWED
    ),
    "metering:rounds": Visit(queries=("after=2026-01-05.7",)),
    "metering:round_close": Visit({"round_id": "{reading_round}"}, post={}, get=NOT_ALLOWED),
    "metering:routes": Visit(queries=("after=1",)),
    "metering:route": Visit({"route_id": "{reading_route}"}, queries=("after=1",)),
    "metering:round_begin": Visit(
        {"route_id": "{other_reading_route}"},
        post={"since": "2026-10-01", "due_date": "2026-10-05"},
        get=NOT_ALLOWED,
    ),
    "metering:blind_begin": Visit(
        {"round_id": "{reading_round}"},
        post={"reader": "{second_reader}", "share": "3", "due_date": "2026-12-01", "seed": "9"},
    ),
    "metering:blind": Visit({"check_id": "{blind_check}"}),
    "metering:blind_close": Visit({"check_id": "{blind_check}"}, post={}, get=NOT_ALLOWED),
    "metering:blind_walk": Visit({"check_id": "{blind_check}"}),
    "metering:blind_take": Visit(
        {"check_id": "{blind_check}"},
        post={
            "idempotency_key": "walker-1",
            "service_point": "{metered_point}",
            "do": "unread",
            "reason": "dog",
        },
        get=NOT_ALLOWED,
    ),
    "metering:quality": Visit(
        queries=("by=route&months=12&measure=blind", "measure=complaints", "by=x&months=x")
    ),
    "metering:quality_rows": Visit(
        queries=("measure=bills&key=1&by=route&start=50", "measure=wrong&key={blind_check}")
    ),
    "metering:walks": Visit(),
    "metering:walk": Visit({"round_id": "{reading_round}"}),
    "metering:walk_take": Visit(
        {"round_id": "{reading_round}"},
        post={
            "idempotency_key": "walker-2",
            "service_point": "{metered_point}",
            "do": "unread",
            "reason": "dog",
            "note": "狗",
        },
        get=NOT_ALLOWED,
    ),
    "metering:walk_check": Visit(
        {"round_id": "{reading_round}"},
        post={"idempotency_key": "walker-3", "service_point": "{metered_point}"},
        get=NOT_ALLOWED,
    ),
    "metering:walk_finish": Visit({"round_id": "{reading_round}"}, post={}, get=NOT_ALLOWED),
    "metering:walk_worker": Visit(),
    "metering:visit_photo": Visit({"visit_id": "{stop_visit}"}),
    "metering:heads": Visit(queries=("after=99",)),
    "metering:head_new": Visit(
        post={"organisation": "{unit}", "name": "集抄", "topic": "walker/+", "form": "dlms"},
        get=NOT_ALLOWED,
    ),
    "metering:head": Visit({"head_end_id": "{head_end}"}, queries=("after=1",)),
    "metering:head_switch": Visit(
        {"head_end_id": "{head_end}"}, post={"is_active": "on"}, get=NOT_ALLOWED
    ),
    "metering:head_again": Visit({"head_end_id": "{head_end}"}, post={}, get=NOT_ALLOWED),
    "metering:message": Visit({"message_id": "{aside_message}"}),
    "metering:message_act": Visit(
        {"message_id": "{other_aside_message}", "action": "drop"}, post={}, get=NOT_ALLOWED
    ),
    "metering:files": Visit(queries=("after=99",)),
    "metering:file_new": Visit(post={"organisation": "{unit}", "file": "CSV"}, own=True),
    "metering:file": Visit({"file_id": "{taken_reading_file}"}, queries=("after=1",)),
    "metering:file_columns": Visit(
        {"file_id": "{reading_file}"},
        post={"column-0": "meter", "column-1": "day", "column-2": "value"},
        get=NOT_ALLOWED,
    ),
    "metering:file_act": Visit(
        {"file_id": "{reading_file}", "action": "start"}, post={}, get=NOT_ALLOWED
    ),
    "metering:file_refused": Visit(
        {"file_id": "{taken_reading_file}", "form": "csv"}, post={}, get=NOT_ALLOWED
    ),
}
