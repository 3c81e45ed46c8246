"""Recordings: brought from the switch, heard by right and on record."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.core.models import Attachment, Disclosure
from qiao.core.rules.text import BadText
from qiao.staff.tests.cast import Company, make_company, person
from qiao.telephony import tasks
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.models import Call, CallRecording, OwedCall, RecordingHold
from qiao.telephony.operations import (
    hold_recording,
    look_after_recordings,
    play_recording,
    take_recording,
)
from qiao.telephony.operations.log import keep, note
from qiao.telephony.queries import RecordingNotVisible, sound_for
from qiao.telephony.rules import calls
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.recordings import MOST_TRIES
from qiao.telephony.tests.recorded import (
    NOW,
    PHONE,
    State,
    Switch,
    body_of,
    contents,
    jobs_of,
    kept,
    recorded,
    sign_in,
)

needs_database = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def switch() -> Switch:
    return Switch()


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
        note(call, calls.Call(call.pk, phase="ended", ended_at=NOW))
        keep([(call, [again])], NOW)
        found.refresh_from_db()
        assert found.seconds == 20
        assert jobs_of(found) == 1

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

    @pytest.mark.parametrize("is_down", [False, True])
    def test_a_job_too_many_neither_asks_nor_makes_another(
        self, world: Company, switch: Switch, is_down: bool
    ) -> None:
        found = recorded(world)
        switch.is_down = is_down
        switch.see_to(found)
        assert found.next_at is not None
        before = (found.tries, found.next_at, switch.fetched, jobs_of(found))
        for seconds in (0, 10):
            switch.see_to(found, at=NOW + timedelta(seconds=seconds))
        assert (found.tries, found.next_at, switch.fetched, jobs_of(found)) == before
        switch.see_to(found, at=found.next_at - timedelta(seconds=1))  # the clocks are not one
        assert jobs_of(found) == before[3] + 1

    def test_what_is_too_large_is_lost_at_once(
        self, world: Company, switch: Switch, media: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = recorded(world)
        switch.shelf.put(found.name, 20)
        monkeypatch.setattr(tasks, "MOST_BYTES", 100)
        switch.see_to(found)
        assert (found.state, found.trouble, found.tries) == (State.LOST, "too_large", 1)
        assert (found.next_at, jobs_of(found), contents(media)) == (None, 1, [])

    def test_the_page_renews_itself_for_whoever_may_hear_what_is_fetched(
        self, world: Company
    ) -> None:
        found = recorded(world)
        viewer = person(
            number="5", name="戊", branch=world.lake, permissions=("interactions.view",)
        )
        address = reverse("telephony:recording", args=[found.pk])
        page = reverse("telephony:detail", args=[found.call_id])
        for staff, polls in [(world.agent_staff, True), (viewer, False)]:
            client = sign_in(staff)
            shown = client.get(page).content.decode()
            assert f"recording-{found.pk}" in shown
            assert (f'hx-get="{address}"' in shown) is polls
            assert client.get(address).status_code == (200 if polls else 404)
        CallRecording.objects.update(trouble="missing")
        shown = sign_in(world.agent_staff).get(page).content.decode()
        assert f'hx-get="{address}"' not in shown, "that takes longer"

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
        message, settled = kept(world, switch), kept(world, switch)
        CallRecording.objects.exclude(pk=talk.pk).update(kind="message")
        for number, each in [("O1", message), ("O2", settled)]:
            OwedCall.objects.create(
                number=number, kind="message", organisation=world.lake, call_id=each.call_id,
                phone=PHONE, queue="water.billing", recording=each.name, since=NOW, due_at=NOW,
            )  # fmt: skip
        OwedCall.objects.filter(number="O2").update(state="done", ended_at=NOW)
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
        # play a talk, a message, one whose call is settled, take the talk away: what each is
        # answered
        matrix = {
            "agent": (404, 200, 404, 403),
            "reader": (404, 404, 404, 403),
            "lead": (200, 200, 200, 403),
            "taker": (200, 200, 200, 200),
            "outsider": (404, 404, 404, 404),
        }
        for name, staff in who.items():
            client = sign_in(staff)
            plays = [
                client.post(reverse("telephony:play_recording", args=[each.pk])).status_code
                for each in (talk, message, settled)
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
        for nothing in (" ", "\u200b"):
            refused = client.post(address, {"reason": nothing})
            assert refused.status_code == 422
            assert "Say why you take the recording away." in refused.content.decode()
        refused = client.post(address, {"reason": "12\x07"})
        assert refused.status_code == 422
        assert "The text contains a control character." in refused.content.decode()
        assert not Disclosure.objects.exists()
        answer = client.post(address, {"reason": "法院 2026-18"})
        assert answer["Content-Disposition"].startswith("attachment")
        (taken,) = Disclosure.objects.all()
        assert (taken.kind, taken.reason) == ("export", f"{found.name} 法院 2026-18")

    def test_holding_needs_a_kind_and_a_note_that_says_something(
        self, world: Company, switch: Switch
    ) -> None:
        found = kept(world, switch)
        address = reverse("telephony:hold_recording", args=[found.pk])
        client, missing = sign_in(world.agent_staff), "Say why it is held"
        for given in ({"why": "lawsuit", "note": "\u200b"}, {"why": "mood", "note": "2026-18"}):
            refused = client.post(address, given)
            assert refused.status_code == 422
            assert missing in refused.content.decode()
        for field, why, words in [("note", "lawsuit", "\u200b"), ("why", "mood", "2026-18")]:
            with pytest.raises(BadText) as refusal:
                hold_recording(
                    actor=world.agent, now=NOW, recording_id=found.pk, why=why, note=words
                )
            assert refusal.value.field == field
        assert not RecordingHold.objects.exists()

    def test_who_may_hear_it_is_asked_once(self, world: Company, switch: Switch) -> None:
        found = kept(world, switch)
        with CaptureQueriesContext(connection) as asked:
            take_recording(actor=world.agent, now=NOW, recording_id=found.pk, reason="投诉 12")
        read = [each["sql"] for each in asked if 'FROM "telephony_callrecording"' in each["sql"]]
        assert len(read) == 1
