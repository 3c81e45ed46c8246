"""By which ways customers of a unit are told of bills, and for how long a bill is news."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qiao.core import parameters
from qiao.staff.queries import chain_of, organisation

WISH: Final = "billing.tell_bill"
CHANNELS: Final = {"no": (), "email": ("email",), "letter": ("email", "letter")}
STALE: Final = timedelta(days=31)
"""Bills of days so long ago were taken over: their customers have had them."""


def channels_of(unit_id: int, now: datetime) -> tuple[str, ...]:
    """The channels by which customers of a unit are told of bills; none where they are not."""
    day = now.astimezone(ZoneInfo(organisation(unit_id).timezone)).date()
    wish = parameters.find(WISH, day=day, organisation_ids=chain_of(unit_id)).value
    return CHANNELS[str(wish)]
