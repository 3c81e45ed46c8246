"""What meters push, read; frames by another implementation, and by the standard's own examples."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dlms_cosem import dlms_data as d
from dlms_cosem.time import ClockStatus
from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.queries.pack_readings import obis_meanings
from qiao.metering.rules.axdr import BadFrame, Reader, read_clock
from qiao.metering.rules.ciphering import Keys, open_frame, read_keys
from qiao.metering.rules.dlms import CODES, Pushed, read_push
from qiao.metering.rules.obis import Meaning, code_of, in_unit, is_code
from qiao.metering.tests import frames
from qiao.metering.tests.frames import CLOCK, METER, TOTAL, USE, WH, moment, number, octets

CHINA = timezone(timedelta(hours=8))
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 30, 0, 30, tzinfo=CHINA)
PROFILE_COLUMNS = [(8, CLOCK, 2), (3, USE, 2)]


def read(frame: bytes, meter: str = "") -> Pushed:
    return read_push(frame, obis_meanings(), zone=ZONE, meter=meter)


def fault_of(frame: bytes, meter: str = "9") -> str:
    with pytest.raises(BadFrame) as found:
        read(frame, meter)
    return found.value.code


def test_a_described_push_tells_registers_with_meter_clock_scaler_and_unit() -> None:
    found = read(
        frames.described(
            [
                (8, CLOCK, 2, moment(AT)),
                (1, METER, 2, octets(b"SM30012345")),
                (3, TOTAL, 2, number(12_345_678)),
                (3, TOTAL, 3, frames.scaled(0, 30)),
                (3, "1-0:1.8.1.255", 2, number(4_000)),
                (3, "1-0:1.8.1.255", 3, frames.scaled(3, 30)),
                (3, "1-0:32.7.0.255", 2, number(230)),
            ]
        )
    )
    assert found.meter_number == "SM30012345"
    assert [(r.kind, r.period, r.value, r.read_at) for r in found.readings] == [
        ("total", "", "12345.67", AT), ("period", "peak", "4000", AT),
    ]  # fmt: skip
    assert found.faults == []


def test_rows_of_code_value_scaler_and_unit_tell_registers() -> None:
    found = read(
        frames.listed(
            [
                (METER, octets(b"W1"), None),
                (CLOCK, moment(AT), None),
                ("8-0:1.0.0.255", number(12_300), (-1, 13)),
            ]
        )
    )
    assert [(r.value, r.read_at) for r in found.readings] == [("1230", AT)]


def test_a_deviation_of_nought_is_utc_and_no_local_time() -> None:
    utc = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    found = read(frames.listed([(CLOCK, moment(utc), None), (TOTAL, number(1_000), WH)]), "9")
    assert found.readings[0].read_at == utc


def test_a_clock_without_deviation_is_the_units() -> None:
    naive = AT.replace(tzinfo=None)
    found = read(frames.listed([(CLOCK, moment(naive), None), (TOTAL, number(1_000), WH)]), "9")
    assert found.readings[0].read_at == AT


def test_a_clock_that_knows_it_is_wrong_is_not_believed() -> None:
    wrong = moment(AT, status=ClockStatus(invalid=True))
    found = read(frames.listed([(CLOCK, wrong, None), (TOTAL, number(1_000), WH)]), "9")
    assert found.readings == []
    assert [code for code, _detail in found.faults] == ["clock_invalid"]


def test_a_profile_of_half_hours_tells_intervals_that_end_at_its_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries: list[list[Any]] = [
        [moment(AT), number(250)],
        [d.NullData(None), number(300)],
        [moment(AT + timedelta(hours=1)), number(0)],
    ]
    # The other implementation has no way to write null-data: one byte of nought.
    monkeypatch.setattr(d.NullData, "to_bytes", lambda _self: b"\x00")
    found = read(
        frames.profile(PROFILE_COLUMNS, entries, seconds=1_800, meter="A1", scalers=[(USE, WH)])
    )
    begin = AT - timedelta(minutes=30)
    assert [(each.start, each.minutes, each.value) for each in found.intervals] == [
        (begin, 30, "0.25"),
        (begin + timedelta(minutes=30), 30, "0.3"),
        (begin + timedelta(hours=1), 30, "0"),
    ]
    assert found.intervals_key.startswith("dlms:")


def test_a_profile_of_standing_values_tells_what_was_used_between_them() -> None:
    stood = [(0, 10_000), (30, 10_250), (60, 10_900), (120, 12_000), (150, 11_000)]
    entries = [[moment(AT + timedelta(minutes=m)), number(value)] for m, value in stood]
    found = read(
        frames.profile(
            [(8, CLOCK, 2), (3, TOTAL, 2)], entries, seconds=1_800, scalers=[(TOTAL, WH)]
        ),
        "9",
    )
    # Nothing is made up for the gap; a register that went back is told, to be refused by its name.
    assert [(each.start, each.value) for each in found.intervals] == [
        (AT, "0.25"),
        (AT + timedelta(minutes=30), "0.65"),
        (AT + timedelta(minutes=120), "-1"),
    ]


def test_a_profile_of_days_tells_readings() -> None:
    entries = [[moment(AT + timedelta(days=n)), number(1_000 * n)] for n in range(3)]
    found = read(
        frames.profile(
            [(8, CLOCK, 2), (3, TOTAL, 2)], entries, seconds=86_400, scalers=[(TOTAL, WH)]
        ),
        "9",
    )
    assert [each.value for each in found.readings] == ["0", "1", "2"]
    assert len({each.key for each in found.readings}) == 3


def test_what_a_frame_does_not_say_is_told_and_nothing_is_guessed() -> None:
    no_unit = frames.listed([(CLOCK, moment(AT), None), (TOTAL, number(5), None)])
    assert read(no_unit, "9").faults == [("unit", "1-0:1.8.0")]
    watts = frames.listed([(CLOCK, moment(AT), None), (TOTAL, number(5), (0, 27))])
    assert read(watts, "9").faults == [("unit", "1-0:1.8.0 [0, 27]")]
    assert read(frames.listed([(TOTAL, number(5), WH)]), "9").faults == [("moment", "1-0:1.8.0")]
    assert fault_of(frames.listed([(CLOCK, moment(AT), None), (TOTAL, number(5), WH)]), "") == (
        "meter"
    )
    voltage = frames.listed([(CLOCK, moment(AT), None), ("1-0:32.7.0.255", number(230), (0, 35))])
    assert fault_of(voltage) == "nothing"
    columns = frames.profile(PROFILE_COLUMNS, [[moment(AT)]], seconds=1_800, scalers=[(USE, WH)])
    assert [code for code, _ in read(columns, "9").faults] == ["columns"]
    odd = frames.profile(
        PROFILE_COLUMNS, [[moment(AT), number(1)]], seconds=180, scalers=[(USE, WH)]
    )
    assert [code for code, _ in read(odd, "9").faults] == ["period"]


def test_data_may_say_the_unit_that_a_frame_leaves_out() -> None:
    meanings = dict(obis_meanings())
    meanings["1-0:1.8.0"] = Meaning("1-0:1.8.0", "reading", unit="kWh", decimals=2, scaled=(1, 30))
    frame = frames.listed([(CLOCK, moment(AT), None), (TOTAL, number(1_234), None)])
    found = read_push(frame, meanings, zone=ZONE, meter="9")
    assert found.readings[0].value == "12.34"


def test_the_same_said_twice_has_the_same_names_whatever_is_around_it() -> None:
    def push(value: int, invoke: int) -> bytes:
        rows = [(CLOCK, moment(AT), None), (TOTAL, number(value), WH)]
        frame = bytearray(frames.listed(rows))
        frame[4] = invoke  # which push it was
        return bytes(frame)

    first, again, other = (
        read(push(*each), "9").readings[0].key for each in ((1_000, 1), (1_000, 2), (1_010, 1))
    )
    assert first == again != other


def test_other_frames_are_refused_by_their_name() -> None:
    assert fault_of(bytes.fromhex("c001c100080000010000ff0200")) == "apdu"  # a get-request
    assert fault_of(frames.notification(number(1))) == "body"
    assert fault_of(frames.listed([(TOTAL, number(1), WH)]) + b"\x00") == "long"
    for data, code in ((b"", "short"), (b"\x7e\xa0", "hdlc"), (b"\xdd\x00", "ciphering")):
        with pytest.raises(BadFrame) as found:
            open_frame(data, lambda _name: None)
        assert found.value.code == code


class TestCiphering:
    """Frames that are encrypted."""

    KEYS = Keys(frames.ENCRYPTION, frames.AUTHENTICATION)
    PLAIN = frames.listed([(CLOCK, moment(AT), None), (TOTAL, number(1_000), WH)])

    def test_the_example_of_the_green_book_is_opened(self) -> None:
        # IEC 62056-5-3, table of the glo-get-request: system title, keys and counter of the book.
        plain = bytes.fromhex("C0010000080000010000FF0200")
        book = bytes.fromhex(
            "411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"
        )  # ciphertext and tag
        frame = b"\xdb\x08" + frames.TITLE + b"\x1e" + bytes.fromhex("3001234567") + book
        assert open_frame(frame, lambda _name: self.KEYS) == plain

    def test_a_frame_of_the_other_implementation_is_opened_by_system_title_number_or_any(
        self,
    ) -> None:
        frame = frames.ciphered(self.PLAIN)
        for name in (frames.TITLE.hex().upper(), "A1", "*"):
            keys = {name: self.KEYS}
            assert open_frame(frame, keys.get, meter="A1") == self.PLAIN

    def test_without_keys_or_with_others_it_is_refused(self) -> None:
        frame = frames.ciphered(self.PLAIN)
        other = Keys(frames.AUTHENTICATION, frames.AUTHENTICATION)
        for keys, code in ((None, "encrypted"), (other, "key")):
            with pytest.raises(BadFrame) as found:
                open_frame(frame, {"*": keys}.get)
            assert found.value.code == code

    def test_what_anybody_could_have_changed_is_refused(self) -> None:
        frame = bytearray(frames.ciphered(self.PLAIN))
        place = 2 + len(frames.TITLE) + 1
        assert frame[place] == 0x30
        frame[place] = 0x20  # encrypted only
        with pytest.raises(BadFrame) as found:
            open_frame(bytes(frame), lambda _name: self.KEYS)
        assert found.value.code == "unauthenticated"

    @given(st.integers(0, 200), st.integers(1, 255))
    def test_no_byte_of_it_may_differ(self, place: int, by: int) -> None:
        frame = bytearray(frames.ciphered(self.PLAIN))
        frame[place % len(frame)] ^= by
        with pytest.raises(BadFrame):
            # What is no ciphered frame any more is no notification either.
            read_push(
                open_frame(bytes(frame), lambda _name: self.KEYS), obis_meanings(), zone=ZONE
            )

    def test_keys_are_read_from_lines_and_faults_name_the_line_and_no_key(self) -> None:
        line = f"4d4d4d0000bc614e, {'00' * 16}, {'11' * 16}  # one\n\n*,{'22' * 32},{'33' * 32}"
        assert set(read_keys(line)) == {"4D4D4D0000BC614E", "*"}
        for bad in ("a,b", f"a,{'00' * 15},{'11' * 15}", f"a,{'00' * 16},{'11' * 32}", "x,zz,zz"):
            with pytest.raises(ValueError) as found:  # noqa: PT011 - its number is looked at
                read_keys(f"\n{bad}")
            assert found.value.args == (2,)


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_be_refused_or_read(data: bytes) -> None:
    for frame in (data, b"\x0f\x00\x00\x00\x01\x00" + data):
        with suppress(BadFrame):
            found = read_push(frame, obis_meanings(), zone=ZONE, meter="9")
            assert {code for code, _detail in found.faults} <= set(CODES)


@given(st.integers(0, 400), st.data())
def test_a_frame_cut_short_anywhere_is_refused(cut: int, data: st.DataObject) -> None:
    entries = [[moment(AT + timedelta(minutes=30 * n)), number(n)] for n in range(5)]
    frame = frames.profile(PROFILE_COLUMNS, entries, seconds=1_800, scalers=[(USE, WH)])
    size = cut % len(frame)
    assert fault_of(frame[:size]) in CODES


def test_a_frame_that_promises_more_than_it_holds_costs_nothing() -> None:
    for body in (
        "0184ffffffff",
        "0984ffffffff",
        "01" * 0 + "0101" * 200,
        "0189ffffffffffffffffff",
    ):
        with pytest.raises(BadFrame):
            Reader(bytes.fromhex(body)).value()


VALUES = st.recursive(
    st.one_of(
        st.integers(0, 2**32 - 1).map(d.DoubleLongUnsignedData),
        st.integers(-(2**31), 2**31 - 1).map(d.DoubleLongData),
        st.integers(-(2**63), 2**63 - 1).map(d.Long64Data),
        st.integers(0, 2**64 - 1).map(d.UnsignedLong64Data),
        st.integers(0, 65_535).map(d.UnsignedLongData),
        st.integers(-128, 127).map(d.IntegerData),
        st.integers(0, 255).map(d.EnumData),
        st.binary(max_size=120).map(d.OctetStringData),
    ),
    lambda inner: (
        st.lists(inner, max_size=5).map(d.DataStructure)
        | st.lists(inner, max_size=200).map(d.DataArray)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_values_are_read_as_the_other_implementation_writes_them(value: Any) -> None:
    reader = Reader(value.to_bytes())
    assert reader.value() == value.to_python()
    assert reader.left == 0


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - an offset is added
    st.integers(-14 * 60, 14 * 60),
)
def test_clocks_are_read_as_the_other_implementation_writes_them(at: datetime, by: int) -> None:
    told = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=by)))
    assert read_clock(frames.moment(told).value).at == told


@given(st.binary(min_size=6, max_size=6))
def test_every_six_bytes_are_a_code(data: bytes) -> None:
    assert is_code(code_of(data))


def test_values_are_turned_into_the_unit_of_the_register_exactly() -> None:
    assert in_unit(Decimal(1_234), [-1, 30], "kWh") == Decimal("0.1234")
    assert in_unit(Decimal(5), [3, 19], "m³") == Decimal(5)
    assert in_unit(Decimal(7), [9, 25], "GJ") == Decimal(7)
    for scaled, unit in ((None, "kWh"), ([0, 30], "m³"), ([99, 30], "kWh"), ([0], "kWh")):
        assert in_unit(Decimal(1), scaled, unit) is None
