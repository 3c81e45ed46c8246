"""Estimates: from the same season, else of late, else as others of the class use."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.rules.estimating import estimate
from qiao.metering.rules.registers import Register
from qiao.metering.rules.spans import Past
from qiao.metering.tests.test_rules_vee import START, months

REGISTER = Register(5, 0)


def test_last_year_comes_before_what_was_used_of_late() -> None:
    year = months(*[30] * 3, *[10] * 10)
    found = estimate(year, day=year[-1].day + timedelta(30), register=REGISTER)
    assert found is not None
    assert (found.basis, found.used) == ("last_year", Decimal(30))


def test_a_young_meter_goes_on_as_of_late_and_a_new_one_as_its_class() -> None:
    young = months(12, 18)
    when = young[-1].day + timedelta(30)
    of_late = estimate(young, day=when, register=REGISTER, class_per_day=Decimal(9))
    assert of_late is not None
    assert (of_late.basis, of_late.used, of_late.value) == ("recent", Decimal(15), Decimal(1045))
    new = estimate(
        months(), day=START + timedelta(20), register=REGISTER, class_per_day=Decimal(2)
    )
    assert new is not None
    assert (new.basis, new.used) == ("class", Decimal(40))


def test_nothing_is_estimated_out_of_nothing() -> None:
    assert estimate([], day=START, register=REGISTER, class_per_day=Decimal(1)) is None
    assert estimate(months(), day=START + timedelta(9), register=REGISTER) is None


def test_an_estimate_goes_on_from_one_but_rests_on_real_readings_alone() -> None:
    past = months(15, 15)
    wild = Past(past[-1].day + timedelta(30), Decimal(9_000), is_estimated=True)
    found = estimate([*past, wild], day=wild.day + timedelta(30), register=REGISTER)
    assert found is not None
    assert found.value == Decimal(9_015)


@given(
    st.lists(st.integers(0, 500), max_size=30),
    st.integers(0, 99_999),
    st.integers(1, 400),
    st.sampled_from([0, 2]),
)
def test_an_estimate_is_a_figure_of_the_register(
    uses: list[int], first: int, days: int, decimals: int
) -> None:
    register = Register(5, decimals)
    past = [
        Past(each.day, each.value, is_rolled=True) for each in months(*uses, first=first)
    ]  # fmt: skip
    found = estimate(past, day=past[-1].day + timedelta(days), register=register)
    if found is None:
        assert len(past) == 1
        return
    assert 0 <= found.value < register.capacity
    assert found.used >= 0
    assert found.value == found.value.quantize(register.step)
    assert isinstance(found.day, date)
