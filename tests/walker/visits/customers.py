"""Addresses of customers: their lists, their pages, all that is kept of them."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, OK, Visit
from tests.walker.visits.typed import HUNTS, SOON, TODAY


def _customer(post: Mapping[str, Any] | None = None, get: int = OK, *queries: str) -> Visit:
    return Visit({"customer_id": "{customer}"}, queries, post, get=get)


def _protection(post: Mapping[str, Any]) -> Visit:
    return Visit({"protection_id": "{protection}"}, post=post)


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
    "customers:move": Visit({"move_id": "{move}"}),
    "customers:payer_new": Visit(
        {"account_id": "{account}"}, post={"person": "{twin}", "since": "2100-01-01"}
    ),
    "customers:payer_end": Visit({"party_id": "{payer_part}"}, post={"day": "{tomorrow}"}),
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
    "customers:merge_undo": Visit({"merged_id": "{merged_customer}"}, post={}, get=NOT_ALLOWED),
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
        queries=("customer={customer}&customer=x",),
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
    "customers:pick": Visit(
        {"field": "person"}, queries=(*HUNTS, "q=zqxcan&kind=person", "kind=x")
    ),
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
    "customers:tag_picked": Visit(
        post={"customer": ["{customer}"], "tag": "{tag}", "confirmed": "1"}, get=NOT_ALLOWED
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
