"""The worker that sends."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core.alone import alone
from qiao.core.tasks import PATIENT
from qiao.core.transactions import acting
from qiao.messaging import operations
from qiao.messaging.channels.making import with_made_file
from qiao.messaging.channels.port import (
    Ambiguous,
    Channel,
    ChannelDown,
    NotNow,
    Refused,
    Session,
    Unmade,
)
from qiao.messaging.channels.simulator import Simulator
from qiao.messaging.channels.smtp import Smtp
from qiao.messaging.operations import breaking, sending
from qiao.messaging.operations.queueing import QUEUE, SEND_TASK

BATCH: Final = 50  # messages of one claim, and of one connection
MOST_BATCHES: Final = 200  # of one job: others wait for its place too
Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


def email_channel() -> Channel:
    """The mail server, or what stands for it in a demo without one."""
    return Simulator() if settings.DEMO and not settings.EMAIL_HOST else Smtp()


@app.task(name=SEND_TASK, queue=QUEUE, retry=PATIENT)
def send() -> None:
    """Send what is due."""
    send_due(channel=email_channel(), clock=timezone.now)


def send_due(*, channel: Channel, clock: Clock) -> int:
    """Send all that is due on a channel, unless somebody else does; how many were begun."""
    begun = 0
    with alone(f"messaging {channel.key}") as is_free:
        if not is_free:
            return 0
        with acting(None):
            sending.recover(channel=channel.key, now=clock())
        for _round in range(MOST_BATCHES):
            count = _batch(channel, clock)
            if not count:
                break
            begun += count
        _tell(clock)
    return begun


def _tell(clock: Clock) -> None:
    told = sending.TELL_AT_ONCE
    while told == sending.TELL_AT_ONCE:
        with acting(None):
            told = sending.tell(now=clock())


def _batch(channel: Channel, clock: Clock) -> int:
    """Claim, connect, send; how many there were, 0 to stop.

    What was not begun is put back at the end, whatever happens. What was begun and has no end is
    left to `sending.recover`: it was perhaps sent.
    """
    if breaking.is_open(channel=channel.key, now=clock()):
        return 0
    with acting(None):
        claimed = sending.claim(channel=channel.key, now=clock(), most=BATCH)
    if not claimed:
        return 0
    left = deque(claimed)
    try:
        session = channel.open()
        try:
            while left:
                if not _one(session, channel.key, left.popleft(), clock):
                    return 0
        finally:
            session.close()
    except ChannelDown as failure:
        _stop(channel.key, failure, clock)
        return 0
    finally:
        with acting(None):
            sending.put_back(list(left))
    _tell(clock)
    return len(claimed)


def _stop(channel: str, failure: ChannelDown, clock: Clock) -> None:
    with acting(None):
        row = breaking.stop(channel=channel, failure=failure, now=clock())
        operations.wake(at=row.open_until)
    log.warning("channel_stopped", channel=channel, cause=failure.cause, words=failure.words)


def _one(session: Session, channel: str, message_id: int, clock: Clock) -> bool:
    """Hand one over and keep what came of it. False if the channel is to be left alone now."""
    with acting(None):
        outgoing = sending.begin(message_id=message_id, now=clock())
    try:
        receipt = session.send(with_made_file(outgoing))
    except ChannelDown as failure:
        with acting(None):
            sending.keep_waiting(message_id=message_id, failure=failure, now=clock())
        raise
    except Refused as refusal:
        with acting(None):
            sending.keep_refused(message_id=message_id, refusal=refusal, now=clock())
            return not breaking.refused(channel=channel, words=refusal.words, now=clock())
    except Unmade as failure:
        with acting(None):
            sending.keep_unmade(message_id=message_id, failure=failure, now=clock())
        return True
    except NotNow as failure:
        with acting(None):
            sending.keep_later(message_id=message_id, failure=failure, now=clock())
        return True
    except Ambiguous as failure:
        with acting(None):
            sending.keep_unknown(message_id=message_id, failure=failure, now=clock())
            stopped = ChannelDown("slow", failure.words)
            breaking.stop(channel=channel, failure=stopped, now=clock())
        return False
    with acting(None):
        sending.keep_sent(message_id=message_id, receipt=receipt, now=clock())
        breaking.works(channel=channel, now=clock())
    return True


def look(now: datetime) -> None:
    """Every minute: what came due by the clock, and what a worker that died left."""
    with acting(None):
        operations.release_letters(now=now)
    send_due(channel=email_channel(), clock=timezone.now)


def fold_counts(now: datetime) -> None:  # noqa: ARG001 - as above
    """Fold the changes of kept counts into the counts."""
    with acting(None):
        operations.fold_counts()
