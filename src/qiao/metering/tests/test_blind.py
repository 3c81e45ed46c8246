"""Blind re-reads: drawn, read without the figure, compared by the days between."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qiao.core.actor import Forbidden
from qiao.metering.models import BlindStop, Reading
from qiao.metering.operations import Entry, NotVisible, VisitRefused
from qiao.metering.operations.blind import (
    NothingToDraw,
    SameReader,
    close_blind_check,
    draw_blind_check,
    read_blind,
)
from qiao.metering.queries.blind import (
    blind_check_for,
    blind_results,
    blind_stops,
    blind_walks_of,
)
from qiao.metering.tests.cast import NOW, Round
from qiao.staff.tests.cast import TODAY

pytestmark = pytest.mark.django_db


def drawn(walked: Round, **more: Any) -> Any:
    terms: dict[str, Any] = {
        "reader_id": walked.other.staff_id,
        "share_percent": Decimal(100),
        "seed": 7,
        "due_date": TODAY,
        **more,
    }
    agent = walked.metered.company.agent
    return draw_blind_check(actor=agent, now=NOW, round_id=walked.walk.pk, **terms)


def second(walked: Round, check_id: int, which: int, raw: str, **more: Any) -> BlindStop:
    register = walked.metered.registers[which].pk
    entry = Entry(
        more.pop("key", f"b{which}"), walked.metered.points[which].pk,
        {register: raw} if raw else {}, **more,
    )  # fmt: skip
    return read_blind(
        actor=walked.other, now=NOW + timedelta(days=2), check_id=check_id, entry=entry
    )


def test_figures_that_can_both_be_right_agree_and_others_differ(walked: Round) -> None:
    for which in range(3):
        walked.bring(which, "530")
    check = drawn(walked)
    (shown,) = blind_walks_of(actor=walked.other)
    assert (shown.check_id, shown.stop_count, shown.left) == (check.pk, 3, 3)
    assert blind_walks_of(actor=walked.reader) == []
    assert second(walked, check.pk, 0, "532").standing == "agrees"
    assert second(walked, check.pk, 1, "580").standing == "differs"
    assert second(walked, check.pk, 2, "529").standing == "agrees"
    assert blind_walks_of(actor=walked.other)[0].left == 0
    head = blind_check_for(actor=walked.metered.company.agent, check_id=check.pk)
    assert (head.agree_count, head.differ_count, head.unread_count) == (2, 1, 0)
    results = blind_results(check_id=check.pk)
    assert [each.standing for each in results] == ["differs", "agrees", "agrees"]
    assert (results[0].first, results[0].second) == (Decimal(530), Decimal(580))
    assert results[0].first_reader == "马德胜"


def test_the_second_reader_is_shown_nothing_and_changes_no_reading(walked: Round) -> None:
    walked.bring(0, "530")
    check = drawn(walked)
    before = Reading.objects.count()
    (stop,) = blind_stops(check_id=check.pk)
    assert stop.registers[0].range is None
    assert stop.state == "open"
    second(walked, check.pk, 0, "580")
    assert Reading.objects.count() == before
    (stop,) = blind_stops(check_id=check.pk)
    assert stop.state == "read"  # never whether it agreed


def test_a_stop_is_read_again_once(walked: Round) -> None:
    walked.bring(0, "530")
    check = drawn(walked)
    second(walked, check.pk, 0, "580")
    again = second(walked, check.pk, 0, "530", key="b9")
    assert (again.raw, again.standing) == ("580", "differs")


def test_who_read_it_does_not_read_it_again_and_none_is_drawn_twice(walked: Round) -> None:
    with pytest.raises(NothingToDraw):
        drawn(walked)
    walked.bring(0, "530")
    with pytest.raises(SameReader):
        drawn(walked, reader_id=walked.reader.staff_id)
    check = drawn(walked)
    with pytest.raises(NothingToDraw):
        drawn(walked, seed=8)
    with pytest.raises(NotVisible):
        read_blind(
            actor=walked.reader, now=NOW, check_id=check.pk,
            entry=Entry("b", walked.metered.points[0].pk, reason="dog"),
        )  # fmt: skip
    with pytest.raises(Forbidden):
        draw_blind_check(
            actor=walked.reader, now=NOW, round_id=walked.walk.pk,
            reader_id=walked.other.person_id, share_percent=Decimal(3), seed=1, due_date=TODAY,
        )  # fmt: skip
    with pytest.raises(NotVisible):
        draw_blind_check(
            actor=walked.metered.company.outsider, now=NOW, round_id=walked.walk.pk,
            reader_id=walked.other.person_id, share_percent=Decimal(3), seed=1, due_date=TODAY,
        )  # fmt: skip


def test_a_meter_that_cannot_be_read_again_counts_neither_way(walked: Round) -> None:
    walked.bring(0, "530")
    check = drawn(walked)
    for reason, code in (("", "nothing"), ("weather", "reason"), ("locked", "photo")):
        with pytest.raises(VisitRefused, match=code):
            second(walked, check.pk, 0, "", reason=reason)
    with pytest.raises(VisitRefused, match="value"):
        second(walked, check.pk, 0, "12x")
    stop = second(walked, check.pk, 0, "", reason="dog")
    assert (stop.standing, stop.reason) == ("unread", "dog")


def test_a_closed_check_leaves_the_phone(walked: Round) -> None:
    walked.bring(0, "530")
    check = drawn(walked)
    close_blind_check(actor=walked.metered.company.agent, check_id=check.pk)
    assert blind_walks_of(actor=walked.other) == []
    with pytest.raises(NotVisible):
        second(walked, check.pk, 0, "530")
    with pytest.raises(NotVisible):
        close_blind_check(actor=walked.metered.company.outsider, check_id=check.pk)
