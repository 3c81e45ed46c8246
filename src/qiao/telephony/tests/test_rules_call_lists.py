"""What a result leads to, when a list calls, whom it leaves in peace."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.telephony.rules.call_lists import (
    KINDS,
    USUAL,
    CodesWrong,
    ListTerms,
    after_result,
    code_of_end,
    is_quiet,
    may_call_at,
    read_codes,
    within_hours,
)
from qiao.telephony.rules.calls import UNREACHED

SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = ListTerms(3, 120, 15, time(9), time(18))
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)
HOURS = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1])


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 27, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("kind", "busy", "tries", "now", "state", "then"),
    [
        ("reached", False, 1, at(10), "done", None),
        ("refused", False, 1, at(10), "done", None),
        ("wrong_number", False, 1, at(10), "done", None),
        ("not_reached", False, 1, at(10), "waiting", at(12)),
        ("not_reached", True, 1, at(10), "waiting", at(10, 15)),
        ("not_reached", False, 2, at(17), "waiting", at(9) + timedelta(days=1)),
        ("not_reached", True, 2, at(17, 50), "waiting", at(9) + timedelta(days=1)),
        ("not_reached", False, 3, at(10), "done", None),
    ],
)
def test_what_a_result_leads_to(
    kind: Any, busy: bool, tries: int, now: datetime, state: str, then: datetime | None
) -> None:
    found = after_result(kind, is_busy=busy, tries=tries, terms=TERMS, now=now)
    assert (found.state, found.at) == (state, then)


@given(MOMENTS, HOURS)
def test_the_next_moment_is_within_the_hours_and_never_before(
    moment: datetime, hours: tuple[time, time]
) -> None:
    terms = ListTerms(3, 120, 15, *hours)
    found = within_hours(moment, terms)
    assert found >= moment
    assert found - moment <= timedelta(days=1)
    assert may_call_at(found, terms)
    assert within_hours(found, terms) == found


@given(st.sampled_from(KINDS), st.booleans(), st.integers(1, 12), MOMENTS, st.integers(1, 10))
def test_nobody_is_tried_for_ever_and_nobody_who_was_reached_again(
    kind: Any, busy: bool, tries: int, now: datetime, most: int
) -> None:
    terms = ListTerms(most, 60, 5, time(8), time(20))
    found = after_result(kind, is_busy=busy, tries=tries, terms=terms, now=now)
    assert (found.state == "waiting") == (kind == "not_reached" and tries < most)
    assert (found.at is not None) == (found.state == "waiting")
    if found.at is not None:
        assert found.at - now >= timedelta(minutes=5)


@given(st.integers(0, 365), st.integers(0, 400 * 24))
def test_whoever_was_called_within_the_quiet_days_is_left_in_peace(days: int, hours: int) -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    last = now - timedelta(hours=hours)
    assert is_quiet(last, quiet_days=days, now=now) == (days > 0 and hours < days * 24)
    assert not is_quiet(None, quiet_days=days, now=now)


def test_every_end_that_the_switch_tells_has_a_usual_result() -> None:
    told = UNREACHED - {"own_phone", "given_up"}
    assert {end for end in UNREACHED if code_of_end(USUAL, end)} == told
    assert code_of_end(USUAL, "caller") is None


def test_the_usual_results_are_read_as_they_are_stored() -> None:
    assert read_codes([code.data for code in USUAL]) == USUAL


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda codes: codes[:0], "none"),
        (lambda codes: codes * 2, "many"),
        (lambda codes: [codes[0] | {"key": "a b"}, *codes[1:]], "key"),
        (lambda codes: [codes[0] | {"names": {"en": "Done"}}, *codes[1:]], "name"),
        (lambda codes: [codes[0] | {"kind": "odd"}, *codes[1:]], "kind"),
        (lambda codes: [codes[0], codes[0], codes[3]], "twice"),
        (lambda codes: codes[2:], "no_reached"),
        (lambda codes: codes[:3], "no_unreached"),
    ],
)
def test_results_that_cannot_be_used_say_why(change: Any, reason: str) -> None:
    with pytest.raises(CodesWrong) as found:
        read_codes(change([code.data for code in USUAL]))
    assert found.value.reason == reason
