"""Messages of head-ends, taken in by the operations that programs use."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from qiao.core.actor import Forbidden
from qiao.core.wire import BODY_BYTES
from qiao.metering.models import (
    AsideMessage,
    DayUse,
    HeadEnd,
    HeadEndFigures,
    IntervalLoad,
    Reading,
    RefusedInterval,
)
from qiao.metering.operations import messages as operations
from qiao.metering.operations.head_ends import (
    CannotTry,
    TopicTaken,
    add_head_end,
    drop_message,
    switch_head_end,
    try_message,
    try_messages,
)
from qiao.metering.operations.interval_calls import IntervalCall, NewInterval, take_interval_calls
from qiao.metering.operations.message_reading import Message
from qiao.metering.operations.messages import Counted, take_messages
from qiao.metering.operations.taking import take_readings
from qiao.metering.rules.topics import BadFilter
from qiao.metering.tests import frames
from qiao.metering.tests.cast import NOW, Metered, make_metered

DAY = NOW - timedelta(days=1)


class Street:
    """Metered points, and a head-end that sends their readings."""

    def __init__(self, metered: Metered) -> None:
        self.metered = metered
        self.head_end = self.add("heads/lake/+/push")
        self.dlms = self.add("dlms/+", "dlms")

    def add(self, topic: str, form: str = "json", **more: Any) -> HeadEnd:
        """A head-end of the lake branch."""
        company = self.metered.company
        about: dict[str, Any] = {"actor": company.agent, "organisation_id": company.lake.pk} | more
        return add_head_end(now=NOW, name=f"集抄 {topic}", topic=topic, form=form, **about)

    def number(self, which: int = 0) -> str:
        """The number of a meter."""
        return self.metered.points[which].meter_number

    def reading(self, key: str, value: int, which: int = 0, **more: Any) -> dict[str, Any]:
        """A reading as it is sent."""
        row = {"key": key, "meter_number": self.number(which), "value": str(value)}
        return row | {"read_at": DAY.isoformat()} | more


@pytest.fixture
def street(db: None, media: Path) -> Street:
    """Two meters and their head-ends."""
    return Street(make_metered(3))


def told(data: Any, topic: str = "heads/lake/1/push") -> Message:
    payload = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Message(topic, payload)


def take(*messages: Message) -> Counted:
    return take_messages(messages=messages, now=NOW)


def figures(counted: Counted) -> tuple[int, int, int, int]:
    return counted.taken, counted.known, counted.refused, counted.aside


def test_many_messages_are_one_batch_and_each_is_told_for_itself(street: Street) -> None:
    counted = take(
        told({"readings": [street.reading("a", 100), street.reading("b", 50, 1)]}),
        told({"readings": [street.reading("c", 70, 2)]}),
    )
    assert figures(counted) == (3, 0, 0, 0)
    account = street.head_end.account_id
    rows = Reading.objects.filter(source=f"mqtt.{account}", method="remote", taken_by_id=account)
    assert {row.key: int(row.value) for row in rows} == {"a": 100, "b": 50, "c": 70}


def test_a_message_told_twice_counts_once_within_a_batch_and_after_it(street: Street) -> None:
    message = told({"readings": [street.reading("a", 100)]})
    assert figures(take(message, message)) == (1, 1, 0, 0)
    assert figures(take(message)) == (0, 1, 0, 0)
    assert Reading.objects.count() == 1
    assert AsideMessage.objects.count() == 0
    kept = HeadEndFigures.objects.get(head_end=street.head_end)
    assert (kept.message_count, kept.taken_count, kept.known_count) == (3, 1, 2)


def test_rows_that_are_refused_are_put_aside_and_tried_again_after_a_mend(street: Street) -> None:
    lost = street.reading("b", 50) | {"meter_number": "NEW-1"}
    message = told({"readings": [street.reading("a", 100), lost]})
    assert figures(take(message)) == (1, 0, 1, 1)
    assert figures(take(message)) == (0, 1, 1, 1)  # told again, it is the same row
    (aside,) = AsideMessage.objects.all()
    assert (aside.reason, aside.told_count, aside.left) == ("refused", 2, {"readings": [2]})
    assert [(f["place"], f["key"], f["rule"]) for f in aside.faults] == [(2, "b", "meter")]
    agent = street.metered.company.agent
    assert try_message(actor=agent, message_id=aside.pk, now=NOW).state == "waiting"
    point = street.metered.points[1]
    type(point).objects.filter(pk=point.pk).update(meter_number="NEW-1")
    street.metered.points[1].installations.update(meter_number="NEW-1")
    assert try_message(actor=agent, message_id=aside.pk, now=NOW).state == "taken"
    assert set(Reading.objects.values_list("key", flat=True)) == {"a", "b"}
    with pytest.raises(CannotTry):
        try_message(actor=agent, message_id=aside.pk, now=NOW)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xfe", "json"),
        (b"{", "json"),
        (b"[" * 100_000, "json"),
        (b"[]", "shape"),
        (b'{"readings": []}', "shape"),
        (b'{"readings": [{"key": "a"}], "x\\ud800": 1}', "shape"),
        (b'{"readings": [{"key": "a", "meter_number": "1", "value": 5}]}', "shape"),
        (b'{"key": "a", "intervals": [{"start": "2026"}]}', "shape"),
        (b"\0" * (BODY_BYTES + 1), "too_large"),
    ],
)
def test_a_poisoned_message_is_put_aside_and_holds_nothing_up(
    street: Street, payload: bytes, reason: str
) -> None:
    good = told({"readings": [street.reading("a", 100)]})
    assert figures(take(told(payload), good)) == (1, 0, 0, 1)
    (aside,) = AsideMessage.objects.all()
    assert (aside.reason, aside.state, aside.size_bytes) == (reason, "waiting", len(payload))
    assert aside.is_cut is (reason == "too_large")
    assert len(bytes(aside.payload)) <= BODY_BYTES


def test_text_that_no_table_takes_is_found_among_others(street: Street) -> None:
    bad = street.reading("a\u0000b", 100, 1)
    counted = take(
        told({"readings": [street.reading("1", 100)]}),
        told({"readings": [bad]}),
        told({"readings": [street.reading("3", 30, 2)]}),
    )
    assert figures(counted) == (2, 0, 0, 1)
    assert AsideMessage.objects.get().reason == "text"


def test_a_fault_of_ours_in_one_message_costs_no_other(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = take_readings

    def breaks(**about: Any) -> Any:
        if any(each.key == "broken" for each in about["readings"]):
            raise ZeroDivisionError
        return sound(**about)

    monkeypatch.setattr(operations, "take_readings", breaks)
    counted = take(
        told({"readings": [street.reading("1", 100)]}),
        told({"readings": [street.reading("broken", 100, 1)]}),
        told({"readings": [street.reading("3", 30, 2)]}),
    )
    assert figures(counted) == (2, 0, 0, 1)
    aside = AsideMessage.objects.get()
    assert (aside.reason, aside.faults) == ("fault", [{"detail": "ZeroDivisionError"}])
    monkeypatch.undo()
    agent = street.metered.company.agent
    assert figures_of(try_messages, street, agent) == (1, 0)
    assert Reading.objects.count() == 3


def figures_of(work: Any, street: Street, actor: Any) -> tuple[int, int]:
    counted = work(actor=actor, head_end_id=street.head_end.pk, now=NOW)
    return counted.messages, counted.aside


def test_a_topic_of_nobody_and_one_that_is_off_are_put_aside_until_it_is_somebodys(
    street: Street,
) -> None:
    company = street.metered.company
    reading = {"readings": [street.reading("a", 100)]}
    switch_head_end(actor=company.agent, head_end_id=street.head_end.pk, is_active=False)
    take(told(reading), told(reading, "others/1"))
    off, nobody = AsideMessage.objects.order_by("reason").reverse()
    assert (off.reason, nobody.reason) == ("off", "no_head_end")
    with pytest.raises(CannotTry):
        try_message(actor=company.agent, message_id=off.pk, now=NOW)
    switch_head_end(actor=company.agent, head_end_id=street.head_end.pk, is_active=True)
    assert try_message(actor=company.agent, message_id=off.pk, now=NOW).state == "taken"


def test_a_head_end_tells_nothing_of_meters_of_other_units(street: Street) -> None:
    company = street.metered.company
    other = street.add("river/push", actor=company.chief, organisation_id=company.river.pk)
    counted = take(told({"readings": [street.reading("a", 100)]}, other.topic))
    assert figures(counted) == (0, 0, 1, 1)


def half_hours(
    street: Street, count: int, value: str = "0.5", which: int = 0
) -> list[dict[str, Any]]:
    begin = DAY.replace(hour=0, minute=0)
    return [
        {
            "meter_number": street.number(which), "value": value,
            "start": (begin + timedelta(minutes=30 * n)).isoformat(),
        }
        for n in range(count)
    ]  # fmt: skip


def day_uses() -> dict[int, str]:
    return {
        row.register_id: f"{row.used.normalize():f}"
        for row in DayUse.objects.order_by("register_id")
    }


def test_intervals_of_many_messages_are_one_file_and_a_load_for_each(street: Street) -> None:
    calls = [told({"key": f"k{n}", "intervals": half_hours(street, 4, which=n)}) for n in range(3)]
    assert figures(take(*calls)) == (12, 0, 0, 0)
    loads = IntervalLoad.objects.order_by("id")
    assert [(each.key, each.state, each.taken_count) for each in loads] == [
        ("k0", "done", 4), ("k1", "done", 4), ("k2", "done", 4),
    ]  # fmt: skip
    assert loads.filter(files__isnull=False).distinct().count() == 1
    assert set(day_uses().values()) == {"2"}
    assert figures(take(*calls)) == (0, 12, 0, 0)
    assert set(day_uses().values()) == {"2"}


def test_what_a_later_message_of_a_batch_says_of_the_same_interval_holds(street: Street) -> None:
    take(
        told({"key": "k1", "intervals": half_hours(street, 4, "0.5")}),
        told({"key": "k2", "intervals": half_hours(street, 2, "1")}),
        told({"key": "k3", "intervals": half_hours(street, 1, "3")}),
    )
    assert list(day_uses().values()) == ["5"]


def test_refused_intervals_are_tried_again_and_those_taken_in_are_left_alone(
    street: Street,
) -> None:
    rows = half_hours(street, 3)
    rows[1] = rows[1] | {"meter_number": "NEW-1"}
    rows.append(rows[2] | {"value": "x"})
    take(told({"key": "k1", "intervals": rows}))
    (aside,) = AsideMessage.objects.all()
    assert aside.left == {"readings": [], "intervals": [2, 4]}
    assert RefusedInterval.objects.count() == 2
    # A correction comes in between: it must not be undone by what is tried again.
    take(told({"key": "k2", "intervals": half_hours(street, 1, "7")}))
    street.metered.points[1].installations.update(meter_number="NEW-1")
    agent = street.metered.company.agent
    row = try_message(actor=agent, message_id=aside.pk, now=NOW)
    assert (row.state, row.left) == ("waiting", {"readings": [], "intervals": [4]})
    assert sorted(day_uses().values()) == ["0.5", "7.5"]


def test_calls_of_one_go_are_counted_as_if_each_came_alone(street: Street) -> None:
    agent, unit = street.metered.company.agent, street.metered.company.lake.pk
    begin = DAY.replace(hour=0, minute=0)
    rows = [NewInterval(street.number(), begin, "1", 30)] * 2
    with transaction.atomic():
        found = take_interval_calls(
            actor=agent, organisation_id=unit, source="test", now=NOW,
            calls=[
                IntervalCall("a", rows), IntervalCall("b", []), IntervalCall("a", rows),
                IntervalCall("c", [NewInterval("no", begin, "1", 30)]),
            ],
        )  # fmt: skip
    assert [(each.is_known, each.load.taken_count, len(each.refused)) for each in found] == [
        (False, 1, 0), (False, 0, 0), (True, 1, 0), (False, 0, 1),
    ]  # fmt: skip


def test_frames_are_taken_in_with_the_meter_of_their_topic(street: Street) -> None:
    at = DAY
    frame = frames.listed(
        [
            (frames.CLOCK, frames.moment(at), None),
            ("8-0:1.0.0.255", frames.number(123), (0, 13)),
        ]
    )
    topic = f"dlms/{street.number()}"
    assert figures(take(told(frame, topic), told(frame, topic))) == (1, 1, 0, 0)
    assert Reading.objects.get().value == 123
    assert figures(take(told(frames.ciphered(frame), topic))) == (0, 0, 0, 1)
    aside = AsideMessage.objects.get()
    assert (aside.reason, aside.faults[0]["code"]) == ("frame", "encrypted")


def test_an_encrypted_frame_is_taken_in_once_its_keys_are_named(
    street: Street, settings: Any, tmp_path: Path
) -> None:
    rows = [
        (frames.CLOCK, frames.moment(DAY), None),
        ("8-0:1.0.0.255", frames.number(123), (0, 13)),
    ]
    take(told(frames.ciphered(frames.listed(rows)), f"dlms/{street.number()}"))
    keys = tmp_path / "keys.csv"
    keys.write_text(f"*,{frames.ENCRYPTION.hex()},{frames.AUTHENTICATION.hex()}\n")
    settings.QIAO_DLMS_KEYS = str(keys)
    agent, aside = street.metered.company.agent, AsideMessage.objects.get()
    assert try_message(actor=agent, message_id=aside.pk, now=NOW).state == "taken"
    keys.write_text("nonsense\n")
    take(told(frames.ciphered(frames.listed(rows), counter=2), f"dlms/{street.number()}"))
    waiting = AsideMessage.objects.get(state="waiting")
    assert waiting.faults == [{"code": "keys_file", "detail": "line 1"}]


class TestHeadEnds:
    """Who names head-ends, and how."""

    def test_no_two_have_a_topic_in_common(self, street: Street) -> None:
        with pytest.raises(TopicTaken) as found:
            street.add("heads/#")
        assert found.value.name == street.head_end.name
        with pytest.raises(BadFilter):
            street.add("a/#/b")

    def test_others_neither_name_them_nor_see_their_messages(self, street: Street) -> None:
        company = street.metered.company
        with pytest.raises(Forbidden):
            street.add("more/+", actor=company.outsider)
        take(told(b"x"))
        aside = AsideMessage.objects.get()
        for work in (try_message, drop_message):
            with pytest.raises((AsideMessage.DoesNotExist, Forbidden)):
                work(actor=company.outsider, message_id=aside.pk, now=NOW)

    def test_a_message_that_nobody_needs_is_let_go_and_stays_so(self, street: Street) -> None:
        take(told(b"x"))
        agent, aside = street.metered.company.agent, AsideMessage.objects.get()
        drop_message(actor=agent, message_id=aside.pk, now=NOW)
        take(told(b"x"))
        aside.refresh_from_db()
        assert (aside.state, aside.told_count) == ("dropped", 2)
