"""Addresses of knowledge."""

from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit
from tests.walker.visits.typed import HUNTS

_WORDS: Final[dict[str, Any]] = {"title_en": "x", "body_en": "y", "category": "bills"}


def _article(post: Any = None, **more: Any) -> Visit:
    args = {"article_id": "{article}"} | more.pop("args", {})
    return Visit(args, more.pop("queries", ()), post, **more)


KNOWLEDGE: Final = {
    "knowledge:list": Visit(queries=(*HUNTS, "category=bills")),
    "knowledge:new": Visit(post=_WORDS, own=True),
    "knowledge:preview": Visit(
        post={"preview": "en", "body_en": "# x"}, get=NOT_ALLOWED, own=True
    ),
    "knowledge:article": _article(queries=("language=zh-Hant",)),
    "knowledge:edit": _article(_WORDS),
    "knowledge:version": _article(args={"number": "1"}),
    "knowledge:decide": _article({"approve": "yes"}, get=NOT_ALLOWED, sender="colleague"),
    "knowledge:mark": _article({"kind": "useful"}, get=NOT_ALLOWED),
    "knowledge:retire": _article({}, get=NOT_ALLOWED),
    "knowledge:texts": Visit(queries=(*HUNTS, "state=retired")),
    "knowledge:text_new": Visit(
        post={"key": "k", "scope": "own", "title_en": "x", "body_en": "y"}, own=True
    ),
    "knowledge:text_edit": Visit(
        {"text_id": "{text_module}"},
        post={"key": "unit", "scope": "own", "title_en": "x", "body_en": "y"},
    ),
    "knowledge:text_retire": Visit({"text_id": "{text_module}"}, post={}, get=NOT_ALLOWED),
}
