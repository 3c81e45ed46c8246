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
    "staff:demo_sign_in": Visit(
        {"number": "{agent_number}"}, post={}, get=NOT_ALLOWED, public=True, own=True
    ),
}
