"""Recordings of a played switch, as its controller notes them and a job brings them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from qiao.staff.tests.cast import Company
from qiao.telephony import tasks
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.port import EngineDown
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_shelf import Shelf
from qiao.telephony.models import Call, CallRecording
from qiao.telephony.operations.log import keep, note
from qiao.telephony.rules import calls
from qiao.telephony.rules.call_log import fold
from qiao.telephony.rules.calls import Entry

NOW = timezone.now().replace(microsecond=0)
PHONE = "+8613806177754"
State = CallRecording.State


class Switch:
    """A played switch with its shelf, as a job reaches it."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.is_down = False
        self.fetched = 0

    def engine(self) -> SimEngine:
        if self.is_down:
            raise EngineDown("no answer")
        self.fetched += 1
        return SimEngine(LoopClock(timezone.now), shelf=self.shelf)

    def see_to(self, recording: CallRecording, at: datetime | None = None) -> CallRecording:
        """Let a job see to it, by default at the moment that it is due."""
        recording.refresh_from_db()
        now = at or max(NOW, recording.next_at or NOW)
        tasks.see_to_recording(recording_id=recording.pk, engines=self.engine, clock=lambda: now)
        recording.refresh_from_db()
        return recording


def recorded(
    world: Company, *, seconds: int = 20, ends: bool = True, days_ago: int = 0, **more: Any
) -> CallRecording:
    """A talk that was recorded, written as the controller writes it."""
    at = NOW - timedelta(days=days_ago, minutes=2)
    row = Call.objects.create(
        organisation_id=more.pop("unit", world.lake.pk), channel=f"c{Call.objects.count()}",
        caller=PHONE[3:], phone=PHONE, arrived_at=at, **({"queue": "water.billing"} | more),
    )  # fmt: skip
    name = f"q{row.pk}-r1"
    happened = [
        Entry("arrived", at, {"channel": row.channel, "caller": row.caller, "dialled": "96111"}),
        Entry("recording_began", at, {"recording": name}),
        Entry("recording_paused", at + timedelta(seconds=5), {"recording": name, "why": "card"}),
        Entry("recording_resumed", at + timedelta(seconds=9), {"recording": name}),
        Entry("ended", at + timedelta(seconds=seconds + 4), {"why": "caller"}),
    ]
    if ends:
        told = {"recording": name, "ok": True, "seconds": seconds}
        happened.append(Entry("recording_ended", at + timedelta(seconds=seconds + 4), told))
    note(row, fold(calls.Call(row.pk, queue=row.queue), happened))
    keep([(row, happened)], NOW)
    return CallRecording.objects.get(name=name)


def kept(world: Company, switch: Switch, **more: Any) -> CallRecording:
    """One that was brought."""
    found = recorded(world, **more)
    switch.shelf.put(found.name, found.seconds)
    assert switch.see_to(found).state == State.KEPT
    return found


def jobs_of(recording: CallRecording) -> int:
    """How many jobs were ever made to see to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'recordings'"
            " AND (args ->> 'recording_id')::bigint = %s",
            [recording.pk],
        )
        return int(cursor.fetchone()[0])


def contents(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def sign_in(staff: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff)
    return client
