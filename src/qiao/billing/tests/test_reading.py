"""Whatever is no tariff is told with its place."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.reading import read_tariff

GOOD: dict[str, Any] = {
    "currency": "CNY",
    "unit": "m3",
    "quantities": [{"key": "sewage", "value": "0.9 * usage", "digits": 1}],
    "charges": [
        {"key": "water", "kind": "tiered", "starts": [0, 10], "prices": ["1", "2"]},
        {"key": "meter", "kind": "fixed", "amount": {"by": ["size"], "rows": [[["15"], 1]]}},
        {"key": "use", "kind": "per_unit", "price": "2"},
        {"key": "tax", "kind": "share", "of": ["water"], "rate": "0.03"},
        {"key": "least", "kind": "at_least", "of": ["water"], "amount": 5},
        {"key": "other", "kind": "reckoned", "amount": "2 * people"},
    ],
}
WATER, METER, USE, TAX, LEAST = (f"charges.{place}" for place in range(5))
TABLE = "a list of labels and a figure are needed"
NUMBER = "a decimal number is needed, as text or whole"


def _with(path: str, value: Any) -> Any:
    """The good tariff with one thing changed."""
    data: Any = deepcopy(GOOD)
    inner = data
    *steps, last = path.split(".")
    for step in steps:
        inner = inner[int(step)] if step.isdigit() else inner[step]
    inner[int(last) if last.isdigit() else last] = value
    return data


def test_the_tariff_that_is_spoiled_below_is_a_good_one() -> None:
    assert len(read_tariff(GOOD).charges) == 6


def _by(*rows: Any, by: Any = ("size",)) -> dict[str, Any]:
    return {"by": list(by), "rows": list(rows)}


@pytest.mark.parametrize(
    ("path", "value", "where", "what"),
    [
        ("extra", 1, "extra", "is not known; known are charges, currency, defaults, numbers,"),
        ("currency", "XXX", "currency", "'XXX' is unknown"),
        ("currency", 5, "currency", "a text is needed"),
        ("unit", " ", "unit", "a text is needed"),
        ("charges", None, "charges", "a list is needed"),
        ("charges", "water", "charges", "a list is needed"),
        ("charges", [], "charges", "one at least is needed"),
        ("charges", [{}] * 201, "charges", "201 entries; 200 are the most"),
        ("quantities", {}, "quantities", "a list is needed"),
        ("quantities.0", "sewage", "quantities[0]", "a table of names is needed"),
        ("quantities.0.key", "9th", "quantities[0].key", "'9th': a letter, then letters, digits"),
        ("quantities.0.value", "usage **", "quantities[0].value", "'usage **' is no formula"),
        ("quantities.0.value", "sewage", "quantities[0].value", "sewage is reckoned only later"),
        ("quantities.0.round", 1, "quantities[0].round", "is not known; known are digits, key"),
        ("quantities.0.digits", "1", "quantities[0].digits", "'1': a whole number from -3 to 6"),
        ("quantities.0.digits", True, "quantities[0].digits", "True: a whole number from -3 to 6"),
        ("quantities.0.digits", 7, "quantities[0].digits", "7: a whole number from -3 to 6"),
        ("quantities.0.way", "even", "quantities[0].way", "'even' is none of half_up, down, up"),
        ("quantities", GOOD["quantities"] * 2, "quantities[1].key", "sewage stands there twice"),
        ("defaults", ["size"], "defaults", "a table of names is needed"),
        ("defaults", {"size": 15}, "defaults", "texts are needed"),
        ("defaults", {15: "size"}, "defaults", "a table of names is needed"),
        ("numbers", {"days": "a"}, "numbers.days", f"'a': {NUMBER}"),
        ("numbers", {"days": 0.5}, "numbers.days", f"0.5: {NUMBER}"),
        ("numbers", {"days": True}, "numbers.days", f"True: {NUMBER}"),
        ("numbers", {"days": Decimal("NaN")}, "numbers.days", "NaN is beyond 12 digits"),
        ("numbers", {"days": Decimal("1E+13")}, "numbers.days", "1E+13 is beyond 12 digits"),
        (WATER, [], "charges[0]", "a table of names is needed"),
        (f"{WATER}.kind", "flat", "charges[0].kind", "'flat' is none of fixed, per_unit, tiered"),
        (f"{WATER}.kind", None, "charges[0].kind", "a text is needed"),
        (f"{WATER}.price", "1", "charges[0].price", "is not known; known are digits, key, kind"),
        (f"{WATER}.key", "a-b", "charges[0].key", "'a-b': a letter, then letters, digits and _"),
        (f"{WATER}.quantity", 5, "charges[0].quantity", "a text is needed"),
        (f"{WATER}.owner", "", "charges[0].owner", "a text is needed"),
        (f"{WATER}.names", {"en": 1}, "charges[0].names", "texts are needed"),
        (f"{WATER}.when", ["dry"], "charges[0].when", "a table of names is needed"),
        (f"{WATER}.when", {"season": "dry"}, "charges[0].when.season", "a list is needed"),
        (f"{WATER}.when", {"season": []}, "charges[0].when.season", "a list of texts is needed"),
        (f"{WATER}.period", "week", "charges[0].period", "'week' is none of bill, month, year"),
        (f"{WATER}.start_is", "last", "charges[0].start_is", "'last' is none of threshold, first"),
        (f"{WATER}.way", "up", "charges[0].way", "digits are needed too"),
        (f"{WATER}.starts", 5, "charges[0].starts", "a list is needed"),
        (f"{WATER}.starts", [], "charges[0].starts", "one figure at least is needed"),
        (f"{WATER}.starts", [5, 10], "charges[0].starts", "the first tier starts at 0, not 5"),
        (f"{WATER}.starts", ["a", 10], "charges[0].starts", "the first tier starts at 0, not a"),
        (f"{WATER}.starts", [1, 10], "charges[0].starts", "thresholds begin with 0, or the first"),
        (f"{WATER}.starts", [0, -1], "charges[0].starts", "-1 lies below 0"),
        (f"{WATER}.starts", [0, "x y"], "charges[0].starts[1]", "'x y' is no formula"),
        (f"{WATER}.starts", [0, "usage / 2"], "charges[0].starts", "a start cannot depend on"),
        (f"{WATER}.starts", _by([["15"], [0, 9, 5]]), "charges[0].starts (15)", "5 lies below 9"),
        (f"{WATER}.prices", [1], "charges[0].prices", "1 prices for 2 tiers"),
        (f"{WATER}.prices", _by([["15"], [1, 2]], [["20"], [1]]), "charges[0].prices (20)",
         "1 prices for 2 tiers"),
        (f"{WATER}.prices", ["1", 0.5], "charges[0].prices[1]", f"0.5: {NUMBER}"),
        (f"{METER}.amount", None, "charges[1].amount", f"None: {NUMBER}"),
        (f"{METER}.amount", 10**13, "charges[1].amount", "10000000000000 is beyond 12 digits"),
        (f"{METER}.amount", {"rows": []}, "charges[1].amount", "{'rows': []}: a decimal number"),
        (f"{METER}.amount", _by(), "charges[1].amount.rows", "one row at least is needed"),
        (f"{METER}.amount", _by(by=[]), "charges[1].amount.by", "a list of texts is needed"),
        (f"{METER}.amount", _by(by=["a", "a"]), "charges[1].amount.by", "a stands there twice"),
        (f"{METER}.amount", {"by": "size"}, "charges[1].amount.by", "a list is needed"),
        (f"{METER}.amount", {"by": ["size"]}, "charges[1].amount.rows", "a list is needed"),
        (f"{METER}.amount", {"by": ["size"], "else": 1}, "charges[1].amount.else", "is not known"),
        (f"{METER}.amount", _by("15"), "charges[1].amount.rows[0]", TABLE),
        (f"{METER}.amount", _by([["15"]]), "charges[1].amount.rows[0]", TABLE),
        (f"{METER}.amount", _by(["15", 1]), "charges[1].amount.rows[0]", "a list is needed"),
        (f"{METER}.amount", _by([[15], 1]), "charges[1].amount.rows[0]", "a list of texts is"),
        (f"{METER}.amount", _by([["15", "a"], 1]), "charges[1].amount.rows[0]", "1 labels are"),
        (f"{METER}.amount", _by([["15"], 1], [["15"], 2]), "charges[1].amount.rows[1]",
         "15 stands there twice"),
        (f"{METER}.amount", _by([["15"], "?"]), "charges[1].amount.rows[0]", "'?' is no formula"),
        (f"{METER}.per", "year", "charges[1].per", "'year' is none of bill, month, day"),
        (f"{METER}.key", "water", "charges[1].key", "water stands there twice"),
        (f"{USE}.quantity", None, "charges[2].quantity", "a text is needed"),
        (f"{TAX}.of", ["least"], "charges[3].of", "least is no charge that stands before"),
        (f"{TAX}.of", ["tax"], "charges[3].of", "tax is no charge that stands before"),
        (f"{TAX}.of", ["water", "water"], "charges[3].of", "water stands there twice"),
        (f"{TAX}.of", None, "charges[3].of", "a list is needed"),
        (f"{TAX}.included", "yes", "charges[3].included", "true or false is needed"),
        (f"{LEAST}.of", ["rain"], "charges[4].of", "rain is no charge that stands before"),
        (f"{LEAST}.per", 1, "charges[4].per", "1 is none of bill, month, day"),
    ],
)  # fmt: skip
def test_what_is_no_tariff_is_told_with_its_place(
    path: str, value: Any, where: str, what: str
) -> None:
    with pytest.raises(BadTariff) as refusal:
        read_tariff(_with(path, value))
    assert refusal.value.where == where
    assert refusal.value.what.startswith(what)
    assert str(refusal.value) == f"{where}: {refusal.value.what}"


@pytest.mark.parametrize("data", [[], None, "tariff", 5])
def test_what_is_no_table_is_no_tariff(data: Any) -> None:
    with pytest.raises(BadTariff, match="tariff: a table of names is needed"):
        read_tariff(data)


def test_what_is_contained_is_taken_from_one_owner() -> None:
    tariff = _with(f"{USE}.owner", "city")
    tariff["charges"][3] |= {"of": ["water", "use"], "owner": "tax office"}
    read_tariff(tariff)
    tariff["charges"][3]["included"] = True
    with pytest.raises(BadTariff) as refusal:
        read_tariff(tariff)
    said = "charges[3].of: what is contained has one owner, not city and company"
    assert str(refusal.value) == said


def test_tables_of_starts_and_prices_agree_where_the_same_bill_leads_to_both() -> None:
    starts = _by([["15"], [0, 9]], [["*"], [0, 9, 20]])
    prices = _by([["15"], [1, 2]], [["*"], [1, 2, 3]])
    tariff = _with(f"{WATER}.starts", starts)
    tariff["charges"][0]["prices"] = prices
    read_tariff(tariff)
    tariff["charges"][0]["prices"] = _by([["15"], [1, 2]], [["25"], [1, 2]], [["*"], [1, 2, 3]])
    with pytest.raises(BadTariff) as refusal:
        read_tariff(tariff)
    assert str(refusal.value) == "charges[0].prices (25): 2 prices for 3 tiers"


def test_tables_by_different_labels_agree_for_every_bill() -> None:
    tariff = _with(f"{WATER}.starts", _by([["hill"], [0, 9]], [["*"], [0, 9, 20]], by=["zone"]))
    tariff["charges"][0]["prices"] = _by([["15"], [1, 2]], [["20"], [1, 2, 3]])
    with pytest.raises(BadTariff) as refusal:
        read_tariff(tariff)
    assert str(refusal.value) == "charges[0].prices (20): 3 prices for 2 tiers"
