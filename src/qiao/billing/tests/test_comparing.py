"""Why a bill is higher than last year's: planted causes are found, and together are the whole."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.billing.rules.tariffs.comparing import BillFacts, Cause, Comparison, compare
from qiao.billing.rules.tariffs.parts import rate_parts
from qiao.billing.rules.tariffs.planning import Part, Room
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.tests.test_parts import water
from qiao.core.rules.periods import Period

D = Decimal
SEWAGE = {"key": "sewage", "kind": "per_unit", "price": "0.95"}


def tariff(first: str, second: str) -> dict[str, object]:
    data = water(first, second)
    charges = data["charges"]
    assert isinstance(charges, list)
    return data | {"charges": [*charges, SEWAGE]}


TARIFFS = {"old": read_tariff(tariff("2", "3")), "new": read_tariff(tariff("2.20", "3"))}


def facts(
    usage: str = "40", days: int = 60, before: str = "100", people: str = "4",
    version: str = "old", start: date = date(2026, 5, 1), share: Fraction = Fraction(1),
) -> BillFacts:  # fmt: skip
    numbers = {"people": D(people)}
    found = BillFacts(
        period=Period(start, start + timedelta(days)), months=2, version=version,
        quantities={"usage": D(usage)}, labels={}, numbers=numbers, before={"usage": D(before)},
        rooms=(Room(share, {}, numbers),), minor=0,
    )  # fmt: skip
    return replace(found, minor=total_of(found))


def total_of(facts: BillFacts) -> int:
    (rated,) = rate_parts(TARIFFS, [Part(
        facts.period, facts.version, facts.labels, facts.numbers, facts.quantities, Fraction(1),
        Fraction(2), facts.before, facts.rooms,
    )])  # fmt: skip
    return int(rated.rated.totals[0])


def told(comparison: Comparison) -> Mapping[Cause, int]:
    return {each.cause: each.minor for each in comparison.effects}


LAST = facts(start=date(2025, 5, 1))


def test_nothing_differs() -> None:
    same = compare(TARIFFS, LAST, facts())
    assert (same.minor, same.effects) == (0, ())


def test_more_days_at_the_same_use_a_day_are_days() -> None:
    """Three days more: 2 m³ at 2.00 + 0.95."""
    assert told(compare(TARIFFS, LAST, facts(usage="42", days=63))) == {Cause.DAYS: 590}


def test_more_use_in_the_same_tier_is_use() -> None:
    assert told(compare(TARIFFS, LAST, facts(usage="50"))) == {Cause.USE: 2_950}
    assert told(compare(TARIFFS, facts(usage="50"), LAST)) == {Cause.USE: -2_950}


def test_a_tier_that_is_reached_is_told_apart_from_the_use() -> None:
    """60 m³ more: 20 of them lie above 180 and cost 1.00 more each."""
    found = compare(TARIFFS, LAST, facts(usage="100"))
    assert told(found) == {Cause.USE: 60 * 295, Cause.TIERS: 2_000}
    back = compare(TARIFFS, facts(usage="100"), LAST)
    assert told(back) == {Cause.USE: -60 * 295, Cause.TIERS: -2_000}


def test_a_year_that_was_fuller_is_a_tier() -> None:
    """The same 40 m³, 25 of them above 180, for more was used earlier in the year."""
    assert told(compare(TARIFFS, LAST, facts(before="165"))) == {Cause.TIERS: 2_500}


def test_a_household_that_grew_has_more_room() -> None:
    full = facts(before="165", start=date(2025, 5, 1))
    assert told(compare(TARIFFS, full, facts(before="165", people="6"))) == {
        Cause.HOUSEHOLD: -2_500
    }


def test_a_year_in_which_the_account_began_is_narrower_and_no_other_household() -> None:
    """Tiers as wide as a third of the year were filled by less. With a household that grew as
    well, that alone is told of it."""
    began = facts(before="10", start=date(2025, 5, 1), share=Fraction(1, 3))
    assert told(compare(TARIFFS, began, facts(before="120"))) == {}
    filled = facts(before="55", start=date(2025, 5, 1), share=Fraction(1, 3))
    grown = facts(before="165", people="6")
    assert told(compare(TARIFFS, filled, facts(before="165"))) == {Cause.TIERS: -1_000}
    assert told(compare(TARIFFS, filled, grown)) == {Cause.TIERS: -1_000, Cause.HOUSEHOLD: -2_500}


def test_a_dearer_price_is_told_as_prices() -> None:
    assert told(compare(TARIFFS, LAST, facts(version="new"))) == {Cause.PRICES: 800}


def test_all_at_once_and_the_weightiest_first() -> None:
    later = facts(usage="105", days=63, version="new", before="120")
    found = compare(TARIFFS, LAST, later)
    assert sum(told(found).values()) == later.minor - LAST.minor == found.minor
    assert [each.cause for each in found.effects] == [
        Cause.USE, Cause.TIERS, Cause.PRICES, Cause.DAYS,
    ]  # fmt: skip
    assert told(found)[Cause.DAYS] == 590


def test_what_no_cause_explains_is_other_things() -> None:
    later = facts(usage="50")
    found = compare(TARIFFS, LAST, replace(later, minor=later.minor + 123))
    assert told(found) == {Cause.USE: 2_950, Cause.OTHER: 123}


SOME = st.builds(
    facts, st.decimals(0, 400, places=3).map(str), st.integers(1, 120),
    st.decimals(0, 300, places=3).map(str), st.integers(1, 9).map(str),
    st.sampled_from(["old", "new"]), st.just(date(2026, 5, 1)),
    st.sampled_from([Fraction(1), Fraction(1), Fraction(1, 3), Fraction(5, 12)]),
)  # fmt: skip


@settings(max_examples=60)
@given(SOME, SOME)
def test_causes_always_add_up_to_the_difference_and_explain_all_of_it(
    earlier: BillFacts, later: BillFacts
) -> None:
    found = compare(TARIFFS, earlier, later)
    assert sum(each.minor for each in found.effects) == found.minor
    assert Cause.OTHER not in told(found)
