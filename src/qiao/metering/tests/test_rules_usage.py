"""Use between readings: exact, whole, and the same whatever order readings arrive in."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.rules.registers import (
    DEMAND,
    BadValue,
    Register,
    read_value,
    share_at,
    shares,
)
from qiao.metering.rules.usage import Adjustment, Read, Reckoned, reckon

START = date(2029, 1, 1)
PLAIN = Register(5, 0)


def day(number: int) -> date:
    return START + timedelta(days=number)


def read(pk: int, number: int, value: str, **how: bool) -> Read:
    return Read(pk, day(number), Decimal(value), **how)


def told(found: Reckoned) -> list[tuple[int, int, str, frozenset[str]]]:
    return [
        ((s.start - START).days, (s.end - START).days, str(s.usage), s.flags)
        for s in found.segments
    ]


def test_use_is_the_difference_times_the_multiplier_cut_where_that_changes() -> None:
    register = Register(5, 0, multipliers=((START, Decimal(1)), (day(10), Decimal(40))))
    found = reckon(register, [read(1, 0, "100"), read(2, 30, "130")], since=START, until=day(30))
    assert told(found) == [
        (0, 10, "10", frozenset({"shared"})),
        (10, 30, "800", frozenset({"shared"})),
    ]
    assert [(s.start_id, s.end_id) for s in found.segments] == [(1, 2), (1, 2)]


def test_a_register_rolls_over_only_where_the_use_is_plausible() -> None:
    before = [read(1, 0, "99900"), read(2, 30, "99950")]
    on = reckon(PLAIN, [*before, read(3, 60, "40")], since=day(30), until=day(60))
    assert told(on) == [(30, 60, "90", frozenset({"rolled"}))]
    back = reckon(PLAIN, [*before, read(3, 60, "90000")], since=day(30), until=day(60))
    assert back.segments == ()
    assert back.problem is not None
    assert (back.problem.code, back.problem.end_id) == ("backwards", 3)


def test_nothing_is_plausible_of_a_meter_that_used_nothing_before() -> None:
    two = [read(1, 0, "99999"), read(2, 30, "3")]
    assert reckon(PLAIN, two, since=START, until=day(30)).problem is not None
    said = [read(1, 0, "99999"), read(2, 30, "3", is_rolled=True)]
    assert told(reckon(PLAIN, said, since=START, until=day(30)))[0][2] == "4"


def test_an_estimate_is_flagged_and_the_next_reading_shares_its_days() -> None:
    reads = [
        read(1, 0, "100", is_billed=True),
        read(2, 30, "130", is_estimated=True),
    ]
    estimated = reckon(PLAIN, reads, since=START, until=day(30))
    assert told(estimated) == [(0, 30, "30", frozenset({"estimated"}))]
    reads[1] = read(2, 30, "130", is_estimated=True, is_billed=True)
    real = reckon(PLAIN, [*reads, read(3, 60, "120")], since=day(30), until=day(60))
    assert told(real) == [
        (0, 30, "-20", frozenset({"correction", "shared"})),
        (30, 60, "10", frozenset({"shared"})),
    ]


def test_a_billed_reading_that_was_replaced_is_corrected_in_its_days() -> None:
    reads = [
        read(1, 0, "100", is_billed=True),
        read(2, 30, "150", is_billed=True, is_replaced=True),
        read(3, 30, "130"),
        read(4, 60, "160"),
    ]
    found = reckon(PLAIN, reads, since=day(30), until=day(60))
    assert told(found) == [(0, 30, "-20", frozenset({"correction"})), (30, 60, "30", frozenset())]


def test_a_correction_of_days_long_billed_moves_use_between_them_and_comes_once() -> None:
    life = Life(100, [(20, 0, 0), (20, 0, 0), (20, 0, 0)])
    since = START
    for month in range(2):
        life.take(month)
        _owed, since = life.bill(since, day(30 * (month + 1)))
    life.reads[2] = replace(life.reads[2], is_replaced=True)
    life.reads[9] = Read(9, day(30), Decimal(115))
    found = reckon(PLAIN, life.reads.values(), since=since, until=day(60))
    assert told(found) == [
        (0, 30, "-5", frozenset({"correction"})),
        (30, 60, "5", frozenset({"correction"})),
    ]
    assert life.bill(since, day(60)) == (Decimal(0), since)
    assert reckon(PLAIN, life.reads.values(), since=since, until=day(60)).segments == ()
    life.take(2)
    assert life.bill(since, day(90))[0] == 20


def test_an_adjustment_is_added_to_the_segment_of_its_day() -> None:
    two = [read(1, 0, "100"), read(2, 30, "160"), read(3, 60, "170")]
    less = [Adjustment(day(30), Decimal("-4.5"))]
    found = reckon(PLAIN, two, since=START, until=day(60), adjustments=less)
    assert [str(s.usage) for s in found.segments] == ["60", "5.5"]


def test_demand_is_what_the_register_shows() -> None:
    register = Register(4, 1, kind=DEMAND, multipliers=((START, Decimal(10)),))
    shown = [read(1, 0, "0"), read(2, 30, "12.5"), read(3, 60, "9.0")]
    found = reckon(register, shown, since=START, until=day(60))
    assert [(s.days, str(s.usage)) for s in found.segments] == [(30, "125.0"), (30, "90.0")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"), ("NaN", "number"), ("nan", "number"), ("Infinity", "number"),
        ("-3", "negative"), ("1e3", "number"), ("12 3", "number"), ("123456", "digits"),
        ("1.25", "decimals"), ("0x1f", "number"), ("1,23", "number"),
    ],
)  # fmt: skip
def test_what_is_no_value_of_the_register_is_refused(raw: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_value(raw, Register(5, 1))
    assert refused.value.code == code


def test_what_people_type_is_understood() -> None:
    register = Register(6, 1)
    typed = ["１２３４", " 1,234 ", "001234.0", "+1234"]
    assert {read_value(raw, register) for raw in typed} == {Decimal("1234.0")}


@given(st.text(max_size=12))
def test_no_text_becomes_a_value_below_nought_or_none(raw: str) -> None:
    register = Register(5, 2)
    try:
        value = read_value(raw, register)
    except BadValue:
        return
    assert value.is_finite()
    assert 0 <= value < register.capacity


@given(
    st.decimals(-10_000, 10_000, places=3),
    st.lists(st.integers(0, 90), min_size=1, max_size=6).filter(any),
)
def test_shares_sum_to_the_whole(total: Decimal, days: list[int]) -> None:
    found = shares(total, days, step=Decimal(1))
    assert sum(found) == total
    assert len(found) == len(days)
    assert share_at(total, passed=sum(days), days=sum(days), step=Decimal(1)) == total


@st.composite
def _chains(draw: st.DrawFn) -> tuple[list[Read], list[date]]:
    gaps = draw(st.lists(st.integers(1, 70), min_size=1, max_size=10))
    uses = draw(st.lists(st.integers(0, 90), min_size=len(gaps), max_size=len(gaps)))
    at, when, reads = draw(st.integers(0, 99_999)), 0, []
    reads.append(Read(1, START, Decimal(at % 100_000)))
    for place, (gap, use) in enumerate(zip(gaps, uses, strict=True)):
        when, at = when + gap, at + use
        reads.append(
            Read(place + 2, day(when), Decimal(at % 100_000), is_rolled=at % 100_000 < use)
        )
    changes = draw(st.lists(st.integers(-5, when + 5), max_size=3, unique=True))
    return reads, [day(each) for each in sorted(changes)]


@given(_chains(), st.randoms())
def test_segments_sum_to_the_whole_and_partition_its_days(
    chain: tuple[list[Read], list[date]], random: Random
) -> None:
    reads, changes = chain
    factors = tuple((when, Decimal(place + 2)) for place, when in enumerate(changes))
    register = Register(5, 0, multipliers=factors)
    whole = reads[-1].day
    found = reckon(register, reads, since=START, until=whole)
    assert found.problem is None
    wanted = sum((int(b.value) - int(a.value)) % 100_000 for a, b in pairwise(reads))
    assert sum(s.difference for s in found.segments) == wanted
    ends = [START, *(s.end for s in found.segments)]
    assert [s.start for s in found.segments] == ends[:-1]
    assert ends[-1] == whole
    assert all(s.days > 0 and s.usage >= 0 and s.usage.is_finite() for s in found.segments)
    mixed = list(reads)
    random.shuffle(mixed)
    assert reckon(register, mixed, since=START, until=whole) == found


@dataclass
class Life:
    """A meter month by month: what it used, readings that come late, estimates that err.

    `late` says after how many months a reading arrives, 99 that nobody ever took it.
    """

    first: int
    months: list[tuple[int, int, int]]

    def __post_init__(self) -> None:
        at = self.first
        self.truth = [at := at + used for used, _late, _error in self.months]
        self.reads = {1: Read(1, START, Decimal(self.first % 100_000))}
        last = len(self.months) - 1
        self.arrivals = [
            (last if month == last else month + late, month)
            for month, (_used, late, _error) in enumerate(self.months)
        ]

    def take(self, month: int) -> None:
        """The real reading of a month arrives; an estimate of its day is replaced."""
        when = day(30 * (month + 1))
        for pk, each in list(self.reads.items()):
            if each.day == when:
                self.reads[pk] = replace(each, is_replaced=True)
        rolled = self.truth[month] >= 100_000
        pk = len(self.reads) + 1
        self.reads[pk] = Read(pk, when, Decimal(self.truth[month] % 100_000), is_rolled=rolled)

    def estimate(self, month: int) -> None:
        """A month that nobody read is estimated, wrongly."""
        when = day(30 * (month + 1))
        live = [each for each in self.reads.values() if not each.is_replaced]
        if any(each.day == when for each in live):
            return
        latest = max(live, key=lambda each: each.day)
        guess = (latest.value + max(0, 20 + self.months[month][2])) % 100_000
        pk = len(self.reads) + 1
        self.reads[pk] = Read(pk, when, guess, is_estimated=True)

    def bill(self, since: date, until: date) -> tuple[Decimal, date]:
        """What is newly owed up to a day, and the first day that is not billed after that."""
        found = reckon(PLAIN, self.reads.values(), since=since, until=until)
        assert found.problem is None
        taken = {pk for s in found.segments for pk in (s.start_id, s.end_id)}
        fresh = [self.reads[pk] for pk in taken if not self.reads[pk].is_billed]
        upto = max((each.day for each in fresh if not each.is_estimated), default=date.min)
        first = min((self.reads[pk].day for pk in taken), default=date.max)
        for pk, each in self.reads.items():
            if pk in taken or (first <= each.day <= upto and not each.is_replaced):
                self.reads[pk] = replace(each, is_billed=True)
        new = [s for s in found.segments if "correction" not in s.flags]
        assert [s.start for s in new] == [since, *(s.end for s in new)][:-1]
        owed = sum((s.difference for s in found.segments), Decimal(0))
        return owed, max((s.end for s in new), default=since)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from([0, 0, 1, 2, 3, 99]), st.integers(-20, 60)),
        min_size=2,
        max_size=9,
    ),
    st.integers(0, 99_999),
)
def test_bills_and_corrections_sum_to_the_meter_however_late_readings_come(
    months: list[tuple[int, int, int]], first: int
) -> None:
    life, billed, since = Life(first, months), Decimal(0), START
    for month in range(len(months)):
        for arrives, read_of in life.arrivals:
            if arrives == month:
                life.take(read_of)
        life.estimate(month)
        owed, since = life.bill(since, day(30 * (month + 1)))
        billed += owed
    assert billed == life.truth[-1] - first
    assert life.bill(since, day(30 * len(months)))[0] == 0
