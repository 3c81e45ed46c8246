"""Power and gas beside water: what each promises, and that nothing of theirs is mixed up."""

from collections import Counter

import pytest

from qiao.core.packs import SHIPPED, Pack, load_pack, merge
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, PromiseSpec
from qiao.core.packs.segments import SegmentSpec

WATER, POWER, GAS = (load_pack(SHIPPED / key) for key in ("water", "power", "gas"))
MINUTE, HOUR = 60, 3600
# Characters that traditional Chinese writes otherwise.
SIMPLIFIED = frozenset("电气费账户员险压断线给过还这来时间门开关问题单业务为报说请们对让")


def promise(pack: Pack, case_type: str, key: str) -> PromiseSpec:
    return {item.key: item for item in pack.case_type(case_type).promises}[key]


def days(pack: Pack, count: int) -> int:
    return count * pack.calendar("office").day_seconds


def test_power_keeps_the_public_promises() -> None:
    for case_type in ("safety_hazard", "outage_area", "outage_household"):
        arrive = promise(POWER, case_type, "arrive")
        assert (arrive.targets["*"], arrive.calendar, arrive.public) == (
            45 * MINUTE,
            "always",
            True,
        )
        assert "90" in arrive.source.en
        assert "120" in arrive.source.en
    assert promise(POWER, "outage_area", "resolve").targets["*"] == 3 * HOUR
    assert promise(POWER, "outage_household", "resolve").targets["*"] == 4 * HOUR
    for case_type in ("power_service_complaint", "outage_complaint", "power_bill_complaint"):
        answer = promise(POWER, case_type, "answer")
        assert (answer.targets["*"], answer.public) == (days(POWER, 5), True)
    household = promise(POWER, "power_new_household", "answer")
    assert (household.targets["*"], household.public) == (days(POWER, 5), True)
    assert "7 days" in promise(POWER, "planned_outage", "answer").source.en
    assert promise(POWER, "power_reconnect", "resolve").targets["*"] == 24 * HOUR


def test_gas_is_on_site_within_the_hour_day_and_night() -> None:
    for case_type in ("gas_leak", "gas_poisoning"):
        arrive = promise(GAS, case_type, "arrive")
        assert (arrive.targets, arrive.calendar, arrive.public) == ({"*": HOUR}, "always", True)
        assert not arrive.windows
    for case_type in ("gas_indoor", "no_gas", "gas_alarm"):
        arrive = promise(GAS, case_type, "arrive")
        assert (arrive.targets["*"], arrive.targets["urgent"]) == (4 * HOUR, HOUR)
        assert arrive.public
    assert "48 h" in promise(GAS, "gas_planned_stop", "answer").source.en


@pytest.mark.parametrize("pack", [POWER, GAS], ids=lambda pack: pack.key)
def test_an_emergency_is_urgent_goes_out_at_once_and_says_first_what_saves_lives(
    pack: Pack,
) -> None:
    urgent = [item for item in pack.case_types if item.emergency]
    assert urgent
    for item in urgent:
        assert item.default_priority == "urgent"
        assert len(item.safety) >= 3
        assert promise(pack, item.key, "respond").targets == {"*": 5 * MINUTE}
        assert {key.calendar for key in item.promises if key.key == "arrive"} == {"always"}
        assert item.scripts
    phone = [queue for queue in pack.queues if "phone" in queue.channels]
    first = max(phone, key=lambda queue: queue.points)
    assert (first.key, first.answer_seconds, first.least_level) == ("emergency", 10, 0)


def test_gas_is_never_told_to_be_turned_on_without_a_person_present() -> None:
    leak = GAS.case_type("gas_leak")
    assert any("turns the gas on again" in words.en for words in leak.safety)
    words = {script.key: script.body for script in GAS.scripts}
    assert "with a person present" in words["gas_leak_safety"].en
    assert "有人在场" in words["gas_leak_safety"].zh_hans
    assert "gas stays shut" in words["no_gas_words"].en


def types() -> list[CaseType]:
    return [item for pack in (WATER, POWER, GAS) for item in pack.case_types]


def test_no_two_types_of_the_utilities_have_one_name() -> None:
    for language in ("en", "zh_hans", "zh_hant"):
        counts = Counter(getattr(item.name, language) for item in types())
        assert [name for name, count in counts.items() if count > 1] == []


def test_queues_and_ladders_of_the_utilities_can_be_told_apart() -> None:
    for items in ("queues", "ladders"):
        rows = [item for pack in (WATER, POWER, GAS) for item in getattr(pack, items)]
        counts = Counter(item.name.zh_hans for item in rows)
        assert [name for name, count in counts.items() if count > 1] == []


def test_a_kind_of_trouble_belongs_to_one_pack() -> None:
    owners: dict[str, set[str]] = {}
    for pack in (WATER, POWER, GAS):
        for item in pack.case_types:
            if item.alike:
                owners.setdefault(item.alike, set()).add(pack.key)
    assert all(len(packs) == 1 for packs in owners.values())


def test_numbers_that_customers_dial_are_one_lines_each() -> None:
    numbers = Counter(line.number for pack in (WATER, POWER, GAS) for line in pack.demo.lines)
    assert set(numbers.values()) == {1}


def test_a_customer_is_graded_by_the_rule_of_the_first_pack() -> None:
    versions = {
        order: set(merge([WATER, POWER, GAS][place:]).tier_rules)
        for place, order in enumerate(("water", "power", "gas"))
    }
    assert versions == {"water": {"water-2"}, "power": {"power-1"}, "gas": {"gas-1"}}


def test_segments_of_every_utility_agree_and_each_trade_has_its_own() -> None:
    def of(pack: Pack) -> dict[str, SegmentSpec]:
        return {item.key: item for item in pack.segments}

    shared = of(WATER).keys() & of(POWER).keys() & of(GAS).keys()
    assert shared == of(WATER).keys()
    assert "power_life_support" in of(POWER)
    assert "gas_living_alone" in of(GAS)


def test_all_that_is_enabled_stands_side_by_side() -> None:
    found = catalogue()
    assert {"water", "power", "gas"} <= set(found.services)
    assert {"water.no_water", "power.outage_area", "gas.gas_leak"} <= set(found.case_types)
    assert {"water.emergency", "power.emergency", "gas.emergency"} <= set(found.queues)
    assert found.duties["metering"].name.en == "Meters and reading"


@pytest.mark.parametrize("pack", ["power", "gas"])
def test_traditional_texts_are_written_in_traditional_characters(pack: str) -> None:
    wrong = []
    for path in sorted((SHIPPED / pack).rglob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for part in line.split('zh-Hant = "')[1:]:
                found = SIMPLIFIED & set(part.partition('"')[0])
                wrong += [f"{path.name}:{number}: {''.join(found)}"] if found else []
    for path in sorted((SHIPPED / pack).rglob("*.zh-Hant.md")):
        found = SIMPLIFIED & set(path.read_text(encoding="utf-8"))
        wrong += [f"{path.name}: {''.join(found)}"] if found else []
    assert wrong == []


@pytest.mark.parametrize("pack", ["power", "gas"])
def test_every_script_and_article_is_there_in_three_languages(pack: str) -> None:
    for folder in ("scripts", "articles"):
        paths = list((SHIPPED / pack / folder).glob("*.md"))
        keys = {path.name.split(".")[0] for path in paths}
        expected = {f"{key}.{lang}.md" for key in keys for lang in ("en", "zh-Hans", "zh-Hant")}
        assert {path.name for path in paths} == expected
        assert len(keys) >= 7
