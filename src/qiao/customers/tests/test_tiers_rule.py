"""The rule that grades: read with its faults named, and the same in Python and in SQL."""

import shutil
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.packs import SHIPPED, PackInvalid, PackProblem, load_pack
from qiao.core.packs.reading import Table
from qiao.core.packs.tier_rules import (
    Band,
    TierGrade,
    TierInput,
    TierRuleSpec,
    read_tier_rule,
)
from qiao.core.rules.conditions import AllOf, AnyOf, Condition, Not, Test
from qiao.core.rules.texts import Text
from qiao.customers.operations import NewFact, note_facts
from qiao.customers.queries.grading import grades_of_all, moments
from qiao.customers.rules.tiers import (
    KnownFact,
    figures_of,
    grade,
    months_before,
    reason_of,
    whole_years,
)
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company

WATER = load_pack(SHIPPED / "water").tier_rules[0]
CHINA = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
WORD = Text("x {n}", "x {n}", "x {n}")
GOOD = {"tenure": 9, "value": 45_600, "contacts": 2, "satisfaction": 360, "complaints": 0}


@pytest.fixture
def world(db: None) -> Company:
    return make_company()


def test_the_water_rule_grades_as_it_reads() -> None:
    def letter(**changes: int | None) -> str:
        return grade(WATER, {**GOOD, **changes}).letter

    assert letter() == "A"
    assert letter(complaints=1) == "B"
    assert letter(complaints=3) == "D"
    assert letter(complaints=1, satisfaction=150) == "D"
    assert letter(tenure=None, value=None, contacts=0, satisfaction=None) == "C"


def test_a_reason_says_the_figures_that_decided_in_three_languages() -> None:
    assert reason_of(WATER, GOOD, "zh-hans") == (
        "在户 9 年；满意度均值 3.60；近 12 个月用水 456 元"
    )
    assert reason_of(WATER, {**GOOD, "complaints": 3}, "zh-hans") == "24 个月内投诉 3 次"
    assert reason_of(WATER, {**GOOD, "complaints": 3}, "zh-hant") == "24 個月內投訴 3 次"
    assert reason_of(WATER, {**GOOD, "complaints": 3}, "en") == "complaints in 24 months: 3"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('letter = "D"', 'letter = "E"', "rule.grade.letter: expected one of A, B, C, D"),
        ('measure = "years"', 'measure = "ages"', "measure: expected one of count, sum"),
        ('kind = "visit"', 'kind = "walk"', "kind: expected one of visit, value"),
        ("{from = 6, points = 0}", "{from = 1, points = 0}", "bands: expected rising values"),
        ("{from = 6, points = 0}", '{from = 6, points = "x"}', "points: expected a whole number"),
        ("valid_from = 2024-01-01", 'valid_from = "soon"', "valid_from: expected a date"),
        ('field = "complaints", op = "eq"', 'field = "moans", op = "eq"', "found 'moans'"),
        ('op = "eq", value = 0', 'op = "contains", value = 0', "grade[1].when: expected one of"),
        ("at_least = 36\n", "", "expected 'at_least' or 'when' in all grades but the last"),
        (
            'says = {en = "contacts in {months} months: {n}"',
            'says = {en = "contacts"',
            "says.en: expected {n}",
        ),
        ('version = "water-2"', 'version = "water-2"\nvery = 1', "very: unknown key"),
    ],
)
def test_a_broken_rule_is_named_by_file_and_key(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    pack = Path(shutil.copytree(SHIPPED / "water", tmp_path / "water"))
    file = pack / "tier_rules.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackInvalid) as caught:
        load_pack(pack)
    assert any(
        "tier_rules.toml" in str(problem) and told in str(problem)
        for problem in caught.value.problems
    ), caught.value


@given(
    first=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    years=st.integers(0, 40),
    short=st.integers(1, 300),
)
def test_a_year_is_whole_on_its_day_and_not_before(first: date, years: int, short: int) -> None:
    if (first.month, first.day) != (2, 29):
        day = first.replace(year=first.year + years)
        assert whole_years(first, day) == years
        assert years == 0 or whole_years(first, day - timedelta(days=1)) == years - 1
    assert whole_years(first, first + timedelta(days=short)) in {0, 1}


@given(days=st.integers(0, 9_000), minutes=st.integers(0, 1_439), months=st.integers(1, 60))
def test_a_window_begins_on_the_same_day_of_its_month(
    days: int, minutes: int, months: int
) -> None:
    at = datetime(2010, 1, 1, tzinfo=CHINA) + timedelta(days=days, minutes=minutes)
    since = months_before(at, months, CHINA)
    assert (at.year * 12 + at.month) - (since.year * 12 + since.month) == months
    assert since.day == at.day or (since + timedelta(days=1)).day == 1
    assert (since.hour, since.minute) == (at.hour, at.minute)


# Rules at random, and facts at random to try them on.
numbers = st.integers(-3, 40)
inputs = st.builds(
    TierInput,
    key=st.just("k"),
    kind=st.sampled_from(["visit", "value", "satisfaction", "complaint", "account"]),
    measure=st.sampled_from(["count", "sum", "mean", "years"]),
    months=st.sampled_from([0, 1, 12, 24]),
    name=st.just(WORD),
    says=st.just(WORD),
    bands=st.lists(st.tuples(numbers, st.integers(-20, 40)), min_size=1, max_size=4).map(
        lambda rows: tuple(Band(*row) for row in sorted(dict(rows).items()))
    ),
    missing=st.integers(-5, 5),
)


def _conditions(keys: list[str]) -> st.SearchStrategy[Condition]:
    tests: st.SearchStrategy[Condition] = st.builds(
        Test,
        field=st.sampled_from(keys),
        op=st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le", "given", "empty"]),
        value=numbers,
    )
    return st.recursive(
        tests,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=4,
    )


@st.composite
def rules(draw: st.DrawFn) -> TierRuleSpec:
    drawn = draw(st.lists(inputs, min_size=1, max_size=5))
    named = tuple(
        TierInput(f"k{place}", *(getattr(item, name) for name in TierInput.__slots__[1:]))
        for place, item in enumerate(drawn)
    )
    grades = draw(
        st.lists(
            st.builds(
                TierGrade,
                letter=st.sampled_from("ABCD"),
                at_least=st.integers(-20, 60),
                when=st.none() | _conditions([item.key for item in named]),
            ),
            max_size=3,
        )
    )
    text = Text("x", "x", "x")
    return TierRuleSpec("t", date(2020, 1, 1), text, named, (*grades, TierGrade("C")))


def _amount(kind: str, drawn: int) -> int:
    return drawn if kind == "value" else drawn % 4 + 1 if kind == "satisfaction" else 1


@st.composite
def some_facts(draw: st.DrawFn) -> list[tuple[int, KnownFact]]:
    """Facts of three customers, by their place."""
    found = []
    for _number in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(["visit", "value", "satisfaction", "complaint", "account"]))
        amount = _amount(kind, draw(st.integers(-50, 4_000)))
        days = draw(st.integers(-5, 1_200))
        moment = AT - timedelta(days=days, minutes=draw(st.integers(0, 1_440)))
        found.append((draw(st.integers(0, 2)), KnownFact(kind, amount, moment)))
    return found


