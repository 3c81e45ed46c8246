"""Addresses of the house itself, and of whoever works there."""

from typing import Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, Visit

CORE: Final = {
    "health": Visit(public=True),
    "metrics": Visit(public=True),
    "live": Visit(),
    "gallery": Visit(public=True),
    "set_language": Visit(post={"language": "en", "next": "/"}, get=MOVED, public=True),
    "staff:preferences": Visit(post={"theme": "dark"}, get=NOT_ALLOWED, public=True, own=True),
    "staff:notices": Visit(queries=("unread", "before=5")),
    "staff:notice_box": Visit(),
    "staff:notice_bell": Visit(),
    "staff:notices_read": Visit(post={"up_to": "5"}, get=NOT_ALLOWED, own=True),
    "staff:notice_open": Visit({"notice_id": "{notice}"}, post={}, get=NOT_ALLOWED),
    "staff:demo_sign_in": Visit(
        {"number": "{agent_number}"}, post={}, get=NOT_ALLOWED, public=True, own=True
    ),
}
