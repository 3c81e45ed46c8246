"""Reads of calls."""

from qiao.telephony.queries.living import callers_channels, due_asks, due_offers, living_calls

__all__ = ["callers_channels", "due_asks", "due_offers", "living_calls"]
