"""Calls that have not ended, and what waits to be done with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from qiao.contact.queries import expired_offers
from qiao.telephony.models import Call, CallAsk


def living_calls() -> Sequence[Call]:
    """All that have not ended, the oldest first."""
    return list(Call.objects.alive().select_related("line").order_by("arrived_at", "id"))


def callers_channels(channels: Iterable[str]) -> set[str]:
    """Those of these channels that are the caller's of some call, an ended one too."""
    found = Call.objects.filter(channel__in=list(channels))
    return set(found.values_list("channel", flat=True))


def due_asks() -> Sequence[CallAsk]:
    """What people asked and nobody has looked at yet, in the order of asking."""
    return list(CallAsk.objects.filter(done_at__isnull=True).order_by("id"))


def due_offers(*, now: datetime) -> Sequence[tuple[int, int]]:
    """Offers of calls whose time has run out, with their call."""
    return expired_offers(subject_kind="call", now=now)
