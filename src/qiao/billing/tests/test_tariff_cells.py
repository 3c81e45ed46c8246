"""The numbers of a tariff as cells: what a form does not show stays; faults name their cell."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qiao.billing.queries.pack_tariffs import load_tariffs
from qiao.billing.rules.tariffs.cells import CellFault, cells, changed, figures
from qiao.billing.rules.tariffs.changing import (
    falls,
    figure_changes,
    gaps,
    jumps,
    make_changes,
)
from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.rules.tariffs.toml_text import LONGEST, read_text, write_text
from qiao.billing.rules.tariffs.writing import rewritten, write_tariff
from qiao.billing.tests.strategies import tariffs
from qiao.core.packs import SHIPPED

D = Decimal
PACKS = ("water", "power", "gas")
NUMBERS = st.decimals(0, 10_000, places=4).map(lambda each: format(each, "f"))


def household(pack: str = "water") -> dict[str, Any]:
    """The newest prices of a pack's households, as data."""
    found = next(each for each in load_tariffs(SHIPPED / pack) if each.key == "household")
    return write_tariff(found.versions[-1].tariff)


def named(data: dict[str, Any], part: str, kind: str, tier: int = 0) -> list[str]:
    """The names of cells."""
    return [
        cell.name
        for cell in cells(data)
        if (cell.figure.part, cell.figure.kind, cell.figure.tier) == (part, kind, tier)
    ]


@given(tariffs())
def test_a_form_that_changes_nothing_gives_the_same_version(data: dict[str, Any]) -> None:
    stored = rewritten(data)
    shown = {cell.name: cell.written for cell in cells(stored)}
    assert len(shown) == len(cells(stored)), "each cell has a name of its own"
    assert changed(stored, shown) == (stored, {})
    assert changed(stored, {}) == (stored, {})


@given(tariffs(), st.data())
def test_a_form_gives_what_was_entered_and_keeps_all_else(
    data: dict[str, Any], draw: st.DataObject
) -> None:
    stored = rewritten(data)
    own = cells(stored)
    assume(own)
    some = draw.draw(st.lists(st.sampled_from(range(len(own))), max_size=5, unique=True))
    typed = {own[place].name: draw.draw(NUMBERS) for place in some}
    made, faults = changed(stored, typed)
    assume(not faults)
    assert rewritten(made) == made, "it can be read, and is written alike"
    assert make_changes(stored, made) == []
    again = {cell.name: cell for cell in cells(made)}
    assert again.keys() == {cell.name for cell in own}
    for cell in own:
        if cell.name in typed:
            assert D(again[cell.name].written) == D(typed[cell.name])
        else:
            assert again[cell.name].written == cell.written
    touched = {cell.figure.place for cell in own if cell.name in typed}
    assert {each.figure.place for each in figure_changes(stored, made)} <= touched
    back, faults = changed(made, {cell.name: cell.written for cell in own})
    assert faults or [each.formula for each in figures(back)] == [
        each.formula for each in figures(stored)
    ]


@given(tariffs())
def test_a_version_as_text_is_the_same_version(data: dict[str, Any]) -> None:
    stored = rewritten(data)
    assert read_text(write_text(stored)) == stored


@pytest.mark.parametrize("pack", PACKS)
def test_the_tariffs_of_packs_as_forms_and_as_text(pack: str) -> None:
    for tariff in load_tariffs(SHIPPED / pack):
        for version in tariff.versions:
            stored = write_tariff(version.tariff)
            assert read_text(write_text(stored)) == stored
            assert changed(stored, {c.name: c.written for c in cells(stored)}) == (stored, {})


def test_the_numbers_of_a_household_by_hand() -> None:
    data = household()
    (second,) = named(data, "water", "price", 2)
    people = named(data, "water", "start", 2)
    assert [c.written for c in cells(data) if c.name in people] == ["180", "36", "0", "4"]
    (tax,) = named(data, "tax", "rate")
    typed = {second: "３．３０", people[0]: "1,200", tax: "6"}
    made, faults = changed(data, typed)
    third = named(data, "water", "start", 3)[0]
    assert faults == {third: CellFault.OUT_OF_ORDER}, "260 lies below 1200"
    made, faults = changed(data, typed | {third: "2400"})
    assert faults == {}
    water, tax_now = made["charges"][0], made["charges"][-1]
    assert water["prices"] == ["2.00", "3.30", "6.00"]
    assert water["starts"][1] == "(1200 + (36 * max(0, (people - 4))))"
    assert tax_now["rate"] == "0.06"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", CellFault.NO_NUMBER),
        ("x", CellFault.NO_NUMBER),
        ("1e3", CellFault.NO_NUMBER),
        ("NaN", CellFault.NO_NUMBER),
        ("1.123456789", CellFault.NO_NUMBER),
        ("9999999999999", CellFault.NO_NUMBER),
        ("people * 2", CellFault.NO_NUMBER),
        ("-1", CellFault.BELOW_NOTHING),
    ],
)
def test_what_is_no_price_is_refused_at_its_cell(text: str, fault: CellFault) -> None:
    data = household()
    (first,) = named(data, "water", "price", 1)
    made, faults = changed(data, {first: text})
    assert faults == {first: fault}
    assert made == data


