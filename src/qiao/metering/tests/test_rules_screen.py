"""The screen lets pass only what no check finds anything about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.metering.rules.checks import PARAMETERS, Rule
from qiao.metering.rules.interval_sums import IntervalDays
from qiao.metering.rules.registers import DEMAND, PERIOD, TOTAL, Register, read_value
from qiao.metering.rules.screen import Column, Held, New, from_steps, in_steps, surely_fine
from qiao.metering.rules.spans import Past, spans_of
from qiao.metering.rules.vee import Around, Candidate, check

START = date(2028, 1, 1)
LATE = date(2033, 1, 1)


KINDS_OF_METERS = (
    (TOTAL,), (TOTAL,), (TOTAL, PERIOD), (TOTAL, PERIOD, PERIOD), (TOTAL, DEMAND),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A register with its past, what is read now, and what is around it."""

    meter: int
    form: Register
    past: tuple[Past, ...]
    day: date
    raw: str
    given: str
    neighbours: tuple[Decimal, ...]
    intervals: tuple[tuple[date, Decimal, bool], ...] = ()


def figure(draw: st.DrawFn, register: Register, most: int) -> Decimal:
    """A value that can stand on the register."""
    steps = draw(st.integers(0, most * 10**register.decimals))
    return Decimal(steps).scaleb(-register.decimals) % register.capacity


@st.composite
def registers(draw: st.DrawFn, kind: str) -> Register:
    changes = draw(
        st.lists(
            st.tuples(st.integers(0, 900), st.sampled_from(["1", "40", "80"])),
            max_size=2, unique_by=lambda each: each[0],
        )
    )  # fmt: skip
    factors = tuple((START + timedelta(days), Decimal(f)) for days, f in sorted(changes))
    return Register(draw(st.sampled_from([3, 5])), draw(st.integers(0, 1)), kind, factors)


@st.composite
def pasts(draw: st.DrawFn, register: Register, days: Sequence[int]) -> tuple[Past, ...]:
    """Readings that mostly grow by alike uses; some are guesses, some went past the end."""
    at = figure(draw, register, 900)
    odd = draw(st.booleans())
    usual = draw(st.sampled_from([0, 1, 10, 10, 10, 200]))
    others = [0, 0, usual * 3, usual + 1, usual // 2, -5] if odd else [usual + 1]
    uses = draw(st.lists(st.sampled_from([usual] * 3 + others), min_size=16, max_size=16))
    marks = draw(st.integers(0, 2**16 - 1)) & draw(st.integers(0, 2**16 - 1)) if odd else 0
    found = []
    for place, day in enumerate(days):
        before, at = at, (at + uses[place] + register.capacity) % register.capacity
        is_marked = bool(marks >> place & 1)
        is_rolled = at < before and is_marked
        found.append(Past(START + timedelta(day), at, is_marked and not is_rolled, is_rolled))
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn, meter: int, kind: str, days: Sequence[int], gap: int) -> Case:
    form = draw(registers(kind))
    past = draw(st.sampled_from([draw(pasts(form, days))] * 6 + [()]))
    last = past[-1].value if past else Decimal(0)
    more = Decimal(draw(st.sampled_from([0, 10, 10, 20, 200, -1]))) + figure(draw, form, 25)
    if draw(st.booleans()):  # as it was before, or nothing at all
        more = past[-1].value - past[-2].value if len(past) > 1 else Decimal(0)
    value = (last + more + form.capacity) % form.capacity
    ratios = st.decimals(Decimal("0.1"), 2, places=1)
    return Case(
        meter, form, past, START + timedelta(max(days, default=0) + gap),
        draw(st.sampled_from([str(value)] * 20 + ["x", "9" * 9])),
        draw(st.sampled_from([""] * 10 + ["W-1", "W-2"])),
        tuple(draw(st.lists(ratios, max_size=4))), draw(intervals(past)),
    )  # fmt: skip


