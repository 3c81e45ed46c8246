"""Addresses of contacts."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, NOTHING, OK, Visit
from tests.walker.visits.typed import HUNTS, LEAK


def _contact(
    post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, *queries: str, **more: Any
) -> Visit:
    args = {"interaction_id": "{contact}"} | more.pop("args", {})
    return Visit(args, queries, post, get=get, **more)


CONTACT: Final = {
    "contact:list": Visit(queries=("agent={agent}", "unit={unit}", "channel=phone")),
    **{
        f"contact:new_{channel}": Visit(
            queries=("phone=13806177754&customer={customer}",),
            post={"phone": "13806177754", "customer": "{customer}", **more},
            get=MOVED,
            own=True,
        )
        for channel, more in {
            "phone": {},
            "counter": {},
            "letter": {"caller_name": "x", "day": "2026-01-05", "time": "10:00"},
            "email": {"caller_name": "x", "day": "2026-01-05", "time": "10:00"},
            "visit": {"caller_name": "x", "day": "2026-01-05", "time": "10:00"},
        }.items()
    },
    "contact:detail": Visit({"interaction_id": "{closed}"}),
    "contact:pane": _contact(None, OK),
    "contact:head": _contact(None, OK),
    **{
        f"contact:{name}": Visit(post=post, get=NOT_ALLOWED, own=True)
        for name, post in {"on": {}, "off": {}, "ready": {}, "rest": {"reason": "meal"}}.items()
    },
    "contact:draft": _contact({"tab": "walker", "note": "mine"}),
    "contact:refresh": _contact({"tab": "walker", "note": "mine"}),
    "contact:matter": _contact(None, NOTHING),
    "contact:people": _contact(None, OK, *HUNTS),
    "contact:identify": _contact({"customer": "{customer}", "account": "{account}"}),
    "contact:enrol": _contact({"name": "周敏"}),
    "contact:unknown": Visit(
        {"interaction_id": "{empty}"}, post={"reason": "passer_by"}, get=NOT_ALLOWED
    ),
    "contact:describe": _contact({"caller_name": "x", "phone": "", "place": "y"}),
    "contact:end": _contact({}),
    "contact:finish": _contact(
        {"subject": "x", "outcome": "water.answered", "note": "n", "tab": "walker"}
    ),
    "contact:abandon": Visit({"interaction_id": "{empty}"}, post={}, get=NOT_ALLOWED),
    "contact:reopen": Visit({"interaction_id": "{closed}"}, post={}, get=NOT_ALLOWED),
    "contact:take": _contact({}, sender="colleague"),
    "contact:case": _contact({**LEAK, "embed": "/interactions/{contact}/case"}, OK),
    "contact:case_form": _contact(LEAK),
    "contact:side": _contact(LEAK),
    "contact:case_draft": _contact({"tab": "walker", "title": "x"}),
    "contact:continue_case": _contact({}, args={"case_id": "{other_case}"}),
}
