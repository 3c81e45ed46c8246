"""Packs: what is shipped is sound, and what is broken is named by file and key, all at once."""

import csv
import shutil
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qiao.core.packs import (
    SHIPPED,
    Pack,
    PackInvalid,
    available_packs,
    load_pack,
    merge,
    qualified,
)
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.intake import IntakeRow, RowRefused, load_intake, read_rows
from qiao.core.packs.model_keys import GROUPS, PRIORITIES
from qiao.core.rules.conditions import (
    ConditionInvalid,
    condition_data,
    holds,
    parse_condition,
    sample_facts,
)
from qiao.core.rules.texts import Text

WATER = load_pack(SHIPPED / "water")
CITY = load_pack(SHIPPED / "nyc311")
HOUR = 3600


@pytest.fixture
def water(tmp_path: Path) -> Path:
    """A copy of the water pack to break."""
    return Path(shutil.copytree(SHIPPED / "water", tmp_path / "water"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(PackInvalid) as caught:
        load_pack(folder)
    return [str(problem) for problem in caught.value.problems]


def test_every_shipped_pack_loads() -> None:
    assert set(available_packs(SHIPPED)) == {"water", "power", "gas", "nyc311"}
    assert list(catalogue().packs) == ["water", "power", "gas", "nyc311"]


def test_water_keeps_the_public_promises() -> None:
    def seconds(case_type: str, promise: str, priority: str = "*") -> int:
        found = {item.key: item for item in WATER.case_type(case_type).promises}[promise]
        return found.targets[priority]

    burst = {item.key: item for item in WATER.case_type("burst_main").promises}["arrive"]
    assert burst.targets["*"] == HOUR
    assert burst.windows[0].targets["*"] == 90 * 60
    assert (burst.windows[0].start, burst.windows[0].end) == ("22:00", "06:00")
    assert seconds("small_leak", "resolve") == 24 * HOUR
    assert seconds("water_quality", "arrive") == 2 * HOUR
    office_day = WATER.calendar("office").day_seconds
    assert office_day == 7 * HOUR + 1800
    assert seconds("bill_query", "answer") == 2 * office_day
    assert seconds("resume_supply", "resolve") == 12 * HOUR


def test_water_has_every_group_and_an_emergency_speaks_of_safety() -> None:
    assert {item.group for item in WATER.case_types} == set(GROUPS)
    assert len(WATER.case_types) >= 18
    emergencies = [item for item in WATER.case_types if item.emergency]
    assert emergencies
    assert all(item.safety and item.default_priority == "urgent" for item in emergencies)


def test_the_demo_hints_of_water_are_believable() -> None:
    channels = WATER.demo.channels
    assert 0.94 <= channels["phone"] / sum(channels.values()) <= 0.96
    types = WATER.demo.types
    of_customers = [item for item in WATER.case_types if item.group != "internal"]
    assert set(types) == {item.key for item in of_customers}
    groups: Counter[str] = Counter()
    for item in of_customers:
        groups[item.group] += types[item.key]
    assert 0.02 <= groups["complaint"] / sum(types.values()) <= 0.05


def test_chinese_texts_are_chinese_and_both_scripts_differ_where_they_must() -> None:
    names = [item.name for item in WATER.case_types]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in name.zh_hans) for name in names)
    simplified_only = set("业务户单账费员办结报压质设备这样时处发关门问题")
    for name in names:
        assert not simplified_only & set(name.zh_hant), name


