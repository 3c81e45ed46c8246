"""Rules of forms: what is shown, what must be given, and what a value must hold."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.rules.case_forms import raised_by
from qiao.cases.rules.form_rules import counted, hidden_keys, is_needed, needed_keys
from qiao.cases.rules.process import State, advance, offers
from qiao.cases.rules.process_refusals import MissingFields
from qiao.cases.rules.values import BadFact, check_facts
from qiao.cases.tests.process_walks import EVERYBODY, PERMIT
from qiao.core.packs.checks import check_fields
from qiao.core.packs.field_data import field_data
from qiao.core.packs.model import Choice, Field, PriorityRule
from qiao.core.packs.model_keys import PRIORITIES
from qiao.core.packs.reading import PackProblem, Table
from qiao.core.packs.sections import read_field
from qiao.core.rules.conditions import parse_condition
from qiao.core.rules.texts import Text

NAME = Text("Name", "名称", "名稱")
NAMES = {"en": "Name", "zh-Hans": "名称", "zh-Hant": "名稱"}
NEW_YEAR = "2026-01-01"
TODAY = dt.date(2026, 11, 20)
BROKEN_DATA = {"field": "broken", "op": "eq", "value": True}
BROKEN = parse_condition(BROKEN_DATA)


def field(kind: str, key: str = "x", **more: Any) -> Field:
    return Field(key, NAME, kind, **more)


def kept(one: Field, value: Any, **beside: Any) -> Any:
    fields = [one, *(field("date", key) for key in beside)]
    found = check_facts(fields, {one.key: value, **beside}, complete=False, today=TODAY)
    return found[one.key]


@pytest.mark.parametrize(
    ("one", "bad", "good", "code", "bound"),
    [
        (field("number", least=1), "0.5", "1", "least", "1"),
        (field("money", most=500), "501", "500", "most", "500"),
        (field("number", decimals=1), "2.25", "2.5", "decimals", "1"),
        (field("text", shortest=3), "ab", "abc", "shortest", "3"),
        (field("long", longest=3), "abcd", "abc", "longest", "3"),
        (field("text", pattern="[A-Z]+", example="AB"), "20345", "B", "pattern", "AB"),
        (field("date", not_future=True), "2026-11-21", "2026-11-20", "not_future", ""),
        (field("date", not_before=NEW_YEAR), "2025-12-31", NEW_YEAR, "not_before", NEW_YEAR),
    ],
)  # fmt: skip
def test_a_value_beyond_its_check_is_refused_with_the_limit(
    one: Field, bad: str, good: str, code: str, bound: str
) -> None:
    with pytest.raises(BadFact) as refused:
        kept(one, bad)
    assert (refused.value.field, refused.value.code, refused.value.bound) == ("x", code, bound)
    assert kept(one, good) is not None


def test_a_date_is_held_against_another_date_of_the_form() -> None:
    until = field("datetime", not_before="since")
    assert kept(until, "2026-11-05T10:00", since="2026-11-05")
    with pytest.raises(BadFact) as refused:
        kept(until, "2026-11-04T23:00", since="2026-11-05")
    assert refused.value.bound == "2026-11-05"
    assert kept(until, "2026-11-04T23:00")


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_a_number_is_kept_if_and_only_if_it_lies_between(low: int, high: int, value: int) -> None:
    one = field("number", least=low, most=high)
    fits = low <= value <= high
    try:
        assert kept(one, str(value)) == value
        assert fits
    except BadFact:
        assert not fits


def test_a_field_is_required_only_when_its_condition_holds_and_it_is_shown() -> None:
    photo = field("text", "photo", required_when=BROKEN)
    seen = parse_condition({"field": "seen", "op": "given"})
    both = field("text", "photo", required_when=BROKEN, show_when=seen)
    assert needed_keys([photo], {"broken": True}) == ("photo",)
    assert not is_needed(photo, {"broken": False})
    assert not is_needed(both, {"broken": True})
    with pytest.raises(BadFact):
        check_facts([field("bool", "broken"), photo], {"broken": True}, complete=True)
    check_facts([field("bool", "broken"), photo], {"broken": False}, complete=True)


def test_what_a_condition_hides_is_neither_kept_nor_asked_for() -> None:
    shown = field("text", "photo", show_when=BROKEN)
    fields = [field("bool", "broken"), shown]
    typed = {"broken": False, "photo": "x"}
    assert check_facts(fields, typed, complete=False) == {"broken": False}
    assert hidden_keys(fields, {"broken": False}) == {"photo"}


def test_the_engine_asks_for_no_field_that_is_hidden_and_for_those_that_became_required() -> None:
    about: dict[str, Any] = {"facts": {}, "roles": EVERYBODY}
    state = State(PERMIT.key, PERMIT.version, "desk")
    hidden = [field("number", "area_m2", show_when=BROKEN)]
    move = advance(PERMIT, state, "take", given={}, fields=hidden, **about)
    assert move.passages[0].action == "take"
    assert offers(PERMIT, "desk", fields=hidden, **about)[0].missing == ()
    with pytest.raises(MissingFields):
        advance(PERMIT, state, "take", given={}, **about)


def read(**more: Any) -> tuple[Field, list[str]]:
    problems: list[PackProblem] = []
    table = Table({"key": "x", "label": NAMES, **more}, file="f", place="", problems=problems)
    found = read_field(table)
    problems += check_fields((found,), "f", "")
    return found, [str(each) for each in problems]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"kind": "text", "least": 1}, "least"),
        ({"kind": "number", "least": 5, "most": 1}, "most"),
        ({"kind": "number", "pattern": "a"}, "pattern"),
        ({"kind": "text", "pattern": "(", "example": "a"}, "pattern"),
        ({"kind": "text", "pattern": "[0-9]", "example": "a"}, "example"),
        ({"kind": "text", "pattern": "[0-9]"}, "example"),
        ({"kind": "text", "not_future": True}, "not_future"),
        ({"kind": "date", "not_before": "soon"}, "not_before"),
        ({"kind": "text", "shortest": 5, "longest": 2}, "longest"),
        ({"kind": "text", "required_when": {"field": "y", "op": "given"}}, "required_when"),
    ],
)
def test_a_pack_whose_checks_make_no_sense_is_refused_with_the_key(
    more: dict[str, Any], told: str
) -> None:
    _field, problems = read(**more)
    assert any(told in each for each in problems)


def test_a_pack_with_checks_is_read_as_it_is_written() -> None:
    found, problems = read(kind="text", pattern=r"\d{3}", example="123", shortest=3, longest=3)
    assert problems == []
    assert (found.pattern, found.example, found.shortest) == (r"\d{3}", "123", 3)


CHAIN = tuple(
    field("choice", key, show_when=parse_condition(shown) if shown else None)
    for key, shown in (
        ("a", None),
        ("b", {"field": "a", "op": "eq", "value": "1"}),
        ("c", {"field": "b", "op": "given"}),
        ("d", {"not": {"field": "c", "op": "given"}}),
    )
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["0", "1"])))
def test_what_counts_belongs_to_fields_that_are_shown_by_what_counts(
    facts: dict[str, str],
) -> None:
    found = counted(CHAIN, facts)
    assert found.items() <= facts.items()
    assert not hidden_keys(CHAIN, found) & found.keys()
    assert counted(CHAIN, found) == found


def test_a_hidden_field_takes_along_what_hangs_on_it() -> None:
    assert counted(CHAIN, {"a": "0", "b": "1", "c": "1"}) == {"a": "0"}


@given(
    st.lists(st.tuples(st.sampled_from(PRIORITIES), st.booleans()), max_size=5),
    st.sampled_from(PRIORITIES),
)
def test_the_most_urgent_rule_that_holds_raises_and_none_ever_lowers(
    held: list[tuple[str, bool]], usual: str
) -> None:
    rules = [
        PriorityRule(
            f"r{n}", NAME, priority, BROKEN if holds else parse_condition({"not": BROKEN_DATA})
        )
        for n, (priority, holds) in enumerate(held)
    ]
    found = raised_by(rules, {"broken": True}, usual)
    true = [priority for priority, holds in held if holds]
    best = min((PRIORITIES.index(each) for each in true), default=9)
    if best < PRIORITIES.index(usual):
        assert found is not None
        assert found.priority == PRIORITIES[best]
    else:
        assert found is None


@given(st.data())
def test_a_field_is_read_back_as_it_was_written_down(data: Any) -> None:
    kind = data.draw(st.sampled_from(["text", "number", "date", "choice", "bool"]))
    more: dict[str, Any] = {"required": data.draw(st.booleans()), "show_when": BROKEN}
    if kind == "number":
        more |= {"least": data.draw(st.sampled_from([None, 0, 1.5])), "decimals": 0, "unit": "m³"}
    elif kind == "text":
        more |= {"longest": 5, "pattern": "[0-9]+", "example": "12", "of_customer": "meter"}
    elif kind == "date":
        more |= {"not_future": data.draw(st.booleans()), "not_before": NEW_YEAR}
    elif kind == "choice":
        more |= {"choices": (Choice("a", NAME), Choice("b", NAME)), "listed": True}
    one = field(kind, "key", hint=NAME, **more)
    problems: list[PackProblem] = []
    read = read_field(Table(field_data(one), file="f", place="", problems=problems))
    assert (read, problems) == (one, [])
