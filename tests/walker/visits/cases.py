"""Addresses of cases."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import GONE, MOVED, NOT_ALLOWED, OK, Visit
from tests.walker.visits.typed import HUNTS, LEAK


def _case(
    post: Mapping[str, Any] | None = None, get: int = OK, *queries: str, **more: Any
) -> Visit:
    args = {"case_id": "{case}"} | more.pop("args", {})
    return Visit(args, queries, post, get=get, **more)


CASES: Final = {
    "cases:list": Visit(
        queries=(
            *HUNTS,
            "view=all",
            "view=mine",
            "view=team",
            "view=all&team={team}",
            "view=all&unit={unit}",
            "view=all&person={agent}",
            "view=all&area=339102",
        )
    ),
    "cases:green": Visit(),
    "cases:late": Visit(reader="chief"),
    "cases:green_by_hand": _case({"text": "reason"}, args={"way": "out"}),
    "cases:dispute": _case({"bill": "2026-11", "amount": "1.20"}),
    "cases:dispute_end": _case({"text": "settled"}, args={"dispute_id": "{dispute}"}),
    "cases:digests": Visit(queries=("whose=all",), own=True),
    "cases:digest": Visit({"digest_id": "{digest}"}, post={}),
    "cases:decide": Visit(
        {"item_id": "{digest_item}"}, post={"decision": "agree"}, get=NOT_ALLOWED
    ),
    "cases:order_done": Visit({"item_id": "{digest_order}"}, post={"text": "done"}),
    "cases:findings": Visit(own=True),
    "cases:about": _case({"unit": "{other_team}"}),
    "cases:finding": Visit(
        {"case_id": "{passed}"},
        post={"verdict": "partly", "text": "seen"},
        reader="chief",
        sender="chief",
    ),
    "cases:alarms": Visit(queries=("whose=all",)),
    "cases:acknowledge_risk": Visit({"case_id": "{risky}"}, post={"text": "seen"}),
    "cases:refuse_risk": Visit(
        {"case_id": "{risky}", "risk_id": "{risk}"}, post={"why": "harmless", "text": "x"}
    ),
    "cases:filters": Visit(queries=("team={team}", "person={agent}")),
    "cases:columns": Visit(queries=("place=view%3Dall&col=due&col=area",), get=MOVED),
    "cases:save_view": Visit(post={"name": "x", "query": "view=all"}, own=True),
    "cases:views": Visit(),
    "cases:view_counts": Visit(queries=("saved={view}",)),
    "cases:place_views": Visit(
        post={"view": "{view}", "pinned": "{view}"}, get=NOT_ALLOWED, own=True
    ),
    "cases:keep_view": Visit({"view_id": "{view}"}, post={"query": "view=all"}, get=NOT_ALLOWED),
    "cases:change_view": Visit({"view_id": "{view}"}, post={"name": "y", "reach": "own"}),
    "cases:copy_view": Visit({"view_id": "{view}"}, post={}, get=NOT_ALLOWED),
    "cases:drop_view": Visit({"view_id": "{view}"}, post={}, get=NOT_ALLOWED),
    "cases:take_back_view": Visit({"view_id": "{dropped_view}"}, post={}, get=NOT_ALLOWED),
    "cases:snooze": _case({"when": "1h", "reason": "x"}),
    "cases:unsnooze": _case({}, NOT_ALLOWED),
    "cases:unread": _case({}, NOT_ALLOWED),
    "cases:export": Visit(
        post={"format": "csv", "reason": "x"},
        queries=("view=all", "view=all&unit={unit}"),
        own=True,
    ),
    "cases:bulk": Visit({"what": "transfer"}, post={"case": ["{case}"]}, get=NOT_ALLOWED),
    "cases:bulk_foresee": Visit(
        {"what": "priority"}, post={"case": ["{case}"], "priority": "high"}, get=NOT_ALLOWED
    ),
    "cases:bulk_run": Visit({"run_id": "{bulk}"}),
    "cases:bulk_start": Visit({"run_id": "{bulk}"}, post={}, get=NOT_ALLOWED),
    "cases:bulk_cancel": Visit({"run_id": "{bulk}"}, post={}, get=NOT_ALLOWED),
    "cases:bulk_undo": Visit({"run_id": "{bulk}"}, post={}, get=NOT_ALLOWED),
    "cases:new": Visit(
        queries=("customer={customer}&account={account}&type=water.small_leak",),
        post=LEAK,
        own=True,
    ),
    "cases:reshape": Visit(post=LEAK, get=NOT_ALLOWED),
    "cases:types": Visit(queries=("type_q=leak",)),
    "cases:detail": _case(),
    "cases:beside": _case(None, GONE, args={"way": "next"}),
    "cases:pane": _case(),
    "cases:live": _case(),
    "cases:feed": _case(None, OK, "side=internal", "before=99"),
    "cases:clocks": _case(),
    "cases:here": _case({"typing": "1"}, NOT_ALLOWED),
    "cases:withdraw": _case(None, NOT_ALLOWED, args={"seq": "1"}),
    "cases:draft": _case({"text": "mine"}, NOT_ALLOWED, args={"box": "note"}),
    "cases:request": _case(),
    "cases:edit": _case({"title": "other", "base": "{{}}"}),
    "cases:conflict": _case(),
    "cases:causes": Visit(queries=("by=type", "group=complaint", "unit={unit}")),
    "cases:cause_workbook": Visit(queries=("by=team",), own=True),
    "cases:cause_suggestions": Visit(),
    "cases:cause": _case({"main": "water.pressure_valve"}),
    "cases:cause_choices": _case(None, OK, "cause_q=jl"),
    "cases:suspicion": _case({"cause": "water.pressure_pump"}),
    "cases:settle": _case({"offered": "{{}}"}, NOT_ALLOWED),
    "cases:act": _case({}, args={"action": "hand_over"}),
    "cases:chase": _case({"text": "again"}),
    "cases:escalate": _case({"text": "reason"}),
    "cases:pause": _case({"text": "reason"}),
    "cases:resume": Visit({"case_id": "{paused}"}, post={}, get=NOT_ALLOWED),
    "cases:take": Visit({"case_id": "{handed}"}, post={}, get=NOT_ALLOWED),
    "cases:transfer": _case({"team": "{other_team}", "reason": "x"}),
    "cases:assign": _case({"person": "{colleague}"}),
    "cases:priority": _case({"priority": "high"}),
    "cases:word": _case({"text": "x", "due": "2999-01-01T10:00", "keeper": "{agent}"}),
    "cases:word_keep": _case({}, NOT_ALLOWED, args={"word_id": "{promised}"}),
    "cases:word_withdraw": _case({"text": "x"}, args={"word_id": "{other_promised}"}),
    "cases:link": _case({"number": "{third_number}", "kind": "duplicate"}),
    "cases:pick": _case(None, OK, "q=a", args={"kind": "texts"}),
    "cases:print": _case({"form": "page", "inside": "on"}),
    "cases:checklists": Visit(queries=("state=retired",)),
    "cases:checklist_new": Visit(
        post={"name_en": "x", "items_en": "y", "position": "1"}, reader="chief", sender="chief"
    ),
    "cases:checklist_edit": Visit(
        {"checklist_id": "{checklist}"},
        post={"name_en": "x", "items_en": "y", "position": "1"},
        reader="chief",
        sender="chief",
    ),
    "cases:checklist_retire": Visit(
        {"checklist_id": "{checklist}"}, post={}, get=NOT_ALLOWED, sender="chief"
    ),
    "cases:check": _case(
        {"done": "yes"}, NOT_ALLOWED, args={"checklist_id": "{checklist}", "item": "look"}
    ),
    "cases:macros": Visit(queries=("state=retired",)),
    "cases:macro_new": Visit(
        post={"name_en": "x", "scope": "own", "position": "1", "step_0": "take"}, own=True
    ),
    "cases:macro_edit": Visit(
        {"macro_id": "{macro}"},
        post={"name_en": "y", "scope": "own", "position": "1", "step_0": "take"},
    ),
    "cases:macro_retire": Visit({"macro_id": "{macro}"}, post={}, get=NOT_ALLOWED),
    "cases:macro_menu": _case(),
    "cases:macro": _case({}, args={"macro_id": "{macro}"}),
    "cases:text_used": _case({}, NOT_ALLOWED, args={"text_id": "{text_module}"}),
    "cases:article_used": _case({}, NOT_ALLOWED, args={"article_id": "{article}"}),
    "cases:note": _case({"text": "noted"}, NOT_ALLOWED),
    "cases:answer": _case({"text": "told", "channel": "phone"}, NOT_ALLOWED),
    "cases:attach": _case({"file": "{PNG}", "label": "x"}),
    "cases:file": _case(None, OK, "frame", args={"attachment_id": "{attachment}"}),
    "cases:files": _case(),
    "cases:drop": _case({"file": "{PNG}"}, NOT_ALLOWED),
    "cases:file_look": _case(args={"attachment_id": "{attachment}"}),
    "cases:file_small": _case(args={"attachment_id": "{attachment}"}),
    "cases:file_remove": _case({"text": "wrong file"}, args={"attachment_id": "{attachment}"}),
    "cases:calendars": Visit(get=MOVED),
    "cases:calendar": Visit({"key": "water.office"}, queries=("year=2027",)),
    "cases:calendar_day": Visit(
        {"key": "water.office", "iso": "2030-01-02"},
        post={"kind": "closed", "source": "x"},
        reader="chief",
        sender="chief",
    ),
    "cases:calendar_week": Visit(
        {"key": "water.office"},
        post={"day-0": "08:00-16:00", "valid_from": "2030-01-07", "source": "x"},
        reader="chief",
        sender="chief",
    ),
    "cases:recounts": Visit({"key": "water.office"}),
    "cases:ladders": Visit(),
    "cases:ladder": Visit(
        {"key": "water.usual"},
        post={
            "r0-after": "due",
            "r0-figure": "0",
            "r0-tell": "lead",
            "valid_from": "2030-01-07",
            "source": "x",
        },
        sender="chief",
    ),
    "cases:promises": Visit(),
    "cases:promise": Visit(
        {"type_key": "water.small_leak", "promise": "arrive"},
        post={"f-all-any": "3h", "valid_from": "2030-01-07", "source": "x"},
        sender="chief",
    ),
}
