"""Addresses of the telephone."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

OWN_CALL: Final = {"call_id": "{call}"}
LIST: Final = {"list_id": "{call_list}"}
NEW_LIST: Final = {
    "name": "回访", "people": "segment:{segment}", "mode": "preview", "purpose": "service",
    "script": "", "most_tries": "3", "wait_minutes": "60", "busy_minutes": "10",
    "begins": "09:00", "ends": "18:00", "quiet_days": "30",
    "code0_hans": "已办", "code0_hant": "已辦", "code0_en": "Done", "code0_kind": "reached",
    "code1_hans": "未接", "code1_hant": "未接", "code1_en": "Not", "code1_kind": "not_reached",
}  # fmt: skip
ENTRY: Final = {"entry_id": "{list_entry}"}
DEED: Final = {"deed_id": "{deed}"}
TELEPHONE: Final = {
    "telephony:lift": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:decline": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:waiting": Visit({"call_id": "{waiting_call}"}),
    "telephony:controls": Visit({"interaction_id": "{call_contact}"}),
    "telephony:press": Visit(OWN_CALL | {"key": "hold"}, post={}, get=NOT_ALLOWED),
    "telephony:transfer": Visit(OWN_CALL),
    "telephony:to_queue": Visit(OWN_CALL, post={"queue": "water.repair"}, get=NOT_ALLOWED),
    "telephony:to_colleague": Visit(
        OWN_CALL, post={"staff": "{agent}", "words": "三月账单"}, get=NOT_ALLOWED
    ),
    "telephony:leave": Visit(OWN_CALL, post={}, get=NOT_ALLOWED),
    "telephony:consult": Visit(OWN_CALL, post={"staff": "{agent}"}, get=NOT_ALLOWED),
    "telephony:owed_list": Visit(queries=("state=done", "after=x~1")),
    "telephony:owed": Visit({"owed_id": "{owed}"}),
    "telephony:begin_owed": Visit({"owed_id": "{owed}"}, post={}, get=NOT_ALLOWED),
    "telephony:end_owed": Visit(
        {"owed_id": "{owed}", "result": "reached"}, post={}, get=NOT_ALLOWED
    ),
    "telephony:call_number": Visit(
        {"customer_id": "{customer}", "phone_id": "{phone}"},
        post={"case": "{case}"},
        get=NOT_ALLOWED,
    ),
    "telephony:call_lists": Visit(),
    "telephony:new_call_list": Visit(post=NEW_LIST),
    "telephony:call_list": Visit(LIST),
    "telephony:turn_call_list": Visit(LIST | {"state": "paused"}, post={}, get=NOT_ALLOWED),
    "telephony:take_call_list": Visit(LIST, post={"reason": "month"}, get=NOT_ALLOWED),
    "telephony:work_call_list": Visit(LIST),
    "telephony:next_in_call_list": Visit(LIST, post={}, get=NOT_ALLOWED),
    "telephony:call_entry": Visit(ENTRY, post={}, get=NOT_ALLOWED),
    "telephony:code_entry": Visit(ENTRY | {"code": "done"}, post={"note": "x"}, get=NOT_ALLOWED),
    "telephony:call_entry_later": Visit(
        ENTRY, post={"at": "2030-01-02T10:00", "note": ""}, get=NOT_ALLOWED
    ),
    "telephony:give_back_entry": Visit(ENTRY, post={}, get=NOT_ALLOWED),
    "telephony:put_back_entry": Visit(ENTRY, post={}, get=NOT_ALLOWED),
    "telephony:softphone": Visit(),
    "telephony:softphone_line": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:softphone_desk": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:softphone_goes_on": Visit(OWN_CALL),
    "telephony:phone": Visit(queries=("call={deed}",)),
    "telephony:dial": Visit(
        post={"caller": "13900001111", "dialled": "96390"}, get=NOT_ALLOWED, own=True
    ),
    "telephony:display": Visit(DEED),
    "telephony:press_phone": Visit(DEED, post={"key": "1"}, get=NOT_ALLOWED),
    "telephony:put_down": Visit(DEED, post={}, get=NOT_ALLOWED),
}