def test_all_errors_come_at_once_with_file_and_key(water: Path) -> None:
    edit(water, "case_types.toml", 'default_priority = "urgent"', 'default_priority = "at once"')
    edit(water, "case_types.toml", 'process = "complaint"', 'process = "complain"')
    edit(water, "calendars.toml", '"08:30-12:00"', '"8:30-12"')
    edit(water, "tiers.toml", 'colour = "tier-b"', 'colour = "gold"')
    edit(water, "terms.toml", ', zh-Hant = "水務公司"', "")
    edit(water, "queues.toml", 'skill = "billing"', 'skill = "bills"')
    edit(water, "demo.toml", "burst_main = 70", "burst_mains = 70")
    found = "\n".join(problems(water))
    for expected in (
        "case_types.toml: case_type[burst_main].default_priority: expected one of urgent",
        "case_types.toml: case_type[service_complaint].process: expected one of complaint",
        "calendars.toml: calendar[office].week.mon[0]: expected a span such as 08:30-12:00",
        "tiers.toml: tier[1].colour: expected one of tier-a",
        "terms.toml: company.zh-Hant: expected a text, found None",
        "queues.toml: queue[billing].skill: expected one of billing",
        "demo.toml: types: expected one of arrears_enquiry",
    ):
        assert expected in found


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("case_types.toml", 'targets = {"*" = "5min"}', 'targets = {"*" = "soon"}', "a duration"),
        ("case_types.toml", 'targets = {"*" = "5min"}', "targets = {}", "at least one priority"),
        ("case_types.toml", 'targets = {"*" = "5min"}', 'targets = {max = "1h"}', "targets.max"),
        ("case_types.toml", 'key = "respond", calendar = "always"', 'key = "x"', "calendar"),
        ("case_types.toml", 'key = "flow"', 'key = "place"', "found 2"),
        ("case_types.toml", 'kind = "choice"', 'kind = "text"', "expected none for kind text"),
        ("case_types.toml", 'kind = "bool"', 'kind = "choice"', "at least two"),
        ("case_types.toml", 'op = "eq"', 'op = "is"', "'op' expects one of"),
        ("case_types.toml", 'field = "leak_at"', 'field = "leak"', "another field of this form"),
        ("case_types.toml", 'icon = "droplets"', 'icons = "x"', "unknown key"),
        ("case_types.toml", "needs_follow_up = true", 'needs_follow_up = "yes"', "true or false"),
        ("case_types.toml", 'key = "small_leak"', 'key = "burst_main"', "found 2"),
        ("case_types.toml", 'from = "22:00"', 'from = "10pm"', "a time such as 22:00"),
        ("case_types.toml", 'scripts = ["burst_safety"]', 'scripts = ["x"]', "found 'x'"),
        ("calendars.toml", "round_the_clock = true", "round_the_clock = false", "no working time"),
        ("calendars.toml", '"13:30-17:30"', '"11:30-17:30"', "begins before 12:00"),
        ("calendars.toml", 'zone = "Asia/Shanghai"', 'zone = "Asia/Linjiang"', "time zone"),
        ("demo.toml", "weekly = [122, ", "weekly = [", "expected 7 whole numbers"),
        ("queues.toml", "share_percent = 95", "share_percent = 195", "at most 100"),
        ("pack.toml", 'key = "water"\nversion', 'key = "Water!"\nversion', "small letters"),
        ("pack.toml", 'medium = "phone"', 'medium = "pigeon"', "found 'pigeon'"),
        ("pack.toml", "version = 1", 'version = "one"', "a whole number"),
        ("pack.toml", "[pack]", "[pack", "cannot be read"),
        ("tiers.toml", "rank = 2", "rank = 1", "one tier of rank 1"),
    ],
)
def test_each_kind_of_error_is_told(water: Path, name: str, old: str, new: str, told: str) -> None:
    edit(water, name, old, new)
    assert any(line.startswith(name) and told in line for line in problems(water))


def test_strange_and_missing_files_are_told(water: Path) -> None:
    (water / "casetypes.toml").write_text("", encoding="utf-8")
    (water / "scripts" / "greeting.zh-Hant.md").unlink()
    (water / "scripts" / "meter_test.en.md").write_text("no title\n", encoding="utf-8")
    found = "\n".join(problems(water))
    assert "casetypes.toml: : unknown file" in found
    assert "scripts/greeting.zh-Hant.md: : missing; expected in each language" in found
    assert "scripts/meter_test.en.md: : expected a first line '# Title'" in found
    with pytest.raises(PackInvalid):
        load_pack(water.parent)


def test_packs_stand_side_by_side_under_qualified_keys() -> None:
    catalogue = merge([WATER, CITY])
    assert catalogue.case_types["water.small_leak"].process == "water.field_repair"
    assert catalogue.case_types["nyc311.rodent"].promises[0].calendar == "nyc311.always"
    assert {"water.always", "nyc311.always"} <= set(catalogue.calendars)
    helpers = [each.queue for each in catalogue.queues["water.repair"].overflow]
    assert helpers == ["water.billing", "water.business"]
    assert set(catalogue.services) == {"water", "city"}
    assert catalogue.channels["phone"].name.zh_hant == "電話"


def test_qualified_processes_need_nothing_of_their_pack() -> None:
    request = next(item for item in qualified(WATER).processes if item.key == "water.request")
    steps = {item["key"]: item for item in request.data["step"]}
    limits = [item for item in steps.values() if "time_limit" in item]
    assert all(item["calendar"].startswith("water.") for item in limits)
    assert steps["handle_request"]["time_limit"] == f"{2 * (7 * HOUR + 1800)}s"


