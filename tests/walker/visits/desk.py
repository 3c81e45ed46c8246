"""Addresses of the desk: workspace, search, overview, reported problems."""

from typing import Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, Visit
from tests.walker.visits.typed import HUNTS

DESK: Final = {
    "desk:home": Visit(get=MOVED),
    "desk:sign_in": Visit(public=True, get=MOVED),
    "desk:workspace": Visit(
        queries=(
            "open=contact:{contact}",
            "open=contact:{closed}",
            "open=cases:{case}",
            "open=feedback:{follow_up}",
            "scope=all",
            "new=phone&phone=13806177754",
            "new=phone&customer={customer}",
            "new=emergency&open=contact:{contact}",
        )
    ),
    "desk:inbox": Visit(queries=("scope=all", "scope=team")),
    "desk:inbox_news": Visit(queries=("scope=all&seen=contact:{contact}", "scope=team")),
    "desk:aside": Visit(queries=("open=contact:{contact}", "new=phone&customer={customer}")),
    "desk:next": Visit(),
    "desk:emergency": Visit(
        queries=("open=contact:{contact}",),
        post={
            "type": "water.burst_main",
            "place": "bridge",
            "area": "339102",
            "open": "contact:{contact}",
        },
        get=MOVED,
        own=True,
    ),
    "desk:tabs": Visit(queries=("path=/cases/{case}/", "path=//x")),
    "desk:tabs_visit": Visit(post={"path": "/cases/{case}/"}, get=NOT_ALLOWED, own=True),
    "desk:tabs_close": Visit(
        post={"tab": "1", "path": "/cases/{case}/"}, get=NOT_ALLOWED, own=True
    ),
    "desk:tabs_reopen": Visit(queries=("tab=1",), post={}, get=NOT_ALLOWED, own=True),
    "desk:search": Visit(queries=HUNTS),
    "desk:palette": Visit(queries=(*HUNTS, "q=%23{number}", "q=%4013806177754")),
    "desk:overview": Visit(queries=("unit={unit}", "pack=water", "period=90")),
    "desk:overview_now": Visit(queries=("unit={unit}",)),
    "desk:overview_figure": Visit({"key": "cases.type"}, queries=("unit={unit}", "form=table")),
    "desk:overview_export": Visit(
        post={"take": "xlsx all", "unit": "{unit}"}, get=NOT_ALLOWED, own=True
    ),
}
PROBLEMS: Final = {
    "desk:report_problem": Visit(
        queries=("from=/cases/&request=abc",), post={"title": "x"}, own=True
    ),
    "desk:problem_answer": Visit({"problem_id": "{problem}"}),
    "desk:problem_seen": Visit({"problem_id": "{problem}"}, post={}, get=NOT_ALLOWED),
    "desk:problem_picture": Visit({"attachment_id": "{problem_picture}"}),
}
