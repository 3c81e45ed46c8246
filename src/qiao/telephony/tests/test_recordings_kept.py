"""Recordings that are kept: how long, for whom, and judged as work."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from qiao.cases.operations import OpenRequest, open_case
from qiao.contact.models import Interaction
from qiao.contact.operations import link_case, start_interaction
from qiao.core import parameters
from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Person
from qiao.core.registry import registry
from qiao.core.retention import count_due, rule, run_rule
from qiao.customers.operations.holds import place_hold
from qiao.customers.tests.factories import make_customer
from qiao.feedback.models import Evaluation, ScoreCard
from qiao.feedback.operations.sampling import PlanTerms, add_plan, draw_week
from qiao.feedback.operations.score_cards import install_score_cards
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company, person
from qiao.telephony.models import Call, CallEntry, CallRecording, OwedCall, RecordingHold
from qiao.telephony.operations import (
    HeldAlready,
    hold_recording,
    keep_as_packs_say,
    look_after_recordings,
    release_recording,
)
from qiao.telephony.operations.log import keep, note
from qiao.telephony.rules import calls
from qiao.telephony.rules.calls import Entry
from qiao.telephony.tests.recorded import (
    NOW,
    PHONE,
    State,
    Switch,
    jobs_of,
    kept,
    recorded,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
RULE = "telephony.recordings"


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def switch() -> Switch:
    return Switch()


class TestKeeping:
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

    def test_one_that_is_lost_here_goes_at_the_switch_when_its_time_is_over(
        self, world: Company, switch: Switch
    ) -> None:
        lost, young = recorded(world, days_ago=181), recorded(world, days_ago=179)
        gone = recorded(world, days_ago=181)
        for each in (lost, young, gone):
            switch.shelf.put(each.name, 20)
        CallRecording.objects.update(state=State.LOST, next_at=None, trouble="damaged")
        CallRecording.objects.filter(pk=gone.pk).update(is_at_switch=False)
        CallRecording.objects.filter(pk=lost.pk).update(ended_at=None)  # it began, that is known
        assert run_rule(rule(RULE), clock=lambda: NOW).removed == 1
        assert switch.see_to(lost).is_at_switch is False
        assert (lost.state, lost.gone_by) == (State.REMOVED, "period")
        for each in (young, gone):
            each.refresh_from_db()
            assert each.state == State.LOST
        with pytest.raises(KeyError):
            next(switch.shelf.sound_of(lost.name))
        assert next(switch.shelf.sound_of(young.name))

    def test_what_is_due_is_found_by_its_index(self, world: Company) -> None:
        recorded(world, days_ago=181)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                f"EXPLAIN SELECT FROM telephony_callrecording r WHERE {rule(RULE).due}",
                {"now": NOW, "before": NOW - timedelta(days=180)},
            )
            plan = "\n".join(row for (row,) in cursor.fetchall())
        assert "telephony_recordings_kept" in plan

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

    def test_a_voice_that_is_erased_while_it_is_recorded_goes_when_it_lies_at_the_switch(
        self, world: Company, switch: Switch
    ) -> None:
        found = recorded(world, ends=False)
        data = next(each for each in registry.personal() if each.key == "telephony.recordings")
        data.erase(Person((), (PHONE,)), Erasing(0, NOW))
        assert not switch.see_to(found).is_at_switch, "there was nothing yet"
        switch.shelf.put(found.name, 20)
        call = Call.objects.get(pk=found.call_id)
        ended = Entry("recording_ended", NOW, {"recording": found.name, "seconds": 20})
        note(call, calls.Call(call.pk, phase="ended", ended_at=NOW))
        keep([(call, [ended])], NOW)
        assert jobs_of(found) == 1
        switch.see_to(found)
        assert (found.state, found.is_at_switch, found.next_at) == (State.REMOVED, False, None)
        with pytest.raises(KeyError):
            next(switch.shelf.sound_of(found.name))

    def test_calls_under_way_at_the_upgrade_keep_their_recording(self, world: Company) -> None:
        running, over = recorded(world, ends=False), recorded(world)
        Call.objects.filter(pk=running.call_id).update(phase="talking", ended_at=None)
        name = f"q{running.call_id}-v1"
        CallEntry.objects.create(
            call_id=running.call_id, seq=99, kind="recording_began", at=NOW, recorded_at=NOW,
            data={"recording": name},
        )  # fmt: skip
        CallRecording.objects.all().delete()
        upgrade = import_module("qiao.telephony.migrations.0009_recordings_lost_and_under_way")
        with connection.cursor() as cursor:
            for _twice in range(2):
                cursor.execute(upgrade.UNDER_WAY)
        rows = CallRecording.objects.order_by("id").values_list(
            "name", "kind", "state", "ended_at", "next_at"
        )
        assert set(rows) == {
            (running.name, "talk", State.RUNNING, None, None),
            (name, "message", State.RUNNING, None, None),
        }
        Call.objects.filter(pk=running.call_id).update(phase="ended", ended_at=NOW)
        assert look_after_recordings(now=NOW + timedelta(minutes=2)) == 2
        assert set(CallRecording.objects.values_list("state", flat=True)) == {State.DUE}
        assert not CallRecording.objects.filter(name=over.name).exists(), "it is not under way"


class TestJudging:
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
        story = subject.story(actor=world.colleague, subject_id=heard.call_id, now=NOW)
        assert story is not None
        assert story.url == reverse("telephony:detail", args=[heard.call_id])
        assert [line.seq for line in story.lines] == sorted(line.seq for line in story.lines)
        assert subject.story(actor=world.outsider, subject_id=heard.call_id, now=NOW) is None

    def test_whoever_is_judged_is_not_told_who_listened_unless_the_company_says_so(
        self, world: Company, switch: Switch
    ) -> None:
        rights = ("interactions.view", "quality.own", "followups.view")
        judged = person(number="6", name="己", branch=world.lake, permissions=rights)
        heard = kept(world, switch, staff_id=judged.pk)
        for seq, mode in [(90, "listen"), (92, "whisper")]:
            watched = {"staff": world.chief.person_id, "channel": "w", "mode": mode}
            for after, kind in [(0, "watched"), (1, "watch_ended")]:
                CallEntry.objects.create(
                    call_id=heard.call_id, seq=seq + after, kind=kind, at=NOW, recorded_at=NOW,
                    data=watched if kind == "watched" else {"channel": "w"},
                )  # fmt: skip
        install_score_cards(now=NOW)
        version = ScoreCard.objects.get(key="water.call_service").versions.get()
        row = Evaluation.objects.create(
            subject_kind="call", subject_id=heard.call_id, number="J1", state="released",
            organisation=world.lake, person_id=judged.pk, evaluator_id=world.colleague.person_id,
            version_of_card=version, created_at=NOW, due_date=NOW, finished_at=NOW,
            finished_date=NOW, released_at=NOW,
        )  # fmt: skip
        pages = [
            reverse("feedback:evaluation", args=[row.pk]),
            reverse("feedback:replay", args=["call", heard.call_id]),
        ]

        def told(staff: Staff) -> list[tuple[bool, bool]]:
            found = [sign_in(staff).get(page).content.decode() for page in pages]
            return [("listens in: listens" in page, "whispers" in page) for page in found]

        assert told(judged) == [(False, True)] * 2
        assert told(world.chief_staff) == [(True, True)] * 2
        parameters.write(
            parameters.Change("calls.listening_is_seen", True, timezone.localdate(NOW), "Agreed"),
            actor=world.chief, now=NOW,
        )  # fmt: skip
        assert told(judged) == [(True, True)] * 2


def test_the_replay_of_a_case_plays_the_recordings_of_calls_about_it_to_who_may_listen(
    world: Company, switch: Switch
) -> None:
    heard = kept(world, switch, staff_id=world.agent.person_id)
    contact = start_interaction(channel="phone", actor=world.agent, now=NOW)
    Call.objects.filter(pk=heard.call_id).update(interaction=contact)
    request = OpenRequest(
        type_key="water.small_leak", organisation_id=world.lake.pk, title="漏水", channel="phone",
        area="339102", facts={"leak_at": "before_meter", "paid_service": "no"},
    )  # fmt: skip
    case = open_case(request=request, actor=world.agent, now=NOW)
    link_case(
        interaction_id=contact.pk, case_id=case.pk, kind="opened", actor=world.agent, now=NOW
    )
    page = reverse("feedback:replay", args=["case", case.pk])
    player = reverse("telephony:recording", args=[heard.pk])
    seen = sign_in(world.colleague_staff).get(page).content.decode()
    assert f'hx-get="{player}"' in seen
    assert reverse("contact:detail", args=[contact.pk]) in seen
    rights = ("cases.view", "followups.view", "interactions.view")
    deaf = person(number="7", name="庚", branch=world.lake, permissions=rights)
    told = sign_in(deaf).get(page).content.decode()
    assert player not in told
    assert "Only who may listen" in told
    blind = person(number="8", name="辛", branch=world.lake, permissions=rights[:2])
    nothing = sign_in(blind).get(page).content.decode()
    assert "The talk was recorded" not in nothing
    assert contact.number not in nothing
    assert sign_in(world.outsider_staff).get(page).status_code == 404


def test_a_call_is_drawn_by_a_plan_and_judged_on_the_page_of_evaluations(
    world: Company, switch: Switch
) -> None:
    """The score cards of cases, with a second kind of work: no second way."""
    found = kept(world, switch, staff_id=world.agent.person_id)
    install_score_cards(now=NOW)
    card = ScoreCard.objects.get(key="water.call_service")
    day = timezone.localdate(NOW) - timedelta(days=1)
    terms = PlanTerms("每人一通", world.lake.pk, card.pk, "person", day, amount=1)
    plan = add_plan(terms=terms, actor=world.chief)
    assert draw_week(plan=plan, week=day, now=NOW) == 1
    row = Evaluation.objects.get()
    assert (row.subject_kind, row.subject_id) == ("call", found.call_id)
    assert row.evaluator_id in {world.colleague.person_id, world.chief.person_id}
    Evaluation.objects.filter(pk=row.pk).update(evaluator=world.colleague.person_id)
    body = sign_in(world.colleague_staff).get(reverse("feedback:evaluation", args=[row.pk]))
    page = body.content.decode()
    assert reverse("telephony:detail", args=[found.call_id]) in page
    assert "Recording begins" in page
    Evaluation.objects.filter(pk=row.pk).update(comment="耐心")
    data = next(each for each in registry.personal() if each.key == "telephony.recordings")
    told = data.collect(Person((), (PHONE,)))[2]
    assert [each["comment"] for each in told.rows] == ["耐心"], "they may ask what is held"
