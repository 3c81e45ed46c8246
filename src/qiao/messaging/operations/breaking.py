"""The circuit breaker of a channel: a server that is down is one wait, told once."""

from datetime import datetime
from typing import Final

from django.utils import timezone

from qiao.core import events
from qiao.messaging.channels.port import ChannelDown
from qiao.messaging.events import ChannelStopped
from qiao.messaging.models import ChannelStanding
from qiao.messaging.operations.sending import WORDS_LENGTH, standing
from qiao.messaging.rules.backoff import pause_of_channel
from qiao.staff.operations import notify
from qiao.staff.queries import company_id, holders_of

STOPPED: Final = "messaging.stopped"
ALL_REFUSED: Final = 8  # in a row: then it is us, not they


def is_open(*, channel: str, now: datetime) -> bool:
    """Whether nothing is tried on a channel now."""
    row = ChannelStanding.objects.filter(channel=channel).first()
    return bool(row and row.open_until and row.open_until > now)


def stop(*, channel: str, failure: ChannelDown, now: datetime) -> ChannelStanding:
    """Try nothing for a while, longer with every failure in a row; tell the first time."""
    row = standing(channel)
    row.failures += 1
    row.open_until = now + pause_of_channel(row.failures)
    row.cause = failure.cause
    row.words = f"{failure.code or ''} {failure.words}".strip()[:WORDS_LENGTH]
    if row.down_since is None:
        row.down_since = now
        events.publish(
            ChannelStopped(channel, failure.cause),
            organisation_id=company_id(),
            actor=None,
            now=now,
        )
        _ring(channel, failure.cause, now)
    row.save()
    return row


def _ring(channel: str, cause: str, now: datetime) -> None:
    """Tell those who look after messages of the whole company, once."""
    day = timezone.localdate(now)
    people = holders_of(permission="messages.manage", organisation_ids=[company_id()], day=day)
    notify(
        staff_ids=[each.staff_id for each in people],
        kind=STOPPED,
        subject_id=0,
        once=f"{channel}:{now.isoformat()}",
        facts={"cause": cause},
        now=now,
    )


def works(*, channel: str, now: datetime) -> None:
    """A message was taken: whatever was wrong is over."""
    row = standing(channel)
    row.failures = row.refused_in_a_row = 0
    row.down_since = row.open_until = None
    row.cause = row.words = ""
    row.sent_at = now
    row.save()


def refused(*, channel: str, words: str, now: datetime) -> bool:
    """One more receiver was refused for good; True if by now everything is, and we stop."""
    row = standing(channel)
    row.refused_in_a_row += 1
    row.save(update_fields=["refused_in_a_row"])
    if row.refused_in_a_row < ALL_REFUSED:
        return False
    stop(channel=channel, failure=ChannelDown("refusing", words), now=now)
    return True


def try_again(*, channel: str) -> None:
    """Somebody has mended it: try at once."""
    row = standing(channel)
    row.open_until = None
    row.refused_in_a_row = 0
    row.save(update_fields=["open_until", "refused_in_a_row"])
