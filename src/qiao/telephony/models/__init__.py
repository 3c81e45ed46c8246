"""Lines, calls, logs, recordings, what people ask of calls, and what is counted of them."""

from qiao.telephony.models.browser import BrowserPhone
from qiao.telephony.models.call_lists import (
    CallList,
    CallListCount,
    CallListCountChange,
    CallListEntry,
    CallListQuerySet,
    CallListTry,
)
from qiao.telephony.models.calls import Call, CallAsk, CallEntry, CallQuerySet, Line, PhoneDeed
from qiao.telephony.models.menus import OwedCall, OwedCallQuerySet, VoiceMenu, VoiceMenuDraft
from qiao.telephony.models.outgoing import OutgoingCall
from qiao.telephony.models.recordings import CallRecording, RecordingHold
from qiao.telephony.models.turns import CallFigure, CallFigureChange, CallTurn
from qiao.telephony.models.watching import CallWatch

__all__ = [
    "BrowserPhone",
    "Call",
    "CallAsk",
    "CallEntry",
    "CallFigure",
    "CallFigureChange",
    "CallList",
    "CallListCount",
    "CallListCountChange",
    "CallListEntry",
    "CallListQuerySet",
    "CallListTry",
    "CallQuerySet",
    "CallRecording",
    "CallTurn",
    "CallWatch",
    "Line",
    "OutgoingCall",
    "OwedCall",
    "OwedCallQuerySet",
    "PhoneDeed",
    "RecordingHold",
    "VoiceMenu",
    "VoiceMenuDraft",
]
