"""Addresses of work orders."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _order(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, **more: Any) -> Visit:
    args = {"work_order_id": "{order}"} | more.pop("args", {})
    return Visit(args, (), post, get=get, **more)


DISPATCH: Final = {
    "dispatch:today": Visit(),
    "dispatch:board": Visit(queries=("crew={team}",)),
    "dispatch:detail": _order(get=OK),
    "dispatch:assign": _order(
        {"who": "{team}:{colleague}"}, OK, args={"work_order_id": "{planned}"}
    ),
    "dispatch:complete": _order(),
    "dispatch:progress": _order({"note": "so far"}),
    "dispatch:act": _order({}, args={"verb": "accept", "work_order_id": "{planned}"}),
    "dispatch:picture": _order(get=OK, args={"attachment_id": "{picture}"}),
}
