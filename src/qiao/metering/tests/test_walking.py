"""What a reader brings from the stops of a round: once, checked, within own rounds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from qiao.core.actor import Forbidden
from qiao.core.models import Attachment
from qiao.core.rules.text import BadText
from qiao.customers.models import Premises
from qiao.metering.models import MeterPlace, Reading, ReadingRound, StopVisit, UnreadReason
from qiao.metering.operations import (
    Entry,
    NotVisible,
    VisitRefused,
    ask_reread,
    finish_round,
    foresee_stop,
    visit_stop,
)
from qiao.metering.operations.reasons import BadReason, set_reason
from qiao.metering.queries.reasons import reasons_on
from qiao.metering.queries.rounds import list_rounds
from qiao.metering.queries.walks import (
    WalkUnknown,
    stops_to_walk,
    sums_of,
    walk_for,
    walks_of,
)
from qiao.metering.tests.cast import NOW, Round, a_photo, month
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, person

pytestmark = pytest.mark.django_db


def test_a_figure_goes_the_way_of_all_readings(walked: Round) -> None:
    found = walked.bring(0, "530", latitude=30.1, longitude=120.2, accuracy_m=8)
    assert not found.waits
    reading = Reading.objects.get(pk=found.visit.reading_ids[0])
    assert (reading.value, reading.state, reading.source) == (Decimal(530), "valid", "phone")
    assert (reading.reader_id, reading.round_id) == (walked.reader.staff_id, walked.walk.pk)
    assert (reading.latitude, reading.longitude) == (30.1, 120.2)
    assert found.visit.reading_ids == [reading.pk]
    line = walk_for(actor=walked.reader, round_id=walked.walk.pk)
    assert (line.read_count, line.unread_count, line.left) == (1, 0, 2)
    assert sums_of(round_id=walked.walk.pk).used == {"m³": Decimal(20)}


def test_what_comes_twice_is_kept_once(walked: Round) -> None:
    first = walked.bring(0, "530", key="same")
    again = walked.bring(0, "530", key="same")
    assert again.visit.pk == first.visit.pk
    assert again.taken == ()
    # Another reader's phone may give the same key.
    with pytest.raises(NotVisible):
        walked.bring(0, "530", key="same", actor=walked.other)
    assert Reading.objects.filter(source="phone").count() == 1
    assert StopVisit.objects.count() == 1
    with pytest.raises(IntegrityError, match="metering_visit_message"):
        StopVisit.objects.create(
            round=walked.walk, organisation_id=walked.walk.organisation_id,
            service_point=walked.metered.points[0], reader_id=1, key=first.visit.key,
            outcome="read", happened_at=NOW, recorded_at=NOW,
        )  # fmt: skip


def test_a_jump_waits_for_a_decision_with_the_photo_that_shows_it(walked: Round) -> None:
    assert foresee_stop(
        actor=walked.reader, now=NOW, round_id=walked.walk.pk,
        entry=Entry("-", walked.metered.points[0].pk, {walked.metered.registers[0].pk: "1900"}),
    )[0].state == "exception"  # fmt: skip
    with pytest.raises(VisitRefused, match="photo"):
        walked.bring(0, "1900", is_confirmed=True)
    found = walked.bring(0, "1900", is_confirmed=True, photo=a_photo())
    assert found.waits
    assert found.visit.is_confirmed
    reading = Reading.objects.get(pk=found.visit.reading_ids[0])
    assert (reading.state, reading.photo_id) == ("exception", found.visit.photo_id)
    kept = Attachment.objects.get(pk=reading.photo_id or 0)
    assert (kept.owner_kind, kept.owner_id) == ("stop_visit", found.visit.pk)


def test_a_figure_that_cannot_stand_is_refused_with_what_is_wrong(walked: Round) -> None:
    with pytest.raises(VisitRefused) as refused:
        walked.bring(0, "1234567")
    assert refused.value.code == "value"
    assert refused.value.findings[0].seen["code"] == "digits"


def test_a_reason_stands_for_the_figure_and_some_need_a_photo(walked: Round) -> None:
    found = walked.bring(1, reason="dog", note="黑狗未拴")
    assert (found.visit.outcome, found.visit.reason) == ("unread", "dog")
    with pytest.raises(VisitRefused, match="photo"):
        walked.bring(2, reason="locked")
    walked.bring(2, reason="locked", photo=a_photo())
    for reason, code in (("", "nothing"), ("weather", "reason")):
        with pytest.raises(VisitRefused, match=code):
            walked.bring(0, reason=reason)
    walked.walk.refresh_from_db()
    assert (walked.walk.visited_count, walked.walk.unread_count) == (2, 2)
    assert sums_of(round_id=walked.walk.pk).reasons == {"dog": 1, "locked": 1}
    (line,) = list_rounds(actor=walked.metered.company.agent).rows
    assert (line.reader, line.unread_count, line.left) == ("马德胜", 2, 1)


def test_a_stop_that_was_read_after_all_is_read(walked: Round) -> None:
    walked.bring(0, reason="dog")
    walked.bring(0, "530")
    walked.walk.refresh_from_db()
    assert (walked.walk.visited_count, walked.walk.unread_count) == (1, 0)
    line = walk_for(actor=walked.reader, round_id=walked.walk.pk)
    assert (line.read_count, line.unread_count) == (1, 0)
    assert StopVisit.objects.count() == 2


def test_only_the_own_rounds_are_seen_and_read(walked: Round) -> None:
    shown = walks_of(actor=walked.reader, now=NOW, today=TODAY)
    assert [each.round_id for each in shown] == [walked.walk.pk]
    assert walks_of(actor=walked.other, now=NOW, today=TODAY) == []
    with pytest.raises(WalkUnknown):
        walk_for(actor=walked.other, round_id=walked.walk.pk)
    with pytest.raises(NotVisible):
        walked.bring(0, "530", actor=walked.other)
    with pytest.raises(NotVisible):
        finish_round(actor=walked.other, now=NOW, round_id=walked.walk.pk)
    nobody = actor_for(
        person(number="1", name="外人", branch=walked.metered.company.lake, permissions=()),
        day=TODAY,
    )
    with pytest.raises(Forbidden):
        walked.bring(0, "530", actor=nobody)
    elsewhere = Entry("k", 0, {walked.metered.registers[0].pk: "1"})
    with pytest.raises(NotVisible):
        visit_stop(actor=walked.reader, now=NOW, round_id=walked.walk.pk, entry=elsewhere)
    foreign = Entry("k", walked.metered.points[0].pk, {walked.metered.registers[1].pk: "1"})
    with pytest.raises(NotVisible):
        visit_stop(actor=walked.reader, now=NOW, round_id=walked.walk.pk, entry=foreign)


def test_the_route_names_the_reader_where_the_round_names_none(walked: Round) -> None:
    ReadingRound.objects.update(reader_id=None)
    assert walks_of(actor=walked.other, now=NOW, today=TODAY) == []
    walked.metered.route.reader_id = walked.other.staff_id
    walked.metered.route.save()
    assert len(walks_of(actor=walked.other, now=NOW, today=TODAY)) == 1


def test_what_was_left_without_a_word_stands_as_such_once_the_round_is_over(
    walked: Round,
) -> None:
    walked.bring(0, "530")
    walked.bring(1, reason="dog")
    finish_round(actor=walked.reader, now=NOW, round_id=walked.walk.pk)
    walked.walk.refresh_from_db()
    assert (walked.walk.visited_count, walked.walk.unread_count) == (2, 2)
    assert sums_of(round_id=walked.walk.pk).reasons == {"dog": 1, "skipped": 1}
    walked.bring(2, "530")
    walked.walk.refresh_from_db()
    assert (walked.walk.visited_count, walked.walk.unread_count) == (3, 1)


def test_what_waited_on_the_phone_comes_in_after_the_round_was_closed(walked: Round) -> None:
    closed = finish_round(actor=walked.reader, now=NOW, round_id=walked.walk.pk)
    assert (closed.state, closed.closed_by_id) == ("closed", walked.reader.staff_id)
    assert finish_round(actor=walked.reader, now=NOW, round_id=walked.walk.pk).closed_at == NOW
    found = walked.bring(0, "530", happened_at=NOW - timedelta(hours=20))
    reading = Reading.objects.get(pk=found.visit.reading_ids[0])
    assert (reading.round_id, reading.read_at) == (walked.walk.pk, NOW - timedelta(hours=20))
    assert len(walks_of(actor=walked.reader, now=NOW, today=TODAY)) == 1
    assert walks_of(actor=walked.reader, now=NOW + timedelta(days=2), today=TODAY) == []


@pytest.mark.parametrize(
    "said", [NOW + timedelta(minutes=5), datetime(2026, 11, 10, tzinfo=UTC), None]
)
def test_a_time_outside_the_round_is_not_believed(walked: Round, said: datetime | None) -> None:
    assert walked.bring(0, "530", happened_at=said).visit.happened_at == NOW


def test_how_far_the_phone_was_from_the_premises_is_noted(walked: Round) -> None:
    Premises.objects.update(latitude=30.0, longitude=120.001, datum="wgs84")
    found = walked.bring(0, "530", latitude=30.0, longitude=120.0, accuracy_m=12)
    assert (found.visit.distance_m, found.visit.accuracy_m) == (96, 12)
    assert walked.bring(1, "530").visit.distance_m is None


def test_where_a_meter_hangs_is_there_for_who_comes_next(walked: Round) -> None:
    point = walked.metered.points[0].pk
    walked.bring(0, "530", whereabouts="东侧水表井", seal="A-118")
    assert MeterPlace.objects.get(pk=point).seal == "A-118"
    walked.bring(0, "531", whereabouts="东侧水表井", seal=None, key="x")
    walked.bring(1, "531", whereabouts="", seal="")
    stops = stops_to_walk(walk=walk_for(actor=walked.reader, round_id=walked.walk.pk), day=TODAY)
    assert (stops[0].whereabouts, stops[0].seal) == ("东侧水表井", "A-118")
    assert MeterPlace.objects.count() == 1
    with pytest.raises(BadText):
        walked.bring(2, "531", note="长" * 301)


def test_stops_come_in_order_with_what_a_reading_is_held_to(walked: Round) -> None:
    line = walk_for(actor=walked.reader, round_id=walked.walk.pk)
    stops = stops_to_walk(walk=line, day=TODAY)
    assert [stop.place for stop in stops] == [1, 2, 3]
    (register,) = stops[0].registers
    assert (register.digits, register.unit) == (5, "m³")
    assert register.range is not None
    assert register.range.last == 510
    assert register.range.last_day == month(20)
    assert register.range.most is not None
    assert 530 < register.range.most < 700


def test_who_reads_again_sees_nothing_of_before(walked: Round) -> None:
    found = walked.bring(0, "1900")
    Reading.objects.filter(pk=found.visit.reading_ids[0]).update(is_reread_asked=True)
    line = walk_for(actor=walked.reader, round_id=walked.walk.pk)
    stops = stops_to_walk(walk=line, day=TODAY)
    assert [stop.state for stop in stops] == ["again", "open", "open"]
    assert stops[0].registers[0].range is None
    assert stops[1].registers[0].range is not None
    walked.bring(0, "530", key="again")
    state = {each.state for each in stops_to_walk(walk=line, day=TODAY)}
    assert state == {"read", "open"}


def test_a_closed_round_comes_back_when_the_office_wants_a_meter_read_again(
    walked: Round,
) -> None:
    found = walked.bring(0, "1900")
    finish_round(actor=walked.reader, now=NOW, round_id=walked.walk.pk)
    later = NOW + timedelta(days=5)
    today = TODAY + timedelta(days=5)
    assert walks_of(actor=walked.reader, now=later, today=today) == []
    agent = walked.metered.company.agent
    ask_reread(actor=agent, now=NOW, reading_id=found.visit.reading_ids[0], why="照片模糊")
    (line,) = walks_of(actor=walked.reader, now=later, today=today)
    assert line.again_count == 1
    walked.bring(0, "530", key="again")
    assert walks_of(actor=walked.reader, now=later, today=today) == []


def test_all_stops_cost_the_same_statements(walked: Round, django_assert_num_queries: Any) -> None:
    line = walk_for(actor=walked.reader, round_id=walked.walk.pk)
    stops_to_walk(walk=line, day=TODAY)
    with django_assert_num_queries(7):
        assert len(stops_to_walk(walk=line, day=TODAY)) == 3


def test_reasons_are_dated_and_kept_by_the_company(walked: Round) -> None:
    agent = walked.metered.company.agent
    shipped = reasons_on(TODAY)
    assert list(shipped) == [
        "locked", "nobody", "dog", "flooded", "buried", "broken", "missing", "refused",
    ]  # fmt: skip
    terms: dict[str, Any] = {
        "names": {"en": "Snowed in", "zh-Hans": "积雪", "zh-Hant": "積雪"},
        "needs_photo": True,
        "is_active": True,
        "source": "Winter rule",
    }
    tomorrow = TODAY + timedelta(days=1)
    set_reason(actor=agent, now=NOW, key="snow", valid_from=tomorrow, **terms)
    assert "snow" not in reasons_on(TODAY)
    assert reasons_on(tomorrow)["snow"].needs_photo
    set_reason(
        actor=agent, now=NOW, key="dog", valid_from=tomorrow, **{**terms, "is_active": False}
    )
    assert not reasons_on(tomorrow)["dog"].is_active
    assert reasons_on(TODAY)["dog"].is_active
    with pytest.raises(BadReason, match="since"):
        set_reason(actor=agent, now=NOW, key="snow", valid_from=TODAY - timedelta(days=1), **terms)
    with pytest.raises(BadReason, match="key"):
        set_reason(actor=agent, now=NOW, key="Snow!", valid_from=tomorrow, **terms)
    with pytest.raises(Forbidden):
        set_reason(actor=walked.reader, now=NOW, key="snow", valid_from=tomorrow, **terms)
    assert UnreadReason.objects.filter(key="dog").count() == 2
