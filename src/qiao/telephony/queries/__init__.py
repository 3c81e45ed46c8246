"""Reads of calls."""

from qiao.telephony.queries.at_hand import (
    Ringing,
    load_controls,
    load_pop,
    load_transfer,
    number_words,
    queue_name,
    talking_call,
)
from qiao.telephony.queries.deeds import DeedAtHand, OwnPhone, due_deeds, own_phone
from qiao.telephony.queries.levels import (
    Wanted,
    level_terms,
    queues_with_calls,
    recent_tally,
    resolved_at_once,
    tallies,
    terms_of,
)
from qiao.telephony.queries.living import callers_channels, due_asks, due_offers, living_calls
from qiao.telephony.queries.living_list import LivingCall, LivingCalls, living_list
from qiao.telephony.queries.logs import histories
from qiao.telephony.queries.menus import every_piece, menu_in_service
from qiao.telephony.queries.one import AskedPerson, CallNotVisible, CallStory, story_of
from qiao.telephony.queries.owed import (
    Due,
    OwedPage,
    count_owed,
    list_owed,
    load_owed_tool,
    owed_call,
    owed_calls,
    owed_seen_by,
)
from qiao.telephony.queries.phones import Heard, lines_to_dial, some_callers, what_is_heard
from qiao.telephony.queries.records import MEASURES, CallFilters, CallPage, CallRow, list_calls
from qiao.telephony.queries.waiting import (
    count_waiting,
    ringing_call_id,
    waiting_call,
    waiting_calls,
)

__all__ = [
    "MEASURES",
    "AskedPerson",
    "CallFilters",
    "CallNotVisible",
    "CallPage",
    "CallRow",
    "CallStory",
    "DeedAtHand",
    "Due",
    "Heard",
    "LivingCall",
    "LivingCalls",
    "OwedPage",
    "OwnPhone",
    "Ringing",
    "Wanted",
    "callers_channels",
    "count_owed",
    "count_waiting",
    "due_asks",
    "due_deeds",
    "due_offers",
    "every_piece",
    "histories",
    "level_terms",
    "lines_to_dial",
    "list_calls",
    "list_owed",
    "living_calls",
    "living_list",
    "load_controls",
    "load_owed_tool",
    "load_pop",
    "load_transfer",
    "menu_in_service",
    "number_words",
    "owed_call",
    "owed_calls",
    "owed_seen_by",
    "own_phone",
    "queue_name",
    "queues_with_calls",
    "recent_tally",
    "resolved_at_once",
    "ringing_call_id",
    "some_callers",
    "story_of",
    "talking_call",
    "tallies",
    "terms_of",
    "waiting_call",
    "waiting_calls",
    "what_is_heard",
]