@st.composite
def intervals(draw: st.DrawFn, past: tuple[Past, ...]) -> tuple[tuple[date, Decimal, bool], ...]:
    """Days since the last reading, as they are used by or all as one, some not told whole."""
    if not past or draw(st.booleans()):
        return ()
    first = past[-1].day - timedelta(draw(st.sampled_from([0, 0, 1, -1])))
    usual = draw(st.sampled_from(["0.33", "0.3333", "0.6667", "1", "0"]))
    missing = draw(st.sets(st.integers(0, 60), max_size=1))
    days = draw(st.sampled_from([29, 30, 31, 61, 3]))
    return tuple(
        (first + timedelta(n), Decimal(usual), n not in missing)
        for n in range(days)
        if n not in missing or draw(st.booleans())
    )


@st.composite
def batches(draw: st.DrawFn) -> list[Case]:
    """Meters with a total alone, with its periods, or with a demand."""
    found: list[Case] = []
    for meter in range(draw(st.integers(1, 2))):
        kinds = draw(st.sampled_from(KINDS_OF_METERS))
        gap = draw(st.sampled_from([30, 30, 30, 60, 1, 0, -3]))
        first = draw(st.sampled_from([0, 0, 5, 12]))
        steps = draw(st.sampled_from([[30] * 16, [30, 31, 7, 60] * 4]))
        days = np.cumsum(steps).tolist()[first:]
        for kind in kinds:
            own = days[: len(days) - draw(st.sampled_from([0] * 5 + [2]))]
            late = draw(st.sampled_from([days[-1] - own[-1]] * 5 + [0]))
            found.append(draw(cases(meter, kind, own, gap + late)))
    return found


@st.composite
def rules_of(draw: st.DrawFn, key: str) -> Rule:
    """A check with the usual figures or others."""
    figures = st.sampled_from(["0.5", "0.5", "1", "2", "2", "3", "4", "10", "0.2", "0.01"])
    own = {name: Decimal(draw(figures)) for name in PARAMETERS[key] if draw(st.integers(0, 3))}
    return Rule(key, draw(st.sampled_from(["stop", "note"])), START, own)


@st.composite
def rule_sets(draw: st.DrawFn) -> list[Rule]:
    """Some checks, in their order."""
    keys = draw(st.sets(st.sampled_from(list(PARAMETERS)), max_size=4))
    return [draw(rules_of(key)) for key in PARAMETERS if key in keys]


def columns(batch: Sequence[Case], values: Sequence[Decimal]) -> tuple[New, Held]:
    rows = [
        (
            register,
            n,
            each.day.toordinal(),
            in_steps(each.value),
            each.is_estimated,
            each.is_rolled,
        )
        for register, case in enumerate(batch)
        for n, each in enumerate(case.past)
    ]
    kinds = (np.int64, np.int64, np.int64, np.int64, bool, bool)
    register, reading, day, value, estimated, rolled = (
        np.array([row[place] for row in rows], dtype=kind) for place, kind in enumerate(kinds)
    )
    told = [
        (n, each.toordinal(), in_steps(used), whole)
        for n, case in enumerate(batch)
        for each, used, whole in case.intervals
    ]
    days = IntervalDays(
        np.array([row[0] for row in told], dtype=np.int64),
        np.array([row[1] for row in told], dtype=np.int64),
        np.array([row[2] for row in told], dtype=np.int64),
        np.array([row[3] for row in told], dtype=bool),
    )
    held = Held(register, reading, day, value, estimated, rolled, days)
    meters = [case.meter for case in batch]
    parts = [sum(c.meter == case.meter and c.form.kind == PERIOD for c in batch) for case in batch]
    new = New(
        np.arange(len(batch)),
        np.array([case.day.toordinal() for case in batch], dtype=np.int64),
        np.array([in_steps(value) for value in values], dtype=np.int64),
        np.array(meters, dtype=np.int64),
        [case.form for case in batch],
        np.array([case.given == "W-2" for case in batch], dtype=bool),
        np.array(parts, dtype=np.int64),
    )
    return new, held


