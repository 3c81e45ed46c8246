"""Promises in words: given, shown, kept or broken by the clock, and compared in the reports."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases.models import Case, CaseWord
from qiao.cases.operations import merge_cases, take_action, undo_merge
from qiao.cases.operations.words import (
    Word,
    WordAhead,
    WordDecided,
    decide_words,
    give_word,
    keep_word,
    withdraw_word,
)
from qiao.cases.queries import list_cases
from qiao.cases.queries.report_figures import figures_for
from qiao.cases.queries.words import waiting_count, waiting_words
from qiao.cases.tests.browsing import HTMX, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(hours=3)
LATER = NOW + timedelta(hours=4)


@pytest.fixture
def case(company: Company) -> Case:
    return a_case(company)


def promised(company: Company, case: Case, text: str = "今天三点前上门") -> CaseWord:
    word = Word(text, DUE, company.agent.person_id, "answer")
    return give_word(case_id=case.pk, word=word, actor=company.agent, now=NOW)


def kinds(case: Case) -> list[str]:
    found = case.events.filter(kind__startswith="word_").order_by("seq")
    return list(found.values_list("kind", flat=True))


def next_due(case: Case) -> object:
    case.refresh_from_db()
    return case.word_due_at


def test_a_promise_stands_on_the_case_and_with_its_keeper(company: Company, case: Case) -> None:
    word = promised(company, case)
    assert next_due(case) == DUE
    assert kinds(case) == ["word_given"]
    (row,) = list_cases(actor=company.agent, now=NOW).rows
    assert row.word_due_at == DUE
    (waits,) = waiting_words(actor=company.agent, scope="mine", limit=9)
    assert (waits.word_id, waits.text) == (word.pk, "今天三点前上门")
    assert waiting_count(actor=company.agent) == 1
    assert waiting_words(actor=company.colleague, scope="mine", limit=9) == []
    assert waiting_words(actor=company.outsider, scope="all", limit=9) == []


def test_done_in_time_it_is_kept_and_done_later_it_is_only_made_good(
    company: Company, case: Case
) -> None:
    agent = company.agent
    kept, broken = promised(company, case), promised(company, case, "六点前回电")
    keep_word(word_id=kept.pk, actor=agent, now=DUE)
    with pytest.raises(WordDecided):
        keep_word(word_id=kept.pk, actor=agent, now=DUE)
    assert decide_words(now=LATER) == 1
    assert decide_words(now=LATER) == 0
    keep_word(word_id=broken.pk, actor=agent, now=LATER)
    assert kinds(case) == [
        "word_given",
        "word_given",
        "word_kept",
        "word_broken",
        "word_made_good",
    ]
    states = CaseWord.objects.order_by("pk").values_list("state", "done_at")
    assert list(states) == [("kept", DUE), ("broken", LATER)]
    assert next_due(case) is None
    alert = Notice.objects.get(kind="cases.word")
    assert (alert.staff_id, alert.subject_id) == (agent.person_id, case.pk)


def test_what_was_promised_counts_as_kept_when_the_case_ends_in_time(
    company: Company, case: Case
) -> None:
    promised(company, case)
    for n, (action, given) in enumerate(
        [("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {})]
    ):
        at = NOW + timedelta(minutes=n)
        take_action(case_id=case.pk, action=action, given=given, actor=company.chief, now=at)
    decide_words(now=NOW + timedelta(minutes=5))
    assert CaseWord.objects.get().state == "kept"
    case.refresh_from_db()
    assert CaseWord.objects.get().done_at == case.closed_at


def test_a_promise_is_withdrawn_only_while_its_time_runs(company: Company, case: Case) -> None:
    word, other = promised(company, case), promised(company, case)
    withdraw_word(word_id=word.pk, reason="客户改约", actor=company.agent, now=NOW)
    with pytest.raises(WordDecided):
        withdraw_word(word_id=other.pk, reason="忘了", actor=company.agent, now=LATER)
    assert kinds(case)[-1] == "word_withdrawn"


def test_a_promise_lies_ahead_and_is_given_by_who_works_on_the_case(
    company: Company, case: Case
) -> None:
    agent = company.agent
    with pytest.raises(WordAhead):
        give_word(case_id=case.pk, word=Word("x", NOW, agent.person_id), actor=agent, now=NOW)
    word = Word("x", DUE, agent.person_id)
    with pytest.raises(Forbidden):
        give_word(case_id=case.pk, word=word, actor=company.outsider, now=NOW)


def test_many_are_decided_on_together(company: Company) -> None:
    for _each in range(5):
        promised(company, a_case(company))
    assert decide_words(now=LATER, most=3) == 3
    assert decide_words(now=LATER, most=3) == 2
    assert CaseWord.objects.filter(state="broken").count() == 5


def test_a_promise_of_a_merged_case_stands_on_the_one_that_stands_for_it(
    company: Company, case: Case, agent: Client
) -> None:
    agent.cookies["q-language"] = "en"
    survivor, top = a_case(company), a_case(company)
    word = promised(company, case)
    merge_cases(survivor_id=survivor.pk, merged=[case.pk], actor=company.agent, now=NOW)
    assert next_due(survivor) == DUE
    later = Word("五点前回电", DUE + timedelta(hours=1), company.agent.person_id)
    give_word(case_id=survivor.pk, word=later, actor=company.agent, now=NOW)
    merge_cases(survivor_id=top.pk, merged=[survivor.pk], actor=company.agent, now=NOW)
    assert (next_due(top), next_due(survivor), next_due(case)) == (DUE, DUE, DUE)
    page = text_of(agent.get(reverse("cases:detail", args=[top.pk])))
    assert "Promised until" in page
    assert word.text in page
    assert case.number in page
    agent.post(reverse("cases:word_keep", args=[top.pk, word.pk]), headers=HTMX)
    assert (next_due(top), next_due(case)) == (later.due_at, None)
    undo_merge(case_id=survivor.pk, actor=company.agent, now=NOW)
    assert (next_due(top), next_due(survivor)) == (None, later.due_at)


def test_promises_of_merged_cases_are_decided_on_with_the_others(
    company: Company, case: Case
) -> None:
    survivor, other = a_case(company), a_case(company)
    promised(company, case), promised(company, other)
    merge_cases(survivor_id=survivor.pk, merged=[case.pk], actor=company.agent, now=NOW)
    assert decide_words(now=LATER) == 2
    assert (next_due(survivor), next_due(case), next_due(other)) == (None, None, None)
    assert CaseWord.objects.filter(state="broken").count() == 2


def test_a_promise_of_another_case_is_not_found_on_this_page(
    company: Company, case: Case, agent: Client
) -> None:
    word, stranger = promised(company, case), a_case(company)
    there = reverse("cases:word_keep", args=[stranger.pk, word.pk])
    assert agent.post(there, headers=HTMX).status_code == 404


def test_the_page_writes_it_down_and_calls_it_done(company: Company, agent: Client) -> None:
    agent.cookies["q-language"] = "en"
    case = a_case(company, now=timezone.now())
    dialog = reverse("cases:word", args=[case.pk])
    assert "Kept by" in text_of(agent.get(dialog, headers=HTMX))
    body = {"text": "回电", "keeper": company.agent.person_id, "source": "answer"}
    past = agent.post(dialog, body | {"due": "2020-01-01T10:00"}, headers=HTMX)
    assert past.status_code == 422
    agent.post(dialog, body | {"due": "2999-01-01T10:00"}, headers=HTMX)
    word = CaseWord.objects.get()
    assert (word.text, word.source, word.keeper_id) == ("回电", "answer", company.agent.person_id)
    page = text_of(agent.get(reverse("cases:detail", args=[case.pk])))
    assert "Promised until" in page
    agent.post(reverse("cases:word_keep", args=[case.pk, word.pk]), headers=HTMX)
    word.refresh_from_db()
    assert word.state == "kept"
    assert "Promised until" not in text_of(agent.get(reverse("cases:detail", args=[case.pk])))


def test_reports_compare_what_was_promised_with_what_was_felt(
    company: Company, case: Case
) -> None:
    kept, other = promised(company, case), promised(company, a_case(company))
    keep_word(word_id=kept.pk, actor=company.agent, now=DUE)
    decide_words(now=LATER)
    figures = figures_for(company.chief)

    def counted(key: str) -> tuple[int, int]:
        figure = figures[key]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FILTER (WHERE {figure.part}), count(*)"
                f" FROM cases_case c WHERE {figure.whole}"
            )
            part, whole = cursor.fetchone()
        return part, whole

    other.refresh_from_db()
    assert other.state == "broken"
    assert counted("words_kept") == (1, 2)
    for key in ("kept", "missed", "word_kept", "word_broken"):
        assert counted(f"satisfied_{key}") == (0, 0)  # nobody was asked yet
