"""Addresses of introducing: units and features, pilots, effect, what staff say."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

KEY: Final = "cases.macros"
PILOT: Final = {"pilot_id": "{pilot}"}

ROLLOUT: Final = {
    "rollout:index": Visit(),
    "rollout:feature": Visit({"key": KEY}),
    "rollout:steps": Visit(
        {"key": KEY},
        post={
            "units": "{unit}",
            "first": "{later}",
            "at_once": "1",
            "apart": "7",
            "reason": "x",
        },
        own=True,
    ),
    "rollout:switch": Visit(
        {"key": KEY, "unit_id": "{unit}"},
        post={"state": "above", "since": "{later}", "reason": "x"},
    ),
    "rollout:pilots": Visit(),
    "rollout:pilot_new": Visit(
        post={
            "title": "x",
            "aim": "x",
            "features": KEY,
            "units": "{unit}",
            "since": "{later}",
            "last": "{later}",
            "helpers": "{agent}",
            "team": "",
        },
        own=True,
    ),
    "rollout:pilot": Visit(PILOT),
    "rollout:pilot_evaluate": Visit(PILOT, post={"words": "x"}),
    "rollout:pilot_decide": Visit(
        {"pilot_id": "{pilot_evaluated}"},
        post={"decision": "go_on", "since": "{later}", "reason": "x"},
    ),
    "rollout:effect": Visit(queries=("pilot={pilot}", "feature=cases.macros&days=183")),
    "rollout:effect_file": Visit(post={}, get=NOT_ALLOWED, own=True),
    "rollout:say": Visit(
        queries=("from=/cases/",),
        post={"text": "x", "kind": "idea", "page": "cases:list", "path": "/cases/"},
        own=True,
    ),
    "rollout:own_remarks": Visit(),
}
