"""Score cards, draws, agreement and means: what holds for every input."""

import random
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.core.packs import SHIPPED
from qiao.core.packs.reading import PackProblem, Table
from qiao.feedback.rules.agreement import agreement
from qiao.feedback.rules.means import difference, mean_of
from qiao.feedback.rules.sampling import (
    Evaluator,
    Piece,
    draw_per_person,
    draw_share,
    give_out,
    may_judge,
)
from qiao.feedback.rules.score_cards import (
    Card,
    Question,
    Section,
    SeedCard,
    card_faults,
    read_card,
    read_seeds,
)
from qiao.feedback.rules.scoring import NOT_APPLICABLE, BadAnswer, score, unanswered

WORDS = {"en": "x", "zh-Hans": "x", "zh-Hant": "x"}


def question(key: str, **changes: object) -> Question:
    plain = Question(key, WORDS, {}, "yes_no", 1, "none", 1, may_not_apply=True)
    return replace(plain, **changes)  # type: ignore[arg-type]


def seeds(text: str) -> tuple[tuple[SeedCard, ...], list[PackProblem]]:
    problems: list[PackProblem] = []
    table = Table(tomllib.loads(text), file="score_cards.toml", place="", problems=problems)
    return read_seeds(table), problems


@st.composite
def filled(draw: st.DrawFn) -> tuple[Card, dict[str, str]]:
    """A card with answers that it takes."""
    sections, answers = [], {}
    for s in range(draw(st.integers(1, 4))):
        questions = []
        for q in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(("yes_no", "scale", "points")))
            most = {"yes_no": 1, "scale": 5}.get(kind, 10)
            each = question(
                f"q{s}_{q}",
                kind=kind,
                most=most,
                weight=draw(st.integers(1, 9)),
                effect=draw(st.sampled_from(("none", "none", "critical", "fatal"))),
            )
            answer = draw(st.integers(each.least - 1, most))
            answers[each.key] = NOT_APPLICABLE if answer < each.least else str(answer)
            questions.append(each)
        sections.append(Section(f"s{s}", WORDS, draw(st.integers(1, 9)), tuple(questions)))
    return Card(tuple(sections)), answers


@given(filled())
def test_a_score_stays_between_0_and_100_and_is_kept_by_the_stored_form(
    each: tuple[Card, dict[str, str]],
) -> None:
    card, answers = each
    found = score(card, answers)
    assert score(read_card(card.data()), answers) == found
    assert not unanswered(card, answers)
    for value in (found.total, *found.sections.values()):
        assert value is None or 0 <= value <= 100


@given(filled())
def test_what_does_not_apply_gives_its_weight_to_the_others(
    each: tuple[Card, dict[str, str]],
) -> None:
    card, answers = each
    without = Card(
        tuple(
            replace(
                section,
                questions=tuple(q for q in section.questions if answers[q.key] != NOT_APPLICABLE),
            )
            for section in card.sections
        )
    )
    bare, whole = score(without, answers), score(card, answers)
    assert bare.total == pytest.approx(whole.total)


@given(filled())
def test_the_size_of_weights_does_not_matter_only_their_proportion(
    each: tuple[Card, dict[str, str]],
) -> None:
    card, answers = each
    double = Card(
        tuple(
            replace(
                section,
                weight=section.weight * 2,
                questions=tuple(replace(q, weight=q.weight * 3) for q in section.questions),
            )
            for section in card.sections
        )
    )
    assert score(double, answers).total == pytest.approx(score(card, answers).total)


@given(filled(), st.randoms(use_true_random=False))
def test_a_better_answer_never_lowers_a_score(
    each: tuple[Card, dict[str, str]], rng: random.Random
) -> None:
    card, answers = each
    raised = rng.choice(list(card.questions()))
    if answers[raised.key] == NOT_APPLICABLE:
        return
    better = {**answers, raised.key: str(raised.most)}
    assert (score(card, better).total or 0) >= (score(card, answers).total or 0) - 1e-9


def test_a_fatal_failure_makes_the_card_0_and_a_critical_one_its_section() -> None:
    card = Card(
        (
            Section("a", WORDS, 1, (question("a1", effect="critical"), question("a2"))),
            Section("b", WORDS, 1, (question("b1", effect="fatal"), question("b2"))),
        )
    )
    good = {"a1": "1", "a2": "1", "b1": "1", "b2": "1"}
    assert score(card, good).total == 100
    critical = score(card, {**good, "a1": "0"})
    assert (critical.total, critical.sections["a"], critical.failed) == (50, 0, ("a1",))
    fatal = score(card, {**good, "b1": "0"})
    assert (fatal.total, fatal.is_fatal, fatal.sections["a"]) == (0, True, 100)


