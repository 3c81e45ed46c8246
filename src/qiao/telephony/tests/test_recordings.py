"""Recordings: brought from the switch, heard by right and on record, gone when time is over."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.contact.models import Interaction
from qiao.contact.operations import start_interaction
from qiao.core.models import Attachment, Disclosure
from qiao.core.personal import Erasing, Person
from qiao.core.registry import registry
from qiao.core.retention import count_due, rule, run_rule
from qiao.customers.operations.holds import place_hold
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company, person
from qiao.telephony import tasks
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.port import EngineDown
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.engines.sim_shelf import Shelf
from qiao.telephony.models import Call, CallEntry, CallRecording, OwedCall, RecordingHold
from qiao.telephony.operations import (
    HeldAlready,
    hold_recording,
    keep_as_packs_say,
    look_after_recordings,
    play_recording,
    release_recording,
)
from qiao.telephony.operations.log import keep
from qiao.telephony.queries import RecordingNotVisible, sound_for
from qiao.telephony.rules import calls
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.recordings import MOST_TRIES

needs_database = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
NOW = timezone.now().replace(microsecond=0)
PHONE = "+8613806177754"
RULE = "telephony.recordings"
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

    def see_to(self, recording: CallRecording) -> CallRecording:
        tasks.see_to_recording(recording_id=recording.pk, engines=self.engine, clock=lambda: NOW)
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
    keep(row, calls.fold(calls.Call(row.pk, queue=row.queue), happened), happened, NOW)
    return CallRecording.objects.get(name=name)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def switch() -> Switch:
    return Switch()


def kept(world: Company, switch: Switch, **more: Any) -> CallRecording:
    """One that was brought."""
    found = recorded(world, **more)
    switch.shelf.put(found.name, found.seconds)
    assert switch.see_to(found).state == State.KEPT
    return found


def contents(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def sign_in(staff: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff)
    return client


class TestBringing:
    pytestmark = needs_database

    def test_a_recording_is_brought_once_and_goes_at_the_switch(
        self, world: Company, switch: Switch, media: Path
    ) -> None:
        found = kept(world, switch)
        file = Attachment.objects.get(owner_id=found.pk)
        assert (found.sound_seconds, found.is_at_switch, found.next_at) == (20, False, None)
        assert file.organisation_id == world.lake.pk
        assert [path.name for path in contents(media)] == [file.sha256]
        assert file.size_bytes == contents(media)[0].stat().st_size
        with pytest.raises(KeyError):
            next(switch.shelf.sound_of(found.name))
        before = switch.fetched
        switch.see_to(found)
        assert switch.fetched == before, "nothing is left to be done"

    def test_what_is_told_twice_is_one_recording_with_one_job(self, world: Company) -> None:
        found = recorded(world)
        call = Call.objects.get(pk=found.call_id)
        again = Entry("recording_ended", NOW, {"recording": found.name, "seconds": 3})
        keep(call, calls.Call(call.pk, phase="ended", ended_at=NOW), [again], NOW)
        found.refresh_from_db()
        assert found.seconds == 20
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'recordings'"
            )
            assert cursor.fetchone() == (1,)

    def test_one_that_the_switch_has_not_is_asked_for_again_and_then_told_lost(
        self, world: Company, switch: Switch, media: Path
    ) -> None:
        found = recorded(world)
        for tries in range(1, MOST_TRIES):
            assert switch.see_to(found).tries == tries
            assert (found.state, found.trouble) == (State.DUE, "missing")
        assert switch.see_to(found).state == State.LOST
        assert contents(media) == []
        page = sign_in(world.agent_staff).get(reverse("telephony:detail", args=[found.call_id]))
        assert "Lost at the switch" in page.content.decode()

    def test_a_switch_that_does_not_answer_loses_nothing(
        self, world: Company, switch: Switch
    ) -> None:
        found = recorded(world)
        switch.shelf.put(found.name, 20)
        switch.is_down = True
        for _ in range(MOST_TRIES + 1):
            switch.see_to(found)
        assert (found.state, found.tries, found.trouble) == (State.DUE, 0, "down")
        switch.is_down = False
        assert switch.see_to(found).state == State.KEPT
        assert found.trouble == ""

    def test_half_a_sound_is_not_kept(
        self, world: Company, switch: Switch, media: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = recorded(world)

        async def half(self: SimEngine, name: str) -> AsyncIterator[bytes]:
            yield b"".join(self.switch.recordings.shelf.sound_of(name))[:500]

        switch.shelf.put(found.name, 20)
        monkeypatch.setattr(SimEngine, "fetch_recording", half)
        assert switch.see_to(found).trouble == "damaged"
        assert contents(media) == []
        monkeypatch.undo()
        assert switch.see_to(found).state == State.KEPT

    def test_what_nobody_told_the_end_of_is_looked_for(
        self, world: Company, switch: Switch
    ) -> None:
        found = recorded(world, ends=False, days_ago=1)
        assert found.state == State.RUNNING
        assert look_after_recordings(now=NOW) == 1
        found.refresh_from_db()
        assert found.state == State.DUE
        assert look_after_recordings(now=NOW) == 0, "a job sees to it"
        assert look_after_recordings(now=NOW + timedelta(hours=1)) == 1, "the job was lost"
        switch.shelf.put(found.name, 20)
        assert switch.see_to(found).state == State.KEPT


SLOW = """
import asyncio, sys, django
django.setup()
from django.utils import timezone
from qiao.telephony import tasks
from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.sim import SimEngine
class Slow(SimEngine):
    async def fetch_recording(self, recording):
        yield b"RIFF" * 100_000
        print("half", flush=True)
        await asyncio.sleep(60)
