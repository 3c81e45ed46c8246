"""What the suggestion model learns, how it is measured, and when it is put into force."""

import csv
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.cases.models import CauseModel
from qiao.cases.operations.cause_models import install_model
from qiao.cases.rules.learning import (
    Example,
    cross_validate,
    folds_of,
    macro_f1_of,
    measures_of,
    near_duplicates,
    train,
)
from qiao.cases.rules.suggesting import model_data, model_from_data, suggest

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SAID = {
    "water.quality_chlorine": "厨房的水有很重的氯味像漂白粉消毒水",
    "water.works_restoration": "门口的路挖开以后没有恢复路面坑洼",
    "water.service_attitude": "窗口的工作人员态度很差说话很凶",
}
PLACES = (
    "翠湖花园",
    "东风新村",
    "滨江公寓",
    "文化路小区",
    "北站新城",
    "桃源里",
    "银杏苑",
    "柳浪阁",
)


def examples(count: int = 12, at: datetime | None = None) -> list[Example]:
    rng = Random(3)
    found = []
    for place in range(count):
        for key, words in SAID.items():
            start = rng.randrange(len(words) - 8)
            where = rng.choice(PLACES)
            text = f"{where}{words[start : start + 8]}，{rng.choice(PLACES)}住户反映"
            found.append(Example(words[start : start + 4], text, key, at or NOW))
        del place
    return found


def test_the_model_suggests_the_cause_and_says_which_words_spoke_for_it() -> None:
    model = train(examples())
    found = suggest(model, title="水有氯味", text="一开龙头就是消毒水的味道")
    assert found[0].key == "water.quality_chlorine"
    assert "氯味" in found[0].words
    assert len(found) == 3
    assert sum(each.share for each in found) == pytest.approx(1.0)


def test_a_text_that_shares_nothing_with_the_model_gets_no_suggestion() -> None:
    assert suggest(train(examples()), title="", text="12345 !!") == []


def test_one_cause_alone_cannot_be_learnt() -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        train([example for example in examples() if "chlorine" in example.key])


def test_a_model_is_the_same_after_a_journey_through_plain_data() -> None:
    model = train(examples())
    kept = model_from_data(json.loads(json.dumps(model_data(model))))
    for each in examples(3):
        before, after = (suggest(m, title=each.title, text=each.text) for m in (model, kept))
        assert [s.key for s in before] == [s.key for s in after]


def test_a_case_is_scored_in_less_than_five_milliseconds() -> None:
    model = train(examples(40))
    text = SAID["water.works_restoration"] * 20
    start = time.process_time()
    for _time in range(20):
        suggest(model, title=text[:40], text=text)
    assert (time.process_time() - start) / 20 < 0.005


@given(st.lists(st.sampled_from("甲乙丙"), min_size=4, max_size=40), st.integers(2, 5), st.data())
def test_folds_never_part_a_group(labels: list[str], folds: int, data: st.DataObject) -> None:
    groups = data.draw(
        st.lists(st.integers(0, 9), min_size=len(labels), max_size=len(labels)), label="groups"
    )
    chosen = folds_of(labels, groups, folds=folds, rng=Random(1))
    for group in set(groups):
        assert len({fold for fold, of in zip(chosen, groups, strict=True) if of == group}) == 1
    assert set(chosen) <= set(range(folds))


@given(st.integers(8, 60), st.integers(2, 6))
def test_folds_hold_each_cause_as_evenly_as_single_texts_allow(count: int, folds: int) -> None:
    labels = ["甲" if place % 3 else "乙" for place in range(count)]
    chosen = folds_of(labels, list(range(count)), folds=folds, rng=Random(2))
    for label in ("甲", "乙"):
        held = Counter(fold for fold, own in zip(chosen, labels, strict=True) if own == label)
        sizes = [held.get(fold, 0) for fold in range(folds)]
        assert max(sizes) - min(sizes) <= 1


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from("甲乙丙")), min_size=1))
def test_measures_agree_with_their_definition(pairs: list[tuple[str, str]]) -> None:
    for each in measures_of(Counter(pairs)):
        right = sum(own == said == each.key for own, said in pairs)
        said = sum(said == each.key for _own, said in pairs)
        own = sum(own == each.key for own, _said in pairs)
        assert each.recall == pytest.approx(right / own)
        assert each.precision == pytest.approx(right / said if said else 0)
        assert each.f1 == pytest.approx(2 * right / (said + own))


def test_near_duplicates_share_a_group() -> None:
    text = "".join(chr(0x4E00 + place) for place in range(80))
    found = near_duplicates(
        [Example("", text, "a"), Example("", text + "，请尽快", "a"), Example("", "水表停走", "b")]
    )
    assert found[0] == found[1] != found[2]


@pytest.mark.django_db
def test_a_model_is_put_into_force_only_when_it_is_better_on_what_neither_has_seen() -> None:
    old = examples(at=NOW - timedelta(days=2))
    first = install_model(
        examples=old, report=cross_validate(old, folds=4, repeats=1), source="cases", now=NOW
    )
    assert first.in_force
    again = install_model(
        examples=old, report=cross_validate(old, folds=4, repeats=1), source="cases", now=NOW
    )
    assert (again.in_force, again.refused_why) == (False, "few")
    turned = dict(zip(SAID, [*list(SAID)[1:], next(iter(SAID))], strict=True))
    later = NOW + timedelta(days=9)
    fresh = [Example(e.title, e.text, turned[e.key], later) for e in examples(20)]
    report = cross_validate(fresh, folds=4, repeats=1)
    second = install_model(examples=fresh, report=report, source="cases", now=later)
    assert second.in_force
    assert list(CauseModel.objects.filter(in_force=True)) == [second]


def test_messages_of_citizens_are_told_apart_with_a_macro_f1_of_four_fifths(
    shared_data: Path,
) -> None:
    path = shared_data / "zh_messages_tipdm2020/messages.csv"
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    messages = [Example(r["留言主题"], r["留言详情"], r["一级分类"]) for r in rows]
    assert len(messages) == 252
    report = cross_validate(messages, folds=10, repeats=1, seed=1)
    assert report.macro_f1 >= 0.80


def test_macro_f1_counts_every_cause_alike() -> None:
    assert macro_f1_of(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx(6 / 14)
