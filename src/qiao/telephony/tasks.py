"""The job that brings recordings from the switch, where they are kept by the house's own rules."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core.alone import alone
from qiao.core.incoming_files import place_for, take_brought
from qiao.core.tasks import PATIENT
from qiao.core.transactions import acting
from qiao.telephony import operations
from qiao.telephony.engines.at_hand import switch_at_hand
from qiao.telephony.engines.port import EngineDown, TelephonyEngine
from qiao.telephony.models import CallRecording
from qiao.telephony.operations.recordings import FETCH_TASK, QUEUE
from qiao.telephony.queries import recording_to_see_to
from qiao.telephony.rules.recordings import NoSound, length_of

MOST_BYTES: Final = 512 * 1024 * 1024  # nine hours of a telephone's sound
TYPE: Final = "audio/wav"
Clock = Callable[[], datetime]
Engines = Callable[[], TelephonyEngine]
log: Final = structlog.get_logger(__name__)


class TooLarge(Exception):  # noqa: N818 - names the finding
    """The switch gives more than any call can last."""


@app.task(name=FETCH_TASK, queue=QUEUE, retry=PATIENT)
def fetch(*, recording_id: int) -> None:
    """See to one recording."""
    see_to_recording(recording_id=recording_id, engines=switch_at_hand, clock=timezone.now)


def look_after(now: datetime) -> None:
    """Every minute: what nobody told the end of, and what a worker that died left."""
    with acting(None):
        operations.look_after_recordings(now=now)


def see_to_recording(*, recording_id: int, engines: Engines, clock: Clock) -> None:
    """Bring a recording that is due, then let the switch forget what is kept here or is gone.
    A job too many finds nothing due and ends.

    Nothing is held while the switch is spoken to. A worker that is killed in between has changed
    nothing, or left a file under the recording's own name, which the next one writes over.
    """
    with alone(f"recording {recording_id}") as is_free:
        row = recording_to_see_to(recording_id, clock()) if is_free else None
        if row is None:
            return
        try:
            if row.state == CallRecording.State.DUE:
                _bring(row, engines, clock)
                row = recording_to_see_to(recording_id, clock())
            if row is not None and row.state != CallRecording.State.DUE:
                _drop(row, engines)
        except EngineDown as trouble:
            log.warning("switch_keeps_recording", recording=recording_id, why=str(trouble))
            with acting(None):
                operations.postpone_recording(recording_id=recording_id, now=clock())


def _bring(row: CallRecording, engines: Engines, clock: Clock) -> None:
    brought = place_for(f"recording-{row.pk}.wav")
    try:
        asyncio.run(_write(brought, row.name, engines))
        with brought.open("rb") as file:
            seconds = length_of(file, brought.stat().st_size)
    except (KeyError, NoSound, TooLarge) as trouble:
        brought.unlink(missing_ok=True)
        key = {KeyError: "missing", NoSound: "damaged", TooLarge: "too_large"}[type(trouble)]
        with acting(None):
            operations.miss_recording(recording_id=row.pk, trouble=key, now=clock())
        return
    except BaseException:
        brought.unlink(missing_ok=True)
        raise
    written = take_brought(brought, file_name=f"{row.name}.wav", content_type=TYPE)
    with acting(None):
        operations.keep_recording(
            recording_id=row.pk, written=written, seconds=seconds, now=clock()
        )


def _drop(row: CallRecording, engines: Engines) -> None:
    if row.is_at_switch:
        asyncio.run(_forget(row.name, engines))
    with acting(None):
        operations.forget_at_switch(recording_id=row.pk)


async def _write(target: Path, name: str, engines: Engines) -> None:
    size = 0
    async with _reached(engines) as engine:
        with target.open("wb") as file:
            async for block in engine.fetch_recording(name):
                size += len(block)
                if size > MOST_BYTES:
                    raise TooLarge(name)
                file.write(block)


async def _forget(name: str, engines: Engines) -> None:
    async with _reached(engines) as engine:
        await engine.drop_recording(name)


@asynccontextmanager
async def _reached(engines: Engines) -> AsyncIterator[TelephonyEngine]:
    engine = engines()
    await engine.reach()
    try:
        yield engine
    finally:
        await engine.stop()