make = lambda: Slow(LoopClock(timezone.now))
tasks.see_to_recording(recording_id=int(sys.argv[1]), engines=make, clock=timezone.now)
"""


def test_a_worker_that_is_killed_leaves_nothing_behind(
    own_database: str, media: Path, switch: Switch
) -> None:
    with transaction.atomic():
        found = recorded(make_company())
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "qiao.config.settings",
        "PYTHONPATH": str(Path(__file__).parents[3]), "QIAO_NO_POOL": "1",
        "QIAO_MEDIA": str(media),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(found.pk)], env=environment, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    assert len(contents(media)) == 1, "half of it lies there"
    switch.shelf.put(found.name, 20)
    assert switch.see_to(found).state == State.DUE, "another job sees to it"
    process.kill()
    process.wait(30)
    process.stdout.close()
    while switch.see_to(found).state == State.DUE:  # until the database has seen the death
        pass
    file = Attachment.objects.get()
    assert found.attachment_id == file.pk
    assert [path.name for path in contents(media)] == [file.sha256]


class TestHearing:
    pytestmark = needs_database

    def test_the_sound_is_given_for_a_play_on_record_in_the_parts_asked_for(
        self, world: Company, switch: Switch
    ) -> None:
        found = kept(world, switch)
        client = sign_in(world.agent_staff)
        page = client.get(reverse("telephony:detail", args=[found.call_id])).content.decode()
        assert "Listen" in page
        assert "<audio" not in page
        answer = client.post(
            reverse("telephony:play_recording", args=[found.pk]), headers={"HX-Request": "true"}
        )
        heard = Disclosure.objects.get(subject="telephony.recording")
        assert (heard.kind, heard.subject_id, heard.actor_id) == (
            "reveal", found.pk, world.agent.person_id,
        )  # fmt: skip
        assert found.name in heard.reason
        player = answer.content.decode()
        assert 'data-gaps="[[5.0, 4.0]]"' in player
        assert "Paused: card number" in player
        sound = reverse("telephony:recording_sound", args=[found.pk, heard.pk])
        assert sound in player
        size = Attachment.objects.get().size_bytes
        whole = client.get(sound)
        assert (whole.status_code, whole["Content-Length"]) == (200, str(size))
        body = body_of(whole)
        part = client.get(sound, headers={"Range": "bytes=44-143"})
        assert (part.status_code, part["Content-Range"]) == (206, f"bytes 44-143/{size}")
        assert body_of(part) == body[44:144]
        last = client.get(sound, headers={"Range": "bytes=-10"})
        assert body_of(last) == body[-10:]
        assert client.get(sound, headers={"Range": f"bytes={size}-"}).status_code == 416

    def test_a_play_is_ones_own_and_ends(self, world: Company, switch: Switch) -> None:
        found = kept(world, switch)
        mine = play_recording(actor=world.agent, now=NOW, recording_id=found.pk)
        for actor, now in [(world.colleague, NOW), (world.agent, NOW + timedelta(hours=3))]:
            with pytest.raises(RecordingNotVisible):
                sound_for(actor=actor, recording_id=found.pk, play_id=mine.pk, now=now)

    def test_who_may_hear_what(self, world: Company, switch: Switch) -> None:
        talk = kept(world, switch)
        message = kept(world, switch)
        CallRecording.objects.filter(pk=message.pk).update(kind="message")
        OwedCall.objects.create(
            number="O1", kind="message", organisation=world.lake, call_id=message.call_id,
            phone=PHONE, queue="water.billing", recording=message.name, since=NOW, due_at=NOW,
        )  # fmt: skip
        view, work = "interactions.view", "interactions.work"
        who = {
            "agent": person(number="1", name="甲", branch=world.lake, permissions=(view, work)),
            "reader": person(number="2", name="乙", branch=world.lake, permissions=(view,)),
            "lead": person(
                number="3", name="丙", branch=world.lake, permissions=(view, "calls.listen")
            ),
            "taker": person(
                number="4", name="丁", branch=world.lake,
                permissions=(view, "calls.listen", "calls.download"),
            ),
            "outsider": world.outsider_staff,
        }  # fmt: skip
        # play a talk, play a message, take the talk away: what each is answered
        matrix = {
            "agent": (404, 200, 403),
            "reader": (404, 404, 403),
            "lead": (200, 200, 403),
            "taker": (200, 200, 200),
            "outsider": (404, 404, 404),
        }
        for name, staff in who.items():
            client = sign_in(staff)
            plays = [
                client.post(reverse("telephony:play_recording", args=[each.pk])).status_code
                for each in (talk, message)
            ]
            taken = client.post(
                reverse("telephony:take_recording", args=[talk.pk]), {"reason": "投诉 12"}
            )
            assert (*plays, taken.status_code) == matrix[name], name

    def test_taking_away_needs_a_reason_and_is_an_export(
        self, world: Company, switch: Switch
    ) -> None:
        found = kept(world, switch)
        client, address = (
            sign_in(world.agent_staff), reverse("telephony:take_recording", args=[found.pk]),
        )  # fmt: skip
        assert client.post(address, {"reason": " "}).status_code == 422
        assert not Disclosure.objects.exists()
        answer = client.post(address, {"reason": "法院 2026-18"})
        assert answer["Content-Disposition"].startswith("attachment")
        (taken,) = Disclosure.objects.all()
        assert (taken.kind, taken.reason) == ("export", f"{found.name} 法院 2026-18")


class TestKeeping:
    pytestmark = needs_database

    def test_a_recording_goes_when_its_time_is_over_and_leaves_a_trace(
        self, world: Company, switch: Switch
    ) -> None:
        old, young = kept(world, switch, days_ago=181), kept(world, switch, days_ago=179)
        held, longer = (
            kept(world, switch, days_ago=900),
            kept(world, switch, days_ago=300, queue="water.emergency"),
        )
        hold_recording(
            actor=world.agent, now=NOW, recording_id=held.pk, why="lawsuit", note="2026-18"
        )
        assert longer.keep_days == 365
        run = run_rule(rule(RULE), clock=lambda: NOW)
        assert run.removed == 1
        old.refresh_from_db()
        assert (old.state, old.gone_by, old.attachment_id) == (State.REMOVED, "period", None)
        owners = set(Attachment.objects.values_list("owner_id", flat=True))
        assert owners == {young.pk, held.pk, longer.pk}
        release_recording(actor=world.agent, now=NOW, recording_id=held.pk)
        assert run_rule(rule(RULE), clock=lambda: NOW).removed == 1
        with pytest.raises(HeldAlready):
            release_recording(actor=world.agent, now=NOW, recording_id=young.pk)

    def test_a_hold_of_the_customer_and_an_owed_call_keep_it(
        self, world: Company, switch: Switch
    ) -> None:
        customer = make_customer(world.agent)
        contact = start_interaction(channel="phone", actor=world.agent, now=NOW)
        Interaction.objects.filter(pk=contact.pk).update(customer_id=customer.pk)
        theirs = kept(world, switch, days_ago=400, interaction=contact)
        message = kept(world, switch, days_ago=400)
        OwedCall.objects.create(
            number="O1", kind="message", organisation=world.lake, call_id=message.call_id,
            phone=PHONE, queue="water.billing", recording=message.name, since=NOW, due_at=NOW,
        )  # fmt: skip
        place_hold(actor=world.chief, now=NOW, customer_id=customer.pk, reason="lawsuit")
        counted = count_due(rule(RULE), now=NOW)
        assert (counted.due, counted.held) == (0, 1)
        assert run_rule(rule(RULE), clock=lambda: NOW).removed == 0
        assert theirs.call.interaction_id == contact.pk

    def test_what_the_pack_says_holds_for_what_is_kept_already(
        self, world: Company, switch: Switch
    ) -> None:
        found = kept(world, switch, queue="water.emergency")
        CallRecording.objects.update(keep_days=3)
        keep_as_packs_say()
        found.refresh_from_db()
        assert found.keep_days == 365

    def test_a_person_is_erased_with_their_voice_here_and_at_the_switch(
        self, world: Company, switch: Switch
    ) -> None:
        own = kept(world, switch)
        due = recorded(world)
        other = kept(world, switch)
        Call.objects.filter(pk=other.call_id).update(phone="+8613700000001")
        switch.shelf.put(due.name, 20)
        data = next(each for each in registry.personal() if each.key == "telephony.recordings")
        who = Person((), (PHONE,))
        held = data.collect(who)[0]
        assert [row["name"] for row in held.rows] == [own.name, due.name]
        assert [file.owner_id for file in held.files] == [own.pk]
        hold_recording(
            actor=world.agent, now=NOW, recording_id=own.pk, why="dispute", note="2026-7"
        )
        assert "2026-7" in str(data.hinders(who)[0].text)
        release_recording(actor=world.agent, now=NOW, recording_id=own.pk)
        assert data.hinders(who) == []
        RecordingHold.objects.all().delete()
        sha256 = Attachment.objects.get(owner_id=own.pk).sha256
        CallRecording.objects.filter(pk=other.pk).update(sound_seconds=20)
        erasing = Erasing(0, NOW)
        data.erase(who, erasing)
        assert erasing.counts["telephony.recordings"] == 2
        assert erasing.files == [sha256]
        for each in (own, due):
            each.refresh_from_db()
            assert (each.state, each.gone_by) == (State.REMOVED, "person")
        switch.see_to(due)
        assert not due.is_at_switch
        with pytest.raises(KeyError):
            next(switch.shelf.sound_of(due.name))
        other.refresh_from_db()
        assert other.state == State.KEPT


class TestJudging:
    pytestmark = needs_database

    def test_calls_that_can_be_heard_are_drawn_and_told(
        self, world: Company, switch: Switch
    ) -> None:
        heard = kept(world, switch, staff_id=world.agent.person_id)
        recorded(world, staff_id=world.agent.person_id)  # cannot be heard yet
        kept(world, switch, staff_id=world.agent.person_id, days_ago=9)
        kept(world, switch)  # nobody had it
        watched = {"staff": world.chief.person_id, "channel": "w", "mode": "listen"}
        CallEntry.objects.create(
            call_id=heard.call_id, seq=99, kind="watched", at=NOW, recorded_at=NOW, data=watched
        )
        subject = registry.evaluated()["call"]
        today = timezone.localdate(NOW)
        (work,) = subject.pool(
            organisation_ids=[world.lake.pk], since=today - timedelta(days=1), until=today
        )
        assert (work.subject_id, work.person_id) == (heard.call_id, world.agent.person_id)
        assert work.touched_by == {world.agent.person_id, world.chief.person_id}
        assert work.kind_key in dict(subject.kinds())
        assert subject.pool(organisation_ids=[world.river.pk], since=today, until=today) == []
        story = subject.story(actor=world.colleague, subject_id=heard.call_id)
        assert story is not None
        assert story.url == reverse("telephony:detail", args=[heard.call_id])
        assert [line.seq for line in story.lines] == sorted(line.seq for line in story.lines)
        assert subject.story(actor=world.outsider, subject_id=heard.call_id) is None