def _in_sql(rule: TierRuleSpec, at: datetime) -> Mapping[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({grades_of_all(rule)}) g",
            moments(rule, at),
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules(), facts=some_facts())
def test_the_rule_says_the_same_in_sql_as_in_python(
    world: Company, rule: TierRuleSpec, facts: list[tuple[int, KnownFact]]
) -> None:
    with transaction.atomic():
        people = [make_customer(world.agent).pk for _number in range(3)]
        note_facts(
            facts=[
                NewFact(people[who], f.kind, f.occurred_at, "test", str(place), f.amount)
                for place, (who, f) in enumerate(facts)
            ],
            now=AT,
        )
        found = _in_sql(rule, AT)
        for who, pk in enumerate(people):
            own = [fact for owner, fact in facts if owner == who]
            expected = grade(rule, figures_of(rule, own, at=AT, zone=CHINA))
            if not any(fact.occurred_at <= AT for fact in own):
                assert pk not in found
                continue
            *figures, points, letter = found[pk]
            assert figures == [part.figure for part in expected.parts]
            assert (letter, points) == (expected.letter, expected.points)
        transaction.set_rollback(True)


def test_the_hospital_of_the_manual_grades_its_patients() -> None:
    manual = (Path(__file__).parents[4] / "docs" / "tier-rules.md").read_text(encoding="utf-8")
    data = tomllib.loads(manual.split("```toml\n")[1].split("```")[0])
    problems: list[PackProblem] = []
    table = Table(data["rule"][0], file="tier_rules.toml", place="rule", problems=problems)
    rule = read_tier_rule(table)
    assert problems == []
    assert grade(rule, {"visits": 14, "satisfaction": 380, "complaints": 0}).letter == "A"
    assert grade(rule, {"visits": 14, "satisfaction": 380, "complaints": 1}).letter == "D"
    assert grade(rule, {"visits": 0, "satisfaction": None, "complaints": 0}).letter == "C"