def test_two_meanings_of_one_shared_key_are_a_conflict() -> None:
    other = Text("Line", "热线", "熱線")
    channels = tuple(
        replace(item, name=other) if item.key == "phone" else item for item in CITY.channels
    )
    with pytest.raises(PackInvalid) as caught:
        merge([WATER, replace(CITY, channels=channels)])
    told = "channel[phone]: expected the same channel as in pack water, found another"
    assert str(caught.value) == f"nyc311/pack.toml: {told}"
    with pytest.raises(PackInvalid):
        merge([WATER, WATER])


def test_a_text_answers_in_the_language_asked() -> None:
    text = Text("Leak", "漏水了", "漏水喇")
    codes = ("en-gb", "fr", "zh-hans", "zh_CN", "zh-tw", "zh-Hant")
    found = [text.in_language(code) for code in codes]
    assert found == ["Leak", "Leak", "漏水了", "漏水了", "漏水喇", "漏水喇"]
    assert text.data() == {"en": "Leak", "zh-Hans": "漏水了", "zh-Hant": "漏水喇"}


def test_every_priority_of_every_type_is_owed_what_the_pack_says() -> None:
    for pack in (WATER, CITY):
        for case_type in pack.case_types:
            assert case_type.promises, case_type.key
            for promise in case_type.promises:
                for priority in PRIORITIES:
                    seconds = promise.targets.get(priority, promise.targets.get("*", 0))
                    assert seconds > 0, (case_type.key, promise.key, priority)
                assert promise.source


def test_the_sample_log_is_read_row_by_row_in_order_of_opening() -> None:
    mapping = load_intake(SHIPPED / "nyc311" / "intake.toml")
    rows = list(read_rows(mapping, SHIPPED / "nyc311" / "sample.csv"))
    assert len(rows) == 60
    taken = [row for row in rows if isinstance(row, IntakeRow)]
    assert len(taken) == 60
    assert [row.opened_at for row in taken] == sorted(row.opened_at for row in taken)
    types = {item.key for item in qualified(CITY).case_types}
    assert {row.type_key for row in taken} <= types
    assert {row.area for row in taken} <= {area.key for area in mapping.areas.values()}
    closed = [row for row in taken if row.phase == "closed"]
    assert closed
    assert all(row.closed_at and row.result for row in closed)
    assert all(
        set(row.facts) <= {field.key for field in CITY.case_types[0].fields} for row in taken
    )


def test_summer_time_of_new_york_is_counted(tmp_path: Path) -> None:
    mapping = load_intake(SHIPPED / "nyc311" / "intake.toml")
    file = _log(tmp_path, {"Created Date": "07/04/2026 09:00:00 PM"})
    row = next(read_rows(mapping, file))
    assert isinstance(row, IntakeRow)
    assert row.opened_at == datetime(2026, 7, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Created Date": "yesterday"}, "expected a moment written as %m/%d/%Y"),
        ({"Created Date": ""}, "a moment of opening"),
        ({"Status": "Asleep"}, "Status: found 'Asleep', expected one of Open"),
        (
            {"Closed Date": "03/01/2020 01:00:00 AM"},
            "Closed Date: found '03/01/2020 01:00:00 AM', expected not before",
        ),
        ({"Borough": "NEW JERSEY"}, "Borough: found 'NEW JERSEY', expected one of MANHATTAN"),
        ({"Latitude": "north"}, "Latitude: found 'north', expected a number"),
        ({"Unique Key": " "}, "the key of the request"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(
    tmp_path: Path, change: dict[str, str], told: str
) -> None:
    mapping = load_intake(SHIPPED / "nyc311" / "intake.toml")
    row = next(read_rows(mapping, _log(tmp_path, change)))
    assert isinstance(row, RowRefused)
    assert row.line == 2
    assert told in row.reason


def test_an_unknown_complaint_becomes_the_default_type(tmp_path: Path) -> None:
    mapping = load_intake(SHIPPED / "nyc311" / "intake.toml")
    row = next(read_rows(mapping, _log(tmp_path, {"Complaint Type": "Ghosts"})))
    assert isinstance(row, IntakeRow)
    assert (row.type_key, row.type_name) == ("nyc311.other_request", "Ghosts")


def test_a_log_without_a_mapped_column_is_refused_as_a_whole(tmp_path: Path) -> None:
    mapping = load_intake(SHIPPED / "nyc311" / "intake.toml")
    file = tmp_path / "log.csv"
    file.write_text("Unique Key,Created Date\n1,2\n", encoding="utf-8")
    with pytest.raises(PackInvalid, match="Complaint Type: column missing"):
        list(read_rows(mapping, file))


def test_errors_of_a_mapping_are_told_by_key(tmp_path: Path) -> None:
    text = (SHIPPED / "nyc311" / "intake.toml").read_text(encoding="utf-8")
    broken = text.replace('"Closed" = "closed"', '"Closed" = "shut"').replace(
        'id = "Unique Key"', 'identity = "Unique Key"'
    )
    file = tmp_path / "intake.toml"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(PackInvalid) as caught:
        load_intake(file)
    told = str(caught.value)
    assert "intake.toml: status.Closed: expected one of intake" in told
    assert "intake.toml: columns.identity: expected one of id" in told
    assert "intake.toml: columns.id: missing" in told
    with pytest.raises(PackInvalid):
        load_intake(tmp_path / "absent.toml")


def _log(folder: Path, change: dict[str, str]) -> Path:
    """The first row of the sample with some cells changed."""
    with (SHIPPED / "nyc311" / "sample.csv").open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream)) | {"Closed Date": ""}
    file = folder / "log.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row | change)
    return file