@pytest.mark.parametrize("answer", ["2", "-1", "", "x", "٣", "9999"])
def test_an_answer_that_a_question_does_not_take_is_refused(answer: str) -> None:
    card = Card((Section("a", WORDS, 1, (question("a1"),)),))
    if answer:
        with pytest.raises(BadAnswer):
            score(card, {"a1": answer})
    else:
        assert score(card, {"a1": answer}).total is None
        assert unanswered(card, {"a1": answer}) == ["a1"]


def test_the_cards_of_the_water_pack_are_whole_and_faults_name_their_place() -> None:
    text = (SHIPPED / "water" / "score_cards.toml").read_text(encoding="utf-8")
    found, problems = seeds(text)
    assert not problems
    assert [each.key for each in found] == ["case_service", "call_service"]
    assert not card_faults(found[0].card)
    assert len(list(found[0].card.questions())) == 11
    _found, problems = seeds(text.replace('key = "coded"', 'key = "identified"'))
    assert "card[case_service].identified: expected one of this key" in str(problems[0])


def pieces(count: int, persons: int = 4, strata: int = 3) -> list[Piece]:
    return [
        Piece(n, n % persons, f"s{n % strata}", frozenset({n % persons, 100 + n % 2}))
        for n in range(count)
    ]


@given(st.integers(0, 2**62), st.integers(1, 60), st.integers(1, 5), st.randoms())
@settings(max_examples=40)
def test_a_draw_can_be_drawn_again_from_its_seed_in_whatever_order_the_pool_comes(
    seed: int, size: int, count: int, rng: random.Random
) -> None:
    pool = pieces(size)
    drawn = draw_per_person(pool, count=count, seed=seed)
    shuffled = pool.copy()
    rng.shuffle(shuffled)
    assert draw_per_person(shuffled, count=count, seed=seed) == drawn
    for person in range(4):
        own = [each for each in pool if each.person_id == person]
        assert sum(each.person_id == person for each in drawn) == min(count, len(own))


def test_every_piece_has_the_same_chance_of_being_drawn() -> None:
    pool = pieces(20, persons=1, strata=1)
    hits = dict.fromkeys(range(20), 0)
    for seed in range(2_000):
        for piece in draw_per_person(pool, count=2, seed=seed):
            hits[piece.subject_id] += 1
    # 200 each on average with a deviation of 13.4: five of them lie beyond any doubt.
    assert all(133 < count < 267 for count in hits.values())


def test_a_share_is_taken_of_each_kind_of_work() -> None:
    drawn = draw_share(pieces(90), percent=10, seed=7)
    assert [sum(each.stratum == f"s{n}" for each in drawn) for n in range(3)] == [3, 3, 3]


@given(st.integers(0, 2**62), st.integers(1, 80), st.integers(0, 100))
@settings(max_examples=60)
def test_nobody_judges_himself_his_own_case_or_a_superior_and_the_load_is_shared(
    seed: int, size: int, second: int
) -> None:
    evaluators = [Evaluator(0, 1), Evaluator(100, 1), Evaluator(200, 2), Evaluator(201, 0)]
    ranks = {1: 2}
    given_out, left = give_out(
        pieces(size), evaluators=evaluators, ranks=ranks, second_percent=second, seed=seed
    )
    by_id = {each.staff_id: each for each in evaluators}
    for each in given_out:
        assert may_judge(by_id[each.evaluator_id], each.piece, ranks)
    firsts = [each.piece.subject_id for each in given_out if not each.is_second]
    assert sorted(firsts + [each.subject_id for each in left]) == list(range(size))
    pairs = {(each.piece.subject_id, each.evaluator_id) for each in given_out}
    assert len(pairs) == len(given_out)


def test_kappa_is_that_of_the_textbook() -> None:
    # J. Cohen (1960), as the usual worked example of 50 pairs: 20 + 15 agree, kappa 0.40.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    found = agreement(pairs)
    assert found.percent == pytest.approx(70)
    assert found.kappa == pytest.approx(0.4)
    assert found.low == pytest.approx(0.146, abs=0.002)
    assert not found.is_small
    assert agreement([("y", "y")] * 9).kappa is None
    assert agreement([]).percent is None


@given(st.lists(st.floats(0, 100), min_size=2, max_size=60))
def test_an_interval_holds_its_mean_and_the_scale(scores: list[float]) -> None:
    found = mean_of(scores)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value + 1e-6
    assert found.value - 1e-6 <= found.high <= 100


def test_an_effect_is_told_from_chance() -> None:
    low, high = [60.0, 62, 58, 61, 63], [80.0, 82, 79, 84, 81]
    better = difference(low, high)
    assert better is not None
    assert (better.verdict, round(better.value, 1)) == ("better", 20.4)
    unclear = difference([60.0, 90], [70.0, 95])
    assert unclear is not None
    assert unclear.verdict == "open"
    assert difference([], high) is None