def by_intervals(case: Case) -> tuple[Decimal, Decimal] | None:
    """Between what the use since the last real reading must lie, day by day."""
    real = [each.day for each in case.past if not each.is_estimated and each.day < case.day]
    whole = {day: used for day, used, is_whole in case.intervals if is_whole}
    if not real:
        return None
    inner = [real[-1] + timedelta(n) for n in range(1, (case.day - real[-1]).days)]
    if len(inner) < 2 or any(day not in whole for day in inner):
        return None
    low = sum((whole[day] for day in inner), Decimal(0))
    most = max(whole[day] for day in inner)
    return low, low + whole.get(real[-1], most) + whole.get(case.day, most)


def parts_of(case: Case, batch: Sequence[Case], fine: Column) -> Decimal | None:
    """The use of the periods of the meter between the same days, as the checks are told it; of
    periods that were not let pass nothing is said."""
    parts = [
        n for n, each in enumerate(batch) if each.meter == case.meter and each.form.kind == PERIOD
    ]
    if case.form.kind != TOTAL or not parts or not case.past:
        return None
    assert all(fine[parts]), "a total passes with its parts"
    before, total = case.past[-1].day, Decimal(0)
    for n in parts:
        part = batch[n]
        held = {each.day: each for each in part.past}
        if before not in held or part.day != case.day:
            return None
        value = read_value(part.raw, part.form)
        spans = spans_of([held[before], Past(part.day, value)], part.form)
        total += sum((span.used for span in spans), Decimal(0))
    return total


@settings(max_examples=200, deadline=None)
@given(batches(), rule_sets())
def test_what_the_screen_lets_pass_no_check_finds_anything_about(
    batch: list[Case], rules: list[Rule]
) -> None:
    holds(batch, rules)


@pytest.mark.parametrize("key", list(PARAMETERS))
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_each_screen_alone_lets_pass_only_what_its_check_does(
    key: str, data: st.DataObject
) -> None:
    holds(data.draw(batches()), [data.draw(rules_of(key))])


