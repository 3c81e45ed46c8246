"""By which ways and in which language customers of a unit are told of bills, and for how long a
bill is news."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from qiao.core import parameters
from qiao.customers.queries import Addressee
from qiao.messaging.operations import Receiver, Sending, queue_messages
from qiao.messaging.queries import notice_texts
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


def queue_notices(
    *, unit_id: int, occasion: str, subject_kind: str, channels: tuple[str, ...],
    receivers: Sequence[Receiver], now: datetime,
) -> int:  # fmt: skip
    """Queue a notice of an occasion in the words of a unit for each receiver; how many wait to be
    sent."""
    texts = notice_texts(occasion=occasion, organisation_id=unit_id)
    queued = queue_messages(
        sending=Sending(
            organisation_id=unit_id,
            kind=occasion,
            texts=texts.texts,
            subject_kind=subject_kind,
            channels=channels,
            notice_version_id=texts.version_id,
        ),
        receivers=receivers,
        actor=None,
        now=now,
    )
    return len(queued.message_ids)


def language_of(who: Addressee, unit_id: int) -> str:
    """The language in which somebody is told: their own, or the first one of the unit."""
    languages = organisation(unit_id).languages
    return who.language or (languages[0] if languages else settings.LANGUAGE_CODE)