def test_a_contained_tax_is_less_than_the_whole() -> None:
    data = household()
    (tax,) = named(data, "tax", "rate")
    assert changed(data, {tax: "100"})[1] == {tax: CellFault.WHOLE}
    assert changed(data, {tax: "99.9"})[1] == {}


def test_larger_households_must_not_fall_out_of_order() -> None:
    """For four people 180 and 260 are in order; with 90 more for each person they are not for
    seven."""
    data = household()
    second = named(data, "water", "start", 2)
    _made, faults = changed(data, {second[1]: "90"})
    assert faults == {named(data, "water", "start", 3)[0]: CellFault.OUT_OF_ORDER}


def test_large_changes_and_cheaper_tiers_are_found() -> None:
    data = household()
    first, second = named(data, "water", "price", 1) + named(data, "water", "price", 2)
    made, _faults = changed(data, {first: "2.60"})
    assert jumps(data, made) == [], "from 2.00 to 2.60 are 30 %, and not more"
    made, _faults = changed(data, {first: "2.61", second: "2.10"})
    assert [(each.cell.name, each.before, each.share) for each in jumps(data, made)] == [
        (first, D("2.00"), D("0.305"))
    ]
    assert [(each.price, each.above) for each in falls(data, made)] == [(D("2.10"), D("2.61"))]
    assert falls(made, made) == []


def test_a_price_for_something_free_is_asked_about() -> None:
    data = household("power")
    (free,) = named(data, "step", "price", 1)
    made, _faults = changed(data, {free: "0.01"})
    (jump,) = jumps(data, made)
    assert jump.share is None


def test_values_that_lose_their_figure_are_gaps() -> None:
    tariff = next(each for each in load_tariffs(SHIPPED / "water") if each.key == "business")
    old = tariff.versions[0].tariff
    data = write_tariff(old)
    data["charges"][0]["amount"]["rows"] = data["charges"][0]["amount"]["rows"][1:]
    new = read_tariff(data)
    assert [(each.part, each.labels) for each in gaps(old, new, {})] == [
        ("meter", (("meter_size", "15"),))
    ]
    data["charges"][0]["amount"]["rows"].append([["*"], "5"])
    assert gaps(old, read_tariff(data), {}) == []
    assert gaps(old, old, {"meter_size": frozenset({"999"})}) == [], "it had none before"


def test_what_comes_and_goes_is_told() -> None:
    data = household()
    other = rewritten(data)
    del other["charges"][2]
    other["charges"][0] |= {"period": "month"}
    found = make_changes(data, other)
    assert [(each.part, each.field) for each in found] == [("water", "period"), ("sewage", "")]
    gone = [each.figure.part for each in figure_changes(data, other) if each.after is None]
    assert gone == ["sewage"]


def test_what_is_no_tariff_is_refused_as_text_with_its_place() -> None:
    with pytest.raises(BadTariff) as refused:
        read_text("currency = 'CNY'\nunit = 5 5\n")
    assert refused.value.where == ""
    assert "line 2" in refused.value.what
    text = write_text(household()).replace('"2.00"', '"two"')
    with pytest.raises(BadTariff) as refused:
        read_text(text.replace('"two"', "2.5.1"))
    with pytest.raises(BadTariff) as refused:
        read_text(text.replace('"two"', '"2 $"'))
    assert refused.value.where == "charges[0].prices[0]"
    with pytest.raises(BadTariff):
        read_text("x" * (LONGEST + 1))


def test_a_row_that_stands_twice_is_refused_as_text() -> None:
    tariff = next(each for each in load_tariffs(SHIPPED / "water") if each.key == "business")
    text = write_text(write_tariff(tariff.versions[0].tariff))
    with pytest.raises(BadTariff) as refused:
        read_text(text.replace('["20"]', '["15"]'))
    assert "15 stands there twice" in str(refused.value)