def holds(batch: list[Case], rules: list[Rule]) -> None:
    batch = [each for each in batch if _stands(each)]
    values = [read_value(each.raw, each.form) for each in batch]
    new, held = columns(batch, values)

    def middles(rows: Sequence[int]) -> tuple[Column, Column]:
        found = [sorted(batch[n].neighbours) for n in rows]
        halves = [float(each[len(each) // 2]) if each else 0.0 for each in found]
        return np.array([len(each) for each in found]), np.array(halves)

    every = np.ones(len(batch), dtype=bool)
    fine = surely_fine(new, held, [(every, rules)], middles)
    asks_for_sum = any(rule.key == "sum" for rule in rules)
    for n in np.flatnonzero(fine):
        case = batch[n]
        parts = parts_of(case, batch, fine) if asks_for_sum else None
        around = Around(case.past, case.neighbours, parts, by_intervals(case))
        candidate = Candidate(case.day, case.raw, LATE, None, None, case.given, "W-1")
        found = check(candidate, case.form, around, rules)
        assert (found.value, found.findings, found.is_rolled) == (values[n], (), False)


def _stands(case: Case) -> bool:
    candidate = Candidate(case.day, case.raw, LATE)
    return check(candidate, case.form, Around(), ()).value is not None


def test_an_ordinary_month_passes_whole_and_a_jump_does_not() -> None:
    rules = [Rule(key, "stop", START) for key in PARAMETERS]
    days = range(0, 720, 30)
    past = tuple(
        Past(START + timedelta(day), Decimal(n * 12 + n % 3)) for n, day in enumerate(days)
    )
    near = tuple(Decimal(n) / 10 for n in range(6, 14))
    batch = [
        Case(n, Register(5), past, START + timedelta(720), raw, "", near)
        for n, raw in enumerate(("288", "290", "300", "700", "277", "1"))
    ]
    new, held = columns(batch, [Decimal(each.raw) for each in batch])
    every = np.ones(len(batch), dtype=bool)
    middle = np.full(len(batch), 1.0)
    fine = surely_fine(new, held, [(every, rules)], lambda rows: (middle[rows] * 8, middle[rows]))
    assert fine.tolist() == [True, True, True, False, False, False]


def test_a_few_days_of_a_season_are_no_season() -> None:
    uses = [0, 100, *[10] * 9]
    past = tuple(
        Past(START + timedelta(180 + 30 * n), Decimal(sum(uses[: n + 1])))
        for n in range(len(uses))
    )
    case = Case(0, Register(5), past, START + timedelta(540), "290", "", ())
    rules = [Rule("high", "stop", START, {"times": Decimal(2)})]
    assert not passes([case], rules)[0]
    assert check(Candidate(case.day, "290", LATE), case.form, Around(past), rules).is_stopped


@pytest.mark.parametrize(
    ("part", "day", "passed"),
    [
        ((0, False), 30, True),
        ((0, False), 29, False),
        ((1, False), 30, False),
        ((0, True), 30, False),
    ],
)
def test_a_total_passes_with_parts_of_its_own_days(
    part: tuple[int, bool], day: int, *, passed: bool
) -> None:
    total = (Past(START, Decimal(100)),)
    last, is_estimated = part
    parts = (
        Past(START - timedelta(30), Decimal(100)),
        Past(START + timedelta(last), Decimal(100), is_estimated),
    )
    batch = [
        Case(0, Register(5), total, START + timedelta(30), "160", "", ()),
        Case(0, Register(5, kind=PERIOD), parts, START + timedelta(day), "160", "", ()),
    ]
    assert passes(batch, [Rule("sum", "stop", START)]) == [passed, True]


def passes(batch: Sequence[Case], rules: Sequence[Rule]) -> list[bool]:
    new, held = columns(batch, [Decimal(each.raw) for each in batch])
    found: list[bool] = surely_fine(
        new, held, [(np.ones(len(batch), dtype=bool), rules)], _nobody
    ).tolist()
    return found


def test_a_check_without_a_screen_lets_nothing_pass() -> None:
    case = Case(0, Register(5), (), START, "7", "", ())
    new, held = columns([case], [Decimal(7)])
    every = np.ones(1, dtype=bool)
    odd = Rule("new", "note", START)
    assert not surely_fine(new, held, [(every, [odd])], _nobody).any()
    assert surely_fine(new, held, [(every, [])], _nobody).all()


def _nobody(rows: Sequence[int]) -> tuple[Column, Column]:
    return np.zeros(len(rows)), np.zeros(len(rows))


def test_steps_hold_every_value() -> None:
    for text in ("0", "100", "12.5", "0.0001", "9999999999.9999"):
        assert str(from_steps(in_steps(Decimal(text)))) == text


@given(batches())
def test_what_intervals_say_of_a_span_is_reckoned_by_columns_as_day_by_day(
    batch: list[Case],
) -> None:
    held = columns(batch, [Decimal(0)] * len(batch))[1]
    days = {n: case.day.toordinal() for n, case in enumerate(batch)}
    before = held.real_before(days)
    for n, case in enumerate(batch):
        real = [each.day for each in case.past if not each.is_estimated and each.day < case.day]
        assert before.get(n) == (real[-1].toordinal() if real else None)
        if not real:
            continue
        known, low, high = held.intervals.between(
            *(np.array([each]) for each in (n, before[n], days[n]))
        )
        found = (from_steps(int(low[0])), from_steps(int(high[0]))) if known[0] else None
        assert found == by_intervals(case)


def test_a_reading_that_fits_its_intervals_passes_and_another_does_not() -> None:
    rules = [Rule("intervals", "stop", START)]
    past = (Past(START, Decimal(100)),)
    told = tuple((START + timedelta(n), Decimal(1), True) for n in range(31))
    day = START + timedelta(30)
    fine = ["128", "129", "130", "131", "132"]  # 29 to 31, give or take 2
    wrong = ["134", "126", "100"]
    batch = [
        Case(n, Register(5), past, day, raw, "", (), told) for n, raw in enumerate(fine + wrong)
    ]
    assert passes(batch, rules) == [True] * len(fine) + [False] * len(wrong)
