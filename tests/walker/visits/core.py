"""Addresses of the house itself, and of whoever works there."""

from typing import Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, Visit

CORE: Final = {
    "health": Visit(public=True),
    "metrics": Visit(public=True),
    "live": Visit(),
    "frame": Visit(queries=("known={call}",)),
    "gallery": Visit(public=True),
    "set_language": Visit(post={"language": "en", "next": "/"}, get=MOVED, public=True),
    "staff:preferences": Visit(post={"theme": "dark"}, get=NOT_ALLOWED, public=True, own=True),
    "staff:absences": Visit(),
    "staff:absence_new": Visit(
        post={"person": "1027", "first": "2027-01-04", "last": "2027-01-05", "kind": "leave"},
        own=True,
    ),
    "staff:absence_end": Visit({"absence_id": "{absence}"}, post={}, get=NOT_ALLOWED),
    "staff:duty": Visit(get=MOVED),
    "staff:roster": Visit({"roster_id": "{roster}"}, queries=("month=2027-01",)),
    "staff:duty_change": Visit(
        {"roster_id": "{roster}", "iso": "2030-01-04", "start": "1050"},
        post={"staff": "{agent}", "reason": "x"},
    ),
    "staff:duty_pattern": Visit({"roster_id": "{roster}"}, ("since=2030-01-01", "since=x")),
    "staff:duty_pattern_change": Visit(
        {"roster_id": "{roster}"},
        ("since=2030-01-07",),
        {
            "do": "keep",
            "since": "2030-01-07",
            "weeks": "1",
            "start_0": "20:00",
            "end_0": "08:00",
            "c_0_0_1": "{agent}",
        },
        reader="chief",
        sender="chief",
    ),
    "staff:duty_pattern_drop": Visit(
        {"roster_id": "{roster}", "iso": "2030-02-04"}, post={}, get=NOT_ALLOWED, sender="chief"
    ),
    "staff:files": Visit(),
    "staff:file_cancel": Visit({"export_id": "{export}"}, post={}, get=NOT_ALLOWED),
    "staff:file": Visit({"export_id": "{export}"}),
    "staff:notices": Visit(queries=("unread", "before=5")),
    "staff:notice_box": Visit(),
    "staff:notice_bell": Visit(),
    "staff:notices_read": Visit(post={"up_to": "5"}, get=NOT_ALLOWED, own=True),
    "staff:notice_open": Visit({"notice_id": "{notice}"}, post={}, get=NOT_ALLOWED),
    "staff:demo_sign_in": Visit(
        {"number": "{agent_number}"}, post={}, get=NOT_ALLOWED, public=True, own=True
    ),
}
