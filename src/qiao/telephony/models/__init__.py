"""Lines, calls and their logs, and what people ask of calls."""

from qiao.telephony.models.calls import Call, CallAsk, CallEntry, CallQuerySet, Line

__all__ = ["Call", "CallAsk", "CallEntry", "CallQuerySet", "Line"]
