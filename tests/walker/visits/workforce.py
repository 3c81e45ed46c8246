"""Addresses of planning: weeks of rosters, shifts, one's own shifts."""

from typing import Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, Visit

GROUP: Final = {"group_id": "{crew}"}
WEEK: Final = {"week_id": "{week}"}

WORKFORCE: Final = {
    "workforce:index": Visit(get=MOVED),
    "workforce:week": Visit(GROUP | {"iso": "{week_monday}"}),
    "workforce:begin": Visit(GROUP, post={"monday": "{next_monday}"}, get=NOT_ALLOWED),
    "workforce:shifts": Visit(GROUP),
    "workforce:shift_new": Visit(GROUP, post={"name": "x", "begins": "08:00", "ends": "16:00"}),
    "workforce:shift_change": Visit(
        GROUP | {"shift_id": "{shift}"},
        post={"name": "y", "begins": "09:00", "ends": "16:00"},
    ),
    "workforce:shift_end": Visit(GROUP | {"shift_id": "{shift}"}, post={}, get=NOT_ALLOWED),
    "workforce:standing": Visit(WEEK, get=204),
    "workforce:solve": Visit(WEEK, post={}, get=NOT_ALLOWED),
    "workforce:publish": Visit(WEEK, post={}, get=NOT_ALLOWED),
    "workforce:move": Visit(
        WEEK,
        post={"day": "{week_monday}", "source": "{agent}", "target": "{colleague}"},
        get=NOT_ALLOWED,
    ),
    "workforce:cell": Visit(
        WEEK | {"staff_id": "{agent}", "iso": "{week_monday}"}, post={"shift": ""}
    ),
    "workforce:mine": Visit(),
    "workforce:own": Visit(),
    "workforce:pulse": Visit(post={"mood": "4"}, get=NOT_ALLOWED, own=True),
    "workforce:adherence": Visit(GROUP, queries=("days=1",)),
    "workforce:kept": Visit(
        GROUP,
        queries=("days=28&what=all", "person={agent}&what=late", "day={week_monday}&what=over"),
    ),
    "workforce:load": Visit(GROUP),
    "workforce:person": Visit(GROUP | {"staff_id": "{agent}"}),
    "workforce:certificate_new": Visit(
        GROUP | {"staff_id": "{agent}"},
        post={"name": "x", "issued": "2026-01-05", "expires": "2028-01-05"},
    ),
    "workforce:certificate_drop": Visit(
        GROUP | {"staff_id": "{agent}", "certificate_id": "{certificate}"},
        post={},
        get=NOT_ALLOWED,
    ),
    "workforce:wish": Visit(
        {"iso": "{week_monday}"}, post={"day": "{week_monday}", "shift": ""}, own=True
    ),
}