@pytest.mark.parametrize(
    ("source", "facts", "expected"),
    [
        ('{field = "a", op = "eq", value = 1}', {"a": 1}, True),
        ('{field = "a", op = "eq", value = 1}', {"a": True}, False),
        ('{field = "a", op = "ne", value = 1}', {}, True),
        ('{field = "a", op = "in", value = [1, 2]}', {"a": 2}, True),
        ('{field = "a", op = "not_in", value = [1, 2]}', {"a": 2}, False),
        ('{field = "a", op = "gt", value = 1}', {"a": "x"}, False),
        ('{field = "a", op = "ge", value = 1}', {"a": 1}, True),
        ('{field = "a", op = "lt", value = "2026-02"}', {"a": "2026-01"}, True),
        ('{field = "a", op = "le", value = 1}', {}, False),
        ('{field = "a", op = "given"}', {"a": 0}, True),
        ('{field = "a", op = "given"}', {"a": "  "}, False),
        ('{field = "a", op = "empty"}', {"a": []}, True),
        ('{field = "a", op = "contains", value = "x"}', {"a": ["x", "y"]}, True),
        ('{field = "a", op = "contains", value = "x"}', {"a": "axe"}, True),
        ('{not = {field = "a", op = "given"}}', {}, True),
        ('{all = [{field = "a", op = "given"}, {field = "b", op = "given"}]}', {"a": 1}, False),
        ('{any = [{field = "a", op = "given"}, {field = "b", op = "given"}]}', {"a": 1}, True),
    ],
)
def test_conditions_hold_as_written_and_survive_storage(
    source: str, facts: dict[str, object], expected: bool
) -> None:
    condition = parse_condition(tomllib.loads(f"when = {source}")["when"])
    assert holds(condition, facts) is expected
    assert parse_condition(condition_data(condition)) == condition


@pytest.mark.parametrize(
    "data",
    [
        "a",
        {},
        {"field": "a", "op": "like", "value": 1},
        {"field": "a", "op": "eq"},
        {"field": "a", "op": "in", "value": 1},
        {"field": "a", "op": "eq", "value": 1, "colour": "red"},
        {"all": []},
        {"all": [{"field": "a", "op": "given"}], "any": []},
    ],
)
def test_malformed_conditions_are_refused(data: object) -> None:
    with pytest.raises(ConditionInvalid):
        parse_condition(data)


def test_sampled_facts_reach_both_outcomes_of_a_condition() -> None:
    condition = parse_condition(
        {
            "all": [
                {"field": "n", "op": "ge", "value": 2},
                {"not": {"field": "s", "op": "contains", "value": "x"}},
                {"field": "b", "op": "eq", "value": True},
                {"field": "l", "op": "in", "value": ["p", "q"]},
                {"field": "g", "op": "given"},
            ]
        }
    )
    outcomes = {holds(condition, facts) for facts in sample_facts([condition])}
    assert outcomes == {True, False}


def test_a_pack_says_what_it_lacks() -> None:
    with pytest.raises(KeyError):
        WATER.case_type("flood")
    with pytest.raises(KeyError):
        WATER.calendar("lunar")
    assert isinstance(CITY, Pack)
