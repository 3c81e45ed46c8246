"""The range that a phone has beforehand is what the checks stop afterwards."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.rules.checks import Rule, read_rule
from qiao.metering.rules.ranges import expected_range
from qiao.metering.rules.registers import Register
from qiao.metering.rules.spans import Past
from qiao.metering.rules.vee import Around, Candidate, check

START = date(2026, 1, 1)
DIAL = Register(5)


def rule(key: str, severity: str = "stop") -> Rule:
    return read_rule(key=key, severity=severity, valid_from=START, parameters={})


RULES = [rule("backwards"), rule("high"), rule("spike"), rule("zeros")]


def months(first: int, uses: list[int]) -> list[Past]:
    at, found = first, [Past(START, Decimal(first))]
    for place, used in enumerate(uses):
        at += used
        is_rolled = at >= 100_000
        at %= 100_000
        day = START + timedelta(30 * (place + 1))
        found.append(Past(day, Decimal(at), is_rolled=is_rolled))
    return found


@given(
    first=st.sampled_from([0, 500, 99_800, 99_950]),
    uses=st.lists(st.integers(0, 90), max_size=16),
    value=st.integers(0, 99_999) | st.integers(-40, 400),
    days=st.integers(1, 70),
)
def test_a_value_passes_exactly_if_no_check_stops_it(
    first: int, uses: list[int], value: int, days: int
) -> None:
    past = months(first, uses)
    day = past[-1].day + timedelta(days)
    shown = (int(past[-1].value) + value) % 100_000
    told = expected_range(day=day, register=DIAL, past=past, rules=RULES)
    assert told is not None
    found = check(Candidate(day, str(shown), day), DIAL, Around(past), RULES)
    assert told.passes(Decimal(shown)) == (not found.is_stopped)


def test_notes_and_other_checks_narrow_nothing() -> None:
    past = months(100, [20] * 6)
    day = past[-1].day + timedelta(30)
    noted = [rule("high", "note"), rule("low"), rule("neighbours"), rule("constant")]
    told = expected_range(day=day, register=DIAL, past=past, rules=noted)
    assert told is not None
    assert told.last == 220
    assert (told.most, told.past) == (None, None)
    assert not told.zero_stops
    assert expected_range(day=START, register=DIAL, past=past, rules=RULES) is None
