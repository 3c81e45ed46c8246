"""What agents are told of whoever hears their calls."""

from datetime import datetime
from typing import Final

from django.utils import timezone

from qiao.core import parameters
from qiao.staff.queries import chain_of

LISTENING_SEEN: Final = "calls.listening_is_seen"


def is_seen(mode: str, *, organisation_id: int, now: datetime) -> bool:
    """Whether an agent of the unit is told that somebody hears the call so. Whispering and talking
    always: they are heard. Listening as the company's setting says."""
    if mode != "listen":
        return True
    day = timezone.localdate(now)
    found = parameters.find(LISTENING_SEEN, day=day, organisation_ids=chain_of(organisation_id))
    return bool(found.value)
