"""Addresses of surveys: inside the house, and the page behind a personal link."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _of(post: Mapping[str, Any] | None = None, get: int = OK, **more: str) -> Visit:
    return Visit({"survey_id": "{survey}", **more}, (), post, get=get)


def _wave(which: str, post: Mapping[str, Any] | None = None, get: int = OK) -> Visit:
    return Visit({"wave_id": f"{{{which}}}"}, (), post, get=get)


_PARTS: Final = ("en", "zh_hans", "zh_hant")
_DESIGN: Final = {
    "unit": "{unit}",
    "owner": "{agent}",
    "segment": "",
    "answer_days": "14",
    "gap_days": "90",
    **{f"{name}_{part}": "x" for name in ("name", "intro") for part in _PARTS},
}
_QUESTION: Final = {"kind": "yes_no", "place": "1", **{f"text_{part}": "x" for part in _PARTS}}
_DRAW: Final = {"size": "5", "seed": "1"}
SURVEYS: Final = {
    "feedback:surveys": Visit(queries=("view=archived", "after=x")),
    "feedback:survey_new": Visit(post=_DESIGN, own=True),
    "feedback:survey": _of(),
    "feedback:survey_change": _of(_DESIGN),
    "feedback:survey_archive": Visit({"survey_id": "{survey_answered}"}, (), {}, get=NOT_ALLOWED),
    "feedback:survey_question_new": _of(_QUESTION),
    "feedback:survey_question": _of(_QUESTION, key="q1"),
    "feedback:survey_question_drop": _of({}, NOT_ALLOWED, key="q1"),
    "feedback:survey_draw": Visit({"survey_id": "{survey_answered}"}, (), _DRAW),
    "feedback:survey_wave": _wave("survey_wave"),
    "feedback:survey_words": Visit({"wave_id": "{survey_wave}"}, ("q=x&question=q1",)),
    "feedback:survey_send": _wave("survey_drawn", {}),
    "feedback:survey_discard": _wave("survey_drawn", {}, NOT_ALLOWED),
    "feedback:survey_close": _wave("survey_wave", {}),
    "feedback:survey_calls": Visit(queries=("state=done", "after=x")),
    "feedback:survey_call": Visit({"call_id": "{survey_call}"}),
    "feedback:survey_call_note": Visit(
        {"call_id": "{survey_call}"}, (), {"outcome": "busy", "note": "x"}, get=NOT_ALLOWED
    ),
    "portal:survey_stop": Visit(
        {"token": "{survey_token}"},
        (),
        {},
        public=True,
        own=True,
        hangs=frozenset({"customers_consent.customer_id"}),
    ),
    "portal:survey": Visit(
        {"token": "{survey_token}"}, ("done",), {"a-q1": "4"}, public=True, own=True
    ),
}
