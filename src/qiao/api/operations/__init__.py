"""Writes, and the refusals they raise. Keyword-only; the caller has opened the transaction."""

from qiao.api.operations.calls import Allowance, count_call, take_token
from qiao.api.operations.delivering import (
    Outcome,
    forward_event,
    give_up_message,
    keep_attempt,
    postpone,
    resend,
    send_test,
)
from qiao.api.operations.endpoints import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    disable_endpoint,
    enable_endpoint,
    rotate_endpoint_secret,
)
from qiao.api.operations.keys import create_key, revoke_key, rotate_key
from qiao.api.operations.refusals import (
    ApiRefusal,
    BadAddress,
    BadRange,
    BadText,
    MoreThanOwn,
    NothingChosen,
    StillOverlapping,
    UnknownEvent,
    UnknownScope,
    WrongState,
)

__all__ = [
    "Allowance",
    "ApiRefusal",
    "BadAddress",
    "BadRange",
    "BadText",
    "MoreThanOwn",
    "NothingChosen",
    "Outcome",
    "StillOverlapping",
    "UnknownEvent",
    "UnknownScope",
    "WrongState",
    "add_endpoint",
    "change_endpoint",
    "count_call",
    "create_key",
    "delete_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "forward_event",
    "give_up_message",
    "keep_attempt",
    "postpone",
    "resend",
    "revoke_key",
    "rotate_endpoint_secret",
    "rotate_key",
    "send_test",
    "take_token",
]
