"""Addresses of the telephone."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

OWN_CALL: Final = {"call_id": "{call}"}
DEED: Final = {"deed_id": "{deed}"}
TELEPHONE: Final = {
    "telephony:lift": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:decline": Visit(post={}, get=NOT_ALLOWED, own=True),
    "telephony:waiting": Visit({"call_id": "{waiting_call}"}),
    "telephony:controls": Visit({"interaction_id": "{call_contact}"}),
    "telephony:press": Visit(OWN_CALL | {"key": "hold"}, post={}, get=NOT_ALLOWED),
    "telephony:transfer": Visit(OWN_CALL),
    "telephony:to_queue": Visit(OWN_CALL, post={"queue": "water.repair"}, get=NOT_ALLOWED),
    "telephony:consult": Visit(OWN_CALL, post={"staff": "{agent}"}, get=NOT_ALLOWED),
    "telephony:owed_list": Visit(queries=("state=done", "after=x~1")),
    "telephony:owed": Visit({"owed_id": "{owed}"}),
    "telephony:begin_owed": Visit({"owed_id": "{owed}"}, post={}, get=NOT_ALLOWED),
    "telephony:end_owed": Visit(
        {"owed_id": "{owed}", "result": "reached"}, post={}, get=NOT_ALLOWED
    ),
    "telephony:call_customer": Visit(
        {"customer_id": "{customer}", "phone_id": "{phone}"}, post={}, get=NOT_ALLOWED
    ),
    "telephony:phone": Visit(queries=("call={deed}",)),
    "telephony:dial": Visit(
        post={"caller": "13900001111", "dialled": "96390"}, get=NOT_ALLOWED, own=True
    ),
    "telephony:display": Visit(DEED),
    "telephony:press_phone": Visit(DEED, post={"key": "1"}, get=NOT_ALLOWED),
    "telephony:put_down": Visit(DEED, post={}, get=NOT_ALLOWED),
}
