"""The registry: what each address is visited with. A new address needs a line here.

Words in braces are ids of `World.ids`, all of the lake branch. `queries` are visited too, `post`
is what a colleague could really send; `public` addresses answer people who are not signed in;
`own` ones let anybody write something of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

OK: Final = 200
TODAY: Final = timezone.localdate().isoformat()
SOON: Final = (timezone.localdate() + timedelta(days=30)).isoformat()
NOTHING: Final = 204
UNKNOWN: Final = 401
FORBIDDEN: Final = 403
MOVED: Final = 302
GONE: Final = 404
NOT_ALLOWED: Final = 405


@dataclass(frozen=True, slots=True)
class Visit:
    """How an address is visited, and what a colleague of the branch is answered to GET."""

    args: Mapping[str, str] = field(default_factory=dict)
    queries: tuple[str, ...] = ()
    post: Mapping[str, Any] | None = None
    reader: str = "agent"
    sender: str = "agent"
    get: int = OK
    public: bool = False
    own: bool = False
    writes_on_get: bool = False

    def filled(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with ids in place of words."""
        return {key: value.format_map(ids) for key, value in self.args.items()}


def told(values: Mapping[str, Any], ids: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form with ids in place of words."""
    return {k: v.format_map(ids) if isinstance(v, str) else v for k, v in values.items()}


def _case(
    post: Mapping[str, Any] | None = None, get: int = OK, *queries: str, **more: Any
) -> Visit:
    args = {"case_id": "{case}"} | more.pop("args", {})
    return Visit(args, queries, post, get=get, **more)


def _customer(post: Mapping[str, Any] | None = None, get: int = OK, *queries: str) -> Visit:
    return Visit({"customer_id": "{customer}"}, queries, post, get=get)


def _protection(post: Mapping[str, Any]) -> Visit:
    return Visit({"protection_id": "{protection}"}, post=post)


def _contact(
    post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, *queries: str, **more: Any
) -> Visit:
    args = {"interaction_id": "{contact}"} | more.pop("args", {})
    return Visit(args, queries, post, get=get, **more)


def _order(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, **more: Any) -> Visit:
    args = {"work_order_id": "{order}"} | more.pop("args", {})
    return Visit(args, (), post, get=get, **more)


def _follow_up(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"follow_up_id": "{follow_up}"}, (), post, sender="colleague", get=get)


HUNTS: Final = (
    "q=13806177754",
    "q=7754",
    "q=zqxcan",
    "q=90887766554",
    "q={number}",
    "q=%E6%BB%A8%E6%B9%96",
)
LEAK: Final = {
    "type": "water.small_leak",
    "channel": "phone",
    "priority": "normal",
    "customer": "{customer}",
    "account": "{account}",
    "area": "339102",
    "title": "leak",
    "fact-leak_at": "before_meter",
    "place": "somewhere",
}
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
ADMINISTRATION: Final = {
    "administration:home": Visit(),
    "administration:parameters": Visit(queries=("on=2020-01-01", "unit={unit}", "on=x&unit=x")),
    "administration:parameter": Visit(
        {"key": "feedback.attempt_gap_minutes"},
        post={
            "value": "45",
            "valid_from": "2099-01-01",
            "organisation": "",
            "region": "",
            "source": "tested",
        },
        sender="chief",
    ),
    "administration:retention": Visit(reader="chief"),
    "administration:codes": Visit(),
    "administration:code_table": Visit(
        {"key": "staff.units"}, queries=("part=all&q=x", "after=9")
    ),
    "administration:code_row": Visit({"key": "staff.units", "row_key": "{unit}"}),
    "administration:code_add": Visit(
        {"key": "staff.people", "action_key": "add"},
        post={"number": "7801", "name": "x", "unit": "{unit}", "role": "agent"},
    ),
    "administration:code_action": Visit(
        {"key": "staff.units", "row_key": "{unit}", "action_key": "rename"},
        post={"name": "滨湖分公司"},
    ),
    "administration:jobs": Visit(
        queries=("status=all", "status=todo&queue=events&after=9", "queue=x"), reader="chief"
    ),
    "administration:job": Visit(
        {"job_id": "{job}"},
        post={"verb": "give_up", "reason": "x"},
        reader="chief",
        sender="chief",
    ),
    "administration:problems": Visit(
        queries=("state=all&source=person", "state=fixed&q=x", "after=x")
    ),
    "administration:problem": Visit(
        {"problem_id": "{problem}"},
        post={"state": "accepted", "severity": "2", "owner": "", "answer": "x"},
    ),
    "administration:problem_export": Visit(post={"form": "xlsx"}, get=NOT_ALLOWED, own=True),
    "administration:decisions": Visit(queries=("state=all", "after=99")),
    "administration:decision": Visit(
        {"approval_id": "{approval}"}, post={"word": "agree", "note": "x"}, sender="colleague"
    ),
    "administration:corrections": Visit(queries=("state=pending", "after=99")),
    "administration:correction_new": Visit(queries=("number=x&kind=customers.account",)),
    "administration:correction_export": Visit(post={"form": "csv"}, get=NOT_ALLOWED, own=True),
    "administration:correct": Visit(
        {"key": "customers.customer", "record_id": "{customer}"},
        post={"field-name": "王五", "field-kind": "person", "field-gender": "", "reason": "x"},
    ),
    "administration:trail": Visit(
        queries=("table=customers_customer&since=2020-01-01", "row=1&before=x", "request=x"),
        reader="chief",
    ),
    "administration:customer_trail": _customer(),
    "administration:disclosures": Visit(queries=("kind=export", "q=x", "person={agent}")),
    "administration:disclosure_export": Visit(post={"form": "xlsx"}, get=NOT_ALLOWED, own=True),
}
SEGMENT: Final = {
    "name": "投诉客户",
    "organisation": "{unit}",
    "join": "all",
    "g0-join": "any",
    "g0-0-field": "customers.complaints",
    "g0-0-op": "ge",
    "g0-0-value": "1",
}
CUSTOMERS: Final = {
    "customers:list": Visit(
        queries=(
            *HUNTS,
            "tier=C",
            "flag=life_support",
            "segment={segment}",
            "segment=x",
            "tag={tag}",
            "tag=x",
            "after=99999999",
        )
    ),
    "customers:new": Visit(queries=("name=x&phone=13806177754",)),
    "customers:alike": Visit(
        queries=(
            "phone=13806177754",
            "name=zqxcanary+customer",
            "identity=11010519491231002X",
            "community=zqxcanary+community&room=1203",
        )
    ),
    "customers:move_new": Visit(
        {"account_id": "{account}"},
        queries=("kind=occupant", "comer={customer}"),
        post={
            "kind": "occupant",
            "day": "{tomorrow}",
            "new_name": "x",
            "new_kind": "person",
            "someone_else": "on",
        },
    ),
    "customers:move_people": Visit({"account_id": "{account}"}, queries=HUNTS),
    "customers:move": Visit({"move_id": "{move}"}),
    "customers:move_undo": Visit({"move_id": "{move}"}, post={"reason": "x"}),
    "customers:place": Visit({"premises_id": "{premises}"}, queries=("on=2020-01-01", "on=x")),
    "customers:exchange": Visit(
        {"premises_id": "{premises}", "point_id": "{point}"},
        post={"number": "W-1", "day": "2026-01-05"},
    ),
    "customers:exchange_undo": Visit(
        {"premises_id": "{premises}", "installation_id": "{meter}"}, post={}, get=NOT_ALLOWED
    ),
    "customers:duplicates": Visit(
        queries=("by=phone", "state=dismissed", "after=1.5~9", "after=nan~x", "by=x&state=x")
    ),
    "customers:duplicate_search": Visit(queries=("since=1",)),
    "customers:duplicate_search_start": Visit(post={}, get=NOT_ALLOWED, own=True),
    "customers:duplicate_dismiss": Visit({"duplicate_id": "{pair}"}, post={"reason": "两人"}),
    "customers:duplicate_reopen": Visit({"duplicate_id": "{pair}"}, post={}, get=NOT_ALLOWED),
    "customers:merge": Visit(
        {"one": "{twin}", "other": "{other_twin}"},
        post={
            "survivor": "{twin}",
            "name": "{twin}",
            "gender": "{twin}",
            "tier": "{twin}",
            "reason": "tested",
        },
    ),
    "customers:merge_undo": Visit({"merged_id": "{merged}"}, post={}, get=NOT_ALLOWED),
    "customers:merge_with": _customer(None, OK, "q=zqxcan", "q=13700002222"),
    "customers:portfolio": Visit(
        queries=("sort=tier&tier=A&q=zqxcan", "show=late", "after=A.2026-01-01.1", "after=x"),
    ),
    "customers:calendar": Visit(queries=("manager={agent}",)),
    "customers:managers": Visit(),
    "customers:assign_many": Visit(
        post={
            "source": "segment:{segment}",
            "most": "5",
            "manager_id": "{agent}",
            "since": SOON,
            "replace": "no",
            "do": "look",
        },
        own=True,
    ),
    "customers:hand_over": Visit(
        {"manager_id": "{agent}"},
        post={"to_manager_id": "{colleague}", "day": SOON, "reason": "x"},
    ),
    "customers:hand_over_page": Visit({"hand_over_id": "{handed_over}"}, queries=("after=99",)),
    "customers:visit": Visit({"visit_id": "{visit}"}, get=MOVED),
    "customers:visits": _customer(),
    "customers:assign_one": _customer({"manager_id": "{colleague}", "since": SOON}),
    "customers:end_one": _customer({"day": SOON, "reason": "x"}),
    "customers:visit_plan": _customer({"every_months": "3", "due_date": SOON}),
    "customers:visit_new": Visit(
        {"customer_id": "{other_twin}"}, post={"day": SOON, "how": "phone", "topic": "x"}
    ),
    "customers:visit_record": _customer(
        {"day": TODAY, "how": "phone", "topic": "x", "result": "fine"}
    ),
    "customers:visit_move": _customer({"day": SOON, "reason": "x"}),
    "customers:visit_skip": _customer({"reason": "x"}),
    "customers:page": _customer(),
    "customers:timeline": _customer(None, OK, "only=cases", "before=2030-01-01T00:00:00Z"),
    "customers:aside": _customer(),
    "customers:phone_add": _customer({"number": "13700001111", "label": ""}),
    "customers:reveal_first_phone": _customer({"reason": "call_back"}),
    "customers:document_work": Visit(queries=("q=zqxcanary", "days=60")),
    "customers:document": Visit({"document_id": "{document}"}),
    "customers:document_file": Visit({"document_id": "{document}"}, post={}),
    "customers:document_replace": Visit({"document_id": "{document}"}),
    "customers:documents": _customer(None, OK, "q=zqxcanary"),
    "customers:document_add": _customer(),
    "customers:notes": _customer(None, OK, "after=99999999"),
    "customers:note_add": _customer({"text": "x"}),
    "customers:note_edit": Visit(
        {"customer_id": "{customer}", "note_id": "{note}"}, post={"text": "x"}, sender="agent"
    ),
    "customers:note_pin": Visit(
        {"customer_id": "{customer}", "note_id": "{note}"},
        post={"pinned": "yes"},
        get=NOT_ALLOWED,
    ),
    "customers:preferences": _customer({"first_channel": "sms", "needs": ["dialect"]}),
    "customers:consent": _customer({"purpose": "survey", "is_given": "no", "how": "spoken"}),
    "customers:consents": _customer(),
    "customers:pick": Visit(queries=(*HUNTS, "q=zqxcan&kind=person", "kind=x")),
    "customers:group": Visit({"group_id": "{group}"}),
    "customers:group_join": Visit(
        {"group_id": "{group}"}, post={"person": "{twin}", "since": SOON}
    ),
    "customers:group_head": Visit(
        {"group_id": "{group}"}, post={"head": "{housemate}", "day": SOON}
    ),
    "customers:group_dissolve": Visit({"group_id": "{group}"}, post={"day": SOON}),
    "customers:group_describe": Visit({"group_id": "{group}"}, post={"name": "x"}),
    "customers:group_leave": Visit(
        {"group_id": "{group}", "customer_id": "{housemate}"}, post={"day": SOON}
    ),
    "customers:group_place": Visit(
        {"group_id": "{concern}", "customer_id": "{subsidiary}"},
        post={"under": "{other_subsidiary}", "day": SOON},
    ),
    "customers:group_new": Visit(
        {"customer_id": "{twin}"}, post={"head": "{twin}", "since": SOON}
    ),
    "customers:relations": _customer(),
    "customers:contact_person_add": Visit(
        {"customer_id": "{firm}"}, post={"name": "x", "function": "other", "since": SOON}
    ),
    "customers:contact_person_end": Visit(
        {"contact_person_id": "{contact_person}"}, post={"day": SOON}
    ),
    "customers:contact_person_primary": Visit(
        {"contact_person_id": "{contact_person}"}, post={}, get=NOT_ALLOWED
    ),
    "customers:acting_add": Visit(
        {"customer_id": "{twin}"},
        post={
            "side": "for",
            "person": "{other_twin}",
            "basis": "parent",
            "scope": ["service"],
            "since": SOON,
        },
    ),
    "customers:acting_end": Visit({"acting_id": "{acting}"}, post={"day": SOON}),
    "customers:hold_place": _customer({"reason": "x"}),
    "customers:hold_release": Visit({"customer_id": "{held}"}, post={}),
    "customers:erasures": Visit(queries=("after=99999999",)),
    "customers:erasure": Visit({"erasure_id": "{erasure}"}),
    "customers:erasure_decide": Visit(
        {"erasure_id": "{erasure}"},
        post={"decision": "refuse"},
        sender="colleague",
        get=NOT_ALLOWED,
    ),
    "customers:erase": Visit(
        {"customer_id": "{free}"}, post={"basis": "request", "reason": "letter"}
    ),
    "customers:subject_access": _customer({"reason": "letter", "language": "en"}),
    "customers:subject_access_take": Visit(
        {"customer_id": "{customer}", "export_id": "{packed}"}, post={}, get=NOT_ALLOWED
    ),
    "customers:disclosures": _customer(None, OK, "after=99999999"),
    "customers:reveal_phone": Visit(
        {"customer_id": "{customer}", "phone_id": "{phone}"}, post={"reason": "call_back"}
    ),
    "customers:number_change": Visit(
        {"customer_id": "{customer}", "phone_id": "{phone}"}, post={"what": "confirmed"}
    ),
    "customers:numbers": Visit(queries=("reason=no_answer", "after=x_y", "reason=x")),
    "customers:name_change": _customer({"name": "王五"}),
    "customers:protection_work": Visit(
        queries=("stage=due&kind=infant", "stage=x&branch=x&after=x", "after=2026-01-01_5")
    ),
    "customers:protection_claim": _customer({"kind": "elderly_alone", "reason": "told"}),
    "customers:protection_confirm": _protection(
        {"issuer": "Civil Affairs Bureau", "certificate": "339102-7788", "seen_date": "2026-01-05"}
    ),
    "customers:protection_remind": _protection({"words": "called"}),
    "customers:protection_end": _protection({"reason": "moved away"}),
    "customers:segments": Visit(queries=("state=archived", "state=x")),
    "customers:segment_new": Visit(post=SEGMENT, sender="colleague"),
    "customers:segment_draft": Visit(
        post=SEGMENT | {"do": "add-line:0"}, get=NOT_ALLOWED, own=True
    ),
    "customers:segment_preview": Visit(
        post=SEGMENT | {"organisation": "{unit}"}, get=NOT_ALLOWED, own=True
    ),
    "customers:segment_count_new": Visit(
        post=SEGMENT | {"organisation": "{unit}"}, get=NOT_ALLOWED, sender="colleague"
    ),
    "customers:segment_count": Visit({"count_id": "{segment_count}"}),
    "customers:segment": Visit({"segment_id": "{segment}"}, queries=("after=99999", "after=x")),
    "customers:segment_moves": Visit(
        {"segment_id": "{segment}"}, queries=("before=99999", "before=x")
    ),
    "customers:segment_edit": Visit({"segment_id": "{segment}"}, post=SEGMENT),
    "customers:segment_archive": Visit({"segment_id": "{segment}"}, post={}, get=NOT_ALLOWED),
    "customers:segment_restore": Visit({"segment_id": "{segment}"}, post={}, get=NOT_ALLOWED),
    "customers:tags": Visit(queries=("state=retired", "state=x"), reader="chief"),
    "customers:tag_runs": Visit(),
    "customers:tag_new": Visit(post={"name": "x"}, reader="chief", sender="chief"),
    "customers:tag_edit": Visit(
        {"tag_id": "{tag}"}, post={"name": "x"}, reader="chief", sender="chief"
    ),
    "customers:tag_retire": Visit(
        {"tag_id": "{tag}"}, post={}, reader="chief", sender="chief", get=NOT_ALLOWED
    ),
    "customers:tag_restore": Visit(
        {"tag_id": "{tag}"}, post={}, reader="chief", sender="chief", get=NOT_ALLOWED
    ),
    "customers:tag_merge": Visit(
        {"tag_id": "{tag}"},
        ("into={other_tag}", "into=x"),
        {"into": "{other_tag}"},
        reader="chief",
        sender="chief",
    ),
    "customers:segment_tag": Visit({"segment_id": "{segment}"}, post={"tag": "{tag}"}),
    "customers:customer_tags": _customer({"tag": "{tag}"}),
    "customers:customer_tag_choices": _customer(None, OK, "find=x", "tag={tag}&tag=x"),
    "customers:tier": _customer(None, OK, "on=2026-01-31", "on=x"),
    "customers:tier_change": _customer({"tier": "A", "reason": "tested", "until": SOON}),
    "customers:tier_withdraw": _customer({"reason": "tested"}),
    "customers:value": Visit(queries=("view=came", "view=fell&after=3", "until=x&after=y")),
    "customers:value_export": Visit(post={"form": "csv"}, get=NOT_ALLOWED, own=True),
    "customers:tier_rules": Visit(queries=("version=water-2",)),
    "customers:tier_trial": Visit(queries=("version=water-2&grade=1&at_least=70", "version=x")),
    "customers:tier_grade": Visit(post={}, get=NOT_ALLOWED, own=True),
    "customers:identity_add": _customer({"kind": "passport", "number": "E12345678"}),
    "customers:card_add": _customer({"kind": "water_ic", "number": "7700 1234"}),
    "customers:card_end": Visit(
        {"customer_id": "{customer}", "card_id": "{card}"}, post={"end_date": "2099-01-01"}
    ),
    "customers:reveal_identity": Visit(
        {"customer_id": "{customer}", "identity_id": "{identity}"}, post={"reason": "verify"}
    ),
}


def _import(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, **args: str) -> Visit:
    return Visit({"import_id": "{import}"} | args, (), post, get=get)


def _file(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"file_id": "{import_file}"}, (), post, get=get)


IMPORTS: Final = {
    "customers:imports": Visit(queries=("after=99",)),
    "customers:import_new": Visit(post={"organisation": "{unit}", "file": "CSV"}, own=True),
    "customers:import_file": _file(get=OK),
    "customers:import_columns": _file({"column-0": "name", "column-1": "phone"}),
    "customers:import_back": _file({}),
    "customers:import_again": _file({}),
    "customers:import_start": _file({}),
    "customers:import_discard": _file({}),
    "customers:import": Visit(
        {"import_id": "{import}"},
        ("view=all", "view=refused", "view=known&after=1", "view=differs"),
    ),
    "customers:import_cancel": _import({}),
    "customers:import_resume": _import({}),
    "customers:import_undo": _import({}, OK),
    "customers:exports": Visit(),
    "customers:export_new": Visit(
        queries=("tier=C", "segment=x", "q=zqxcan"),
        post={"format": "csv", "columns": ["name", "phones"], "phones": "full", "reason": "x"},
        own=True,
    ),
    "customers:export_cancel": Visit({"export_id": "{export}"}, post={}, get=NOT_ALLOWED),
    "customers:export_file": Visit({"export_id": "{export}"}),
    "customers:import_refused": _import({}, form="csv"),
    "customers:import_differing": _import({}, form="csv"),
}
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
    "cases:filters": Visit(queries=("team={team}", "person={agent}")),
    "cases:save_view": Visit(post={"name": "x", "query": "view=all"}, get=NOT_ALLOWED, own=True),
    "cases:drop_view": Visit({"view_id": "{view}"}, post={}, get=NOT_ALLOWED),
    "cases:export": Visit(
        post={}, get=NOT_ALLOWED, queries=("view=all", "view=all&unit={unit}"), own=True
    ),
    "cases:bulk": Visit(
        {"what": "transfer"},
        post={"case": ["{case}"], "team": "{team}", "reason": "x", "confirmed": "1"},
        get=NOT_ALLOWED,
    ),
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
    "cases:link": _case({"number": "{third_number}", "kind": "duplicate"}),
    "cases:note": _case({"text": "noted"}, NOT_ALLOWED),
    "cases:answer": _case({"text": "told", "channel": "phone"}, NOT_ALLOWED),
    "cases:attach": _case({"file": "{PNG}", "label": "x"}),
    "cases:file": _case(args={"attachment_id": "{attachment}"}),
}
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
    "contact:draft": _contact({"tab": "walker", "note": "mine"}),
    "contact:refresh": _contact({"tab": "walker", "note": "mine"}),
    "contact:matter": _contact(None, NOTHING),
    "contact:people": _contact(None, OK, *HUNTS),
    "contact:identify": _contact({"customer": "{customer}", "account": "{account}"}),
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
FEEDBACK: Final = {
    "feedback:list": Visit(queries=("view=open", "view=done", "rating=satisfied")),
    "feedback:detail": _follow_up(get=OK),
    "feedback:pane": _follow_up(get=OK),
    "feedback:confirm": _follow_up(
        {"rating": "satisfied", "resolved": "yes", "channel": "phone", "words": "x"}
    ),
    "feedback:attempt": _follow_up({"channel": "phone", "outcome": "busy", "note": "x"}),
    "feedback:take": _follow_up({}),
}
_ONCE: Final = "6f1f3c1a-9f0d-4f0e-8a64-1d1f0c1f2a3b"


def _key(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"key_id": "{key}"}, (), post, get=get)


def _endpoint(
    post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, *queries: str
) -> Visit:
    return Visit({"endpoint_id": "{endpoint}"}, queries, post, get=get)


def _called(get: int = UNKNOWN, **args: str) -> Visit:
    """What programs call: a session opens nothing there; `tests/walker/test_programs.py`."""
    return Visit(args, get=get)


API: Final = {
    "api:keys": Visit(queries=("after=99999999",)),
    "api:key_new": Visit(
        post={
            "name": "x",
            "organisation": "{unit}",
            "calls_a_minute": "60",
            "days": "30",
            "scopes": ["customers:read"],
            "once": _ONCE,
        }
    ),
    "api:key": _key(get=OK),
    "api:key_rotate": _key({"overlap": "24", "once": _ONCE}),
    "api:key_revoke": _key({}),
    "api:endpoints": Visit(),
    "api:endpoint_new": Visit(
        post={
            "name": "x",
            "url": "https://example.com/hook",
            "organisation": "{unit}",
            "event_types": ["cases.case_opened"],
            "once": _ONCE,
        }
    ),
    "api:endpoint": _endpoint(None, OK, "state=delivered", "after=99999999"),
    "api:endpoint_change": _endpoint(
        {"name": "y", "url": "https://example.com/", "event_types": ["cases.case_opened"]}, OK
    ),
    "api:endpoint_rotate": _endpoint({"overlap": "24", "once": _ONCE}),
    "api:endpoint_disable": _endpoint({}),
    "api:endpoint_enable": _endpoint({}),
    "api:endpoint_test": _endpoint({}),
    "api:endpoint_delete": _endpoint({}),
    "api:delivery": Visit({"delivery_id": "{delivery}"}),
    "api:delivery_resend": Visit({"delivery_id": "{delivery}"}, post={}, get=NOT_ALLOWED),
    "api:services": Visit(),
    "api:reference": Visit(public=True),
    "api:openapi": Visit(public=True),
    "api:nothing_here": Visit(get=GONE),
    "api:v1:listCustomers": _called(),
    "api:v1:registerCustomer": _called(),
    "api:v1:getCustomer": _called(customer_id="{customer}"),
    "api:v1:changeCustomer": _called(customer_id="{customer}"),
    "api:v1:addPhone": _called(NOT_ALLOWED, customer_id="{customer}"),
    "api:v1:listSegments": _called(),
    "api:v1:getSegment": _called(segment_id="{segment}"),
    "api:v1:listMembers": _called(segment_id="{segment}"),
    "api:v1:listImports": _called(),
    "api:v1:getImport": _called(import_id="{import}"),
    "api:v1:listTags": _called(),
    "api:v1:listTagsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:tagCustomer": _called(customer_id="{customer}"),
    "api:v1:listAccountsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:listProtectionsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:listPartiesOfCustomer": _called(customer_id="{customer}"),
    "api:v1:getRelations": _called(customer_id="{customer}"),
    "api:v1:listContactsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:openAccount": _called(NOT_ALLOWED),
    "api:v1:getAccount": _called(account_id="{account}"),
    "api:v1:listPartiesOfAccount": _called(account_id="{account}"),
    "api:v1:addParty": _called(account_id="{account}"),
    "api:v1:addPremises": _called(NOT_ALLOWED),
    "api:v1:getPremises": _called(premises_id="{premises}"),
    "api:v1:listContacts": _called(),
    "api:v1:recordContact": _called(),
    "api:v1:getContact": _called(contact_id="{contact}"),
    "api:v1:listCases": _called(),
    "api:v1:openCase": _called(),
    "api:v1:getCase": _called(case_id="{case}"),
    "api:v1:addNote": _called(NOT_ALLOWED, case_id="{case}"),
    "api:v1:listWorkOrders": _called(),
    "api:v1:getWorkOrder": _called(work_order_id="{order}"),
    "api:v1:tierAtStation": _called(),
    "api:v1:listStaff": _called(),
    "api:v1:whoAmI": _called(),
}
ACCOUNT: Final = {
    "account_login": Visit(public=True, get=MOVED),
    "account_logout": Visit(get=OK, public=True, own=True),
    "account_inactive": Visit(public=True),
    "account_signup": Visit(public=True, get=MOVED),
    "account_reauthenticate": Visit(get=OK),
    "account_email": Visit(get=OK),
    "account_email_verification_sent": Visit(public=True),
    "account_confirm_email": Visit({"key": "a:b:c"}, public=True),
    "account_change_password": Visit(get=OK),
    "account_set_password": Visit(get=MOVED),
    "account_reset_password": Visit(public=True),
    "account_reset_password_done": Visit(public=True),
    "account_reset_password_from_key": Visit({"uidb36": "1", "key": "a-b"}, public=True),
    "account_reset_password_from_key_done": Visit(public=True),
    "account_confirm_login_code": Visit(get=MOVED, public=True),
    "mfa_index": Visit(),
    "mfa_activate_totp": Visit(get=MOVED),
    "mfa_deactivate_totp": Visit(get=GONE),
    "mfa_view_recovery_codes": Visit(get=GONE),
    "mfa_generate_recovery_codes": Visit(get=MOVED),
    "mfa_download_recovery_codes": Visit(get=GONE),
    "mfa_authenticate": Visit(get=MOVED, public=True),
    "mfa_reauthenticate": Visit(get=OK),
}
VISITS: Final[dict[str, Visit]] = (
    CORE
    | DESK
    | PROBLEMS
    | ADMINISTRATION
    | CUSTOMERS
    | IMPORTS
    | CASES
    | DISPATCH
    | CONTACT
    | FEEDBACK
    | API
    | ACCOUNT
)
