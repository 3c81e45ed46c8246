"""Addresses of follow-ups."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _follow_up(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"follow_up_id": "{follow_up}"}, (), post, sender="colleague", get=get)


def _improvement(
    post: Mapping[str, Any] | None = None, get: int = OK, which: str = "", **args: str
) -> Visit:
    key = f"improvement_{which}" if which else "improvement"
    return Visit({"improvement_id": f"{{{key}}}", **args}, (), post, get=get)


def _evaluation(
    post: Mapping[str, Any] | None = None,
    which: str = "",
    get: int = NOT_ALLOWED,
    sender: str = "agent",
) -> Visit:
    key = f"evaluation_{which}" if which else "evaluation"
    return Visit({"evaluation_id": f"{{{key}}}"}, (), post, sender=sender, get=get)


_QUESTIONS = (
    *("identified", "understood", "coded", "right_unit", "promise_kept", "solved"),
    *("answer_right", "answer_plain", "called_back", "no_red_line", "notes_kept"),
)
_JUDGED = {f"a-{key}": "1" for key in _QUESTIONS} | {f"c-{key}": "x" for key in _QUESTIONS}


FEEDBACK: Final = {
    "feedback:quality": Visit(queries=("view=release", "view=appeals", "view=all")),
    "feedback:quality_mine": Visit(),
    "feedback:quality_figures": Visit(queries=("by=team", "by=unit", "by=kind")),
    "feedback:quality_counted": Visit(queries=("question=coded&value=0",)),
    "feedback:quality_workbook": Visit(post={}, own=True, get=NOT_ALLOWED),
    "feedback:satisfaction": Visit(queries=("since=2026-01-01",)),
    "feedback:satisfaction_workbook": Visit(post={}, own=True, get=NOT_ALLOWED),
    "feedback:coachings": Visit(queries=("view=done",)),
    "feedback:coaching_done": Visit({"coaching_id": "{coaching}"}, (), {"result": "x"}),
    "feedback:quality_plans": Visit(),
    "feedback:quality_plan_new": Visit(
        post={
            "title": "x",
            "unit": "{unit}",
            "card": "{score_card}",
            "basis": "share",
            "amount": "5",
            "second_percent": "0",
            "valid_from": "2026-12-01",
        },
        own=True,
    ),
    "feedback:quality_plan_end": Visit(
        {"plan_id": "{sample_plan}"}, (), {"valid_until": "2026-12-01"}
    ),
    "feedback:quality_draw": Visit({"draw_id": "{sample_draw}"}),
    "feedback:score_card": Visit({"card_id": "{score_card}"}, reader="chief", sender="chief"),
    "feedback:score_card_change": Visit(
        {"card_id": "{score_card}"}, (), {"do": "save"}, "chief", "chief", NOT_ALLOWED
    ),
    "feedback:replay": Visit({"kind": "case", "subject_id": "{case}"}),
    "feedback:evaluation": _evaluation(get=OK),
    "feedback:evaluation_draft": _evaluation({"comment": "x"}, "begun"),
    "feedback:evaluation_finish": _evaluation(_JUDGED, "begun"),
    "feedback:evaluation_release": _evaluation({}, "done"),
    "feedback:evaluation_seen": _evaluation({}, "released"),
    "feedback:evaluation_appeal": _evaluation({"why-coded": "x"}, "released"),
    "feedback:evaluation_decide": _evaluation(
        {"a-coded": "1", "because-coded": "x"}, sender="chief"
    ),
    "feedback:evaluation_drop": _evaluation({"reason": "x"}, "begun", OK),
    "feedback:evaluation_coach": _evaluation({"topic": "x", "due_date": "2026-12-01"}, get=OK),
    "feedback:improvements": Visit(queries=("view=due", "view=proved", "view=done")),
    "feedback:improvement": _improvement(),
    "feedback:improvement_new": Visit(
        post={
            "cause": "water.notice_none",
            "unit": "{unit}",
            "title": "x",
            "finding": "x",
            "owner": "{agent}",
            "since": "2026-10-01",
            "until": "2026-11-01",
        },
        own=True,
    ),
    "feedback:improvement_plan": _improvement({"text": "x", "due_date": "2026-12-01"}),
    "feedback:improvement_effect": _improvement(
        {"effective_date": "{improvement_day}"}, which="acting"
    ),
    "feedback:improvement_measure": _improvement({}, NOT_ALLOWED),
    "feedback:improvement_tell": _improvement({"subject": "x", "text": "x"}, which="judged"),
    "feedback:improvement_told": _improvement({}, NOT_ALLOWED, case_id="{case}"),
    "feedback:improvement_close": _improvement({"text": "x"}, which="silent"),
    "feedback:improvement_drop": _improvement({"text": "x"}),
    "feedback:improvement_owner": _improvement({"owner": "{agent}"}),
    "feedback:list": Visit(queries=("view=open", "view=done", "view=poor", "rating=satisfied")),
    "feedback:detail": _follow_up(get=OK),
    "feedback:pane": _follow_up(get=OK),
    "feedback:confirm": _follow_up(
        {"rating": "satisfied", "resolved": "yes", "channel": "phone", "words": "x"}
    ),
    "feedback:attempt": _follow_up({"channel": "phone", "outcome": "busy", "note": "x"}),
    "feedback:take": _follow_up({}),
}
