"""What tariffs ask of a customer, and what registers count instead."""

from qiao.billing.queries.pack_tariffs import load_tariffs
from qiao.billing.rules.tariffs.asked import TermFault, asks_of, quantities_of, read_terms
from qiao.core.packs import SHIPPED


def test_what_registers_count_is_no_term() -> None:
    (two_part,) = [each for each in load_tariffs(SHIPPED / "power") if each.key == "two_part"]
    tariff = two_part.versions[-1].tariff
    assert quantities_of(tariff) == {"usage", "peak_kwh", "valley_kwh"}
    asks = asks_of(tariff, two_part.inputs)
    assert [each.name for each in asks] == ["basis", "capacity_kva", "demand_kw", "power_factor"]
    assert asks[0].values == ("capacity", "demand")
    said, faults = read_terms(asks, {"basis": "power", "peak_kwh": "3", "demand_kw": "-1"})
    assert faults == [
        TermFault("basis", "unknown", "power", "capacity, demand"),
        TermFault("capacity_kva", "missing"),
        TermFault("demand_kw", "no_number", "-1"),
        TermFault("peak_kwh", "not_asked", "3"),
    ]
    assert said.numbers == {}


def test_a_number_has_one_form_however_it_was_typed() -> None:
    (water,) = [each for each in load_tariffs(SHIPPED / "water") if each.key == "household"]
    asks = asks_of(water.versions[-1].tariff, water.inputs)
    for typed, kept in (("05", "5"), ("5.0", "5"), ("10", "10"), ("5.25", "5.25")):
        said, faults = read_terms(asks, {"people": typed})
        assert (said.numbers, faults) == ({"people": kept}, [])
