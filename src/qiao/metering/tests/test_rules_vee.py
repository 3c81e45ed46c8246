"""Checks of readings: what each one sees, and what none of them lets pass."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.rules.checks import PARAMETERS, BadRule, Finding, Rule, read_rule, rules_on
from qiao.metering.rules.registers import Register
from qiao.metering.rules.spans import Past
from qiao.metering.rules.vee import Around, Candidate, Checked, check

START = date(2028, 1, 1)
TODAY = date(2030, 6, 1)
REGISTER = Register(5, 0)


def rule(key: str, **parameters: int | str) -> Rule:
    return read_rule(key=key, severity="stop", valid_from=START, parameters=parameters)


def months(*uses: int, first: int = 1000) -> list[Past]:
    """A reading every 30 days, the first one before the first use."""
    at, found = first, [Past(START, Decimal(first))]
    for place, used in enumerate(uses):
        at += used
        found.append(Past(START + timedelta(30 * (place + 1)), Decimal(at % 100_000)))
    return found


def put(past: Sequence[Past], used: int, *rules: Rule, **around: object) -> Checked:
    """The reading 30 days after the last one, that shows so much more."""
    last = past[-1]
    return check(
        Candidate(last.day + timedelta(30), str((int(last.value) + used) % 100_000), TODAY),
        REGISTER,
        Around(past, **around),  # type: ignore[arg-type]
        rules,
    )


def only(found: Checked) -> Finding:
    assert len(found.findings) == 1
    return found.findings[0]


def test_use_far_above_the_usual_is_high_and_far_below_it_low() -> None:
    past = months(12, 12, 12)
    high = only(put(past, 40, rule("high", least=10)))
    assert (high.seen, high.expected) == (
        {"usage": "40", "days": "30"},
        {"high": "36", "usual": "12"},
    )
    assert put(past, 36, rule("high", least=10)).findings == ()
    low = only(put(past, 2, rule("low", least=10)))
    assert (low.seen["usage"], low.expected["low"]) == ("2", "2.4")


def test_the_same_season_of_last_year_is_what_use_is_held_to() -> None:
    quiet_but_hot_last_year = months(10, 10, 60, 60, 60, 10, 10, 10, 10, 10, 10, 10, 10, 10)
    assert put(quiet_but_hot_last_year, 58, rule("high")).findings == ()
    assert put(months(*[10] * 14), 58, rule("high")).findings


def test_a_lower_register_rolls_over_where_that_is_plausible() -> None:
    on = put(months(20, 20, first=99_950), 20, rule("backwards"))
    assert on.is_rolled
    assert on.findings == ()
    back = put(months(20, 20), -30, rule("backwards"))
    assert only(back).expected == {"low": "1040"}
    assert back.is_stopped


def test_a_reading_that_comes_late_may_not_stand_above_the_next_one() -> None:
    past = months(20, 20)
    late = Candidate(past[1].day + timedelta(10), "1035", TODAY)
    assert check(late, REGISTER, Around(past), [rule("backwards")]).findings == ()
    above = Candidate(past[1].day + timedelta(10), "1055", TODAY)
    found = only(check(above, REGISTER, Around(past), [rule("backwards")]))
    assert found.expected == {"high": "1040"}


def test_a_spike_a_standing_meter_and_a_made_up_use_are_seen() -> None:
    assert only(put(months(5, 5, 5), 60, rule("spike"))).expected["usual"] == "5"
    assert only(put(months(9, 0, 0), 0, rule("zeros"))).seen == {"spans": "3", "usage": "0"}
    assert put(months(0, 0, 0), 0, rule("zeros")).findings == ()
    assert put(months(9, 9, 0), 0, rule("zeros")).findings == ()
    assert only(put(months(3, 8, 8, 8), 8, rule("constant"))).seen["usage"] == "8"
    assert put(months(3, 8, 7, 8), 8, rule("constant")).findings == ()


def test_neighbours_tell_a_hot_month_from_a_leak() -> None:
    doubled = [Decimal(2)] * 6
    assert put(months(10, 10), 22, rule("neighbours", times=2), neighbours=doubled).findings == ()
    found = put(months(10, 10), 60, rule("neighbours", times=2), neighbours=doubled)
    assert only(found).expected == {"high": "4", "usual": "2"}
    few = put(months(10, 10), 60, rule("neighbours", times=2), neighbours=doubled[:2])
    assert few.findings == ()


def test_parts_must_sum_to_the_register() -> None:
    found = put(months(100), 100, rule("sum"), parts=Decimal(90))
    assert only(found).expected == {"sum": "90"}
    assert put(months(100), 100, rule("sum"), parts=Decimal(99)).findings == ()


def test_another_value_on_one_day_another_meter_and_another_multiplier_are_told() -> None:
    past = months(20)
    twice = Candidate(past[1].day, "1033", TODAY, meter="W1", hung="W2")
    rules = [rule("duplicate"), rule("meter")]
    found = check(twice, REGISTER, Around(past), rules)
    assert {each.rule for each in found.findings} == {"duplicate", "meter"}
    same = Candidate(past[1].day, "1020", TODAY, meter="W1", hung="W1")
    assert check(same, REGISTER, Around(past), rules).findings == ()
    changed = Register(5, 0, multipliers=((START, Decimal(1)), (past[1].day, Decimal(40))))
    late = Candidate(past[1].day + timedelta(30), "1050", TODAY)
    assert check(late, changed, Around(past), [rule("multiplier")]).findings == ()
    told = check(late, changed, Around(past[:1]), [rule("multiplier")])
    assert only(told).seen == {"multiplier": "40"}


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (TODAY + timedelta(1), "future"),
        (START - timedelta(1), "before_installed"),
        (date(2030, 2, 1), "after_removed"),
    ],
)
def test_a_day_on_which_it_cannot_have_been_read_is_refused(when: date, code: str) -> None:
    candidate = Candidate(when, "5", TODAY, since=START, until=date(2030, 1, 1))
    found = check(candidate, REGISTER, Around(), [])
    assert found.is_refused
    assert code in {each.seen["code"] for each in found.findings}


def test_the_latest_version_of_a_rule_holds_and_one_may_be_switched_off() -> None:
    old, new = date(2029, 1, 1), date(2030, 1, 1)
    rules = [
        Rule("zeros", "note", old),
        Rule("zeros", "stop", new),
        Rule("high", "stop", old),
        Rule("high", "off", new),
    ]
    assert [(r.key, r.severity) for r in rules_on(rules, date(2029, 6, 1))] == [
        ("high", "stop"),
        ("zeros", "note"),
    ]
    assert [(r.key, r.severity) for r in rules_on(rules, TODAY)] == [("zeros", "stop")]


@pytest.mark.parametrize(
    ("key", "severity", "parameters"),
    [
        ("colour", "stop", {}),
        ("high", "maybe", {}),
        ("high", "stop", {"often": 3}),
        ("high", "stop", {"times": "NaN"}),
        ("high", "stop", {"times": 0}),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    key: str, severity: str, parameters: dict[str, object]
) -> None:
    with pytest.raises(BadRule):
        read_rule(key=key, severity=severity, valid_from=START, parameters=parameters)


ALL = [Rule(key, "stop", START) for key in PARAMETERS]


@given(
    st.one_of(st.text(max_size=8), st.sampled_from(["NaN", "-1", "inf", "1e9", "999999"])),
    st.lists(st.integers(0, 90), max_size=8),
)
def test_what_passes_is_a_figure_of_the_register(raw: str, uses: list[int]) -> None:
    past = months(*uses)
    candidate = Candidate(past[-1].day + timedelta(30), raw, TODAY)
    found = check(candidate, REGISTER, Around(past), ALL)
    if found.value is None:
        assert found.is_refused
    else:
        assert found.value.is_finite()
        assert 0 <= found.value < REGISTER.capacity


@given(st.lists(st.integers(0, 90), min_size=1, max_size=14), st.randoms(), st.integers(0, 2000))
def test_the_order_of_what_is_known_changes_no_finding(
    uses: list[int], random: Random, used: int
) -> None:
    past = months(*uses)
    mixed = list(past)
    random.shuffle(mixed)
    candidate = Candidate(past[-1].day + timedelta(30), str(1000 + used), TODAY)
    assert check(candidate, REGISTER, Around(past), ALL) == check(
        candidate, REGISTER, Around(mixed), ALL
    )


def test_a_demand_that_is_lower_than_before_went_nowhere_back() -> None:
    rules = [rule("backwards"), rule("duplicate")]
    past = [Past(START, Decimal(95))]
    candidate = Candidate(START + timedelta(30), "60", TODAY)
    counter = check(candidate, REGISTER, Around(past=past), rules)
    assert [finding.rule for finding in counter.findings] == ["backwards"]
    demand = check(candidate, Register(5, 0, "demand"), Around(past=past), rules)
    assert demand.findings == ()
    again = Candidate(START, "60", TODAY)
    twice = check(again, Register(5, 0, "demand"), Around(past=past), rules)
    assert [finding.rule for finding in twice.findings] == ["duplicate"]
