"""Causes ranked: the page, its links and its workbook tell the same."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, code_causes, open_case
from qiao.cases.operations.cause_tree import merge_causes
from qiao.cases.queries.cause_ranking import Asked, rank_causes
from qiao.cases.rules.rising import rising_terms
from qiao.cases.showing.cause_ranking import columns_of, lines_of
from qiao.cases.tests.browsing import client_of, text_of
from qiao.staff.tests.cast import Company, make_company

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ASKED = Asked(date(2026, 10, 22), date(2026, 11, 20))


def a_case(company: Company, cause: str, days_ago: int, text: str = "路挖了没恢复") -> Case:
    now = NOW - timedelta(days=days_ago)
    case = open_case(
        request=OpenRequest(
            type_key="water.works_complaint",
            organisation_id=company.lake.pk,
            title=text,
            description=text,
            channel="phone",
            area="339102",
            facts={},
        ),
        actor=company.agent,
        now=now,
    )
    if cause:
        code_causes(case_id=case.pk, main=f"water.{cause}", actor=company.agent, now=now)
    return case


@pytest.fixture
def company(db: None) -> Company:
    company = make_company()
    for place in range(6):
        a_case(company, "works_restoration", place)
    for place in range(2):
        a_case(company, "works_dirt", place)
        a_case(company, "works_dirt", 35 + place)
    a_case(company, "", 1)
    return company


def test_causes_are_ranked_with_share_sum_and_the_period_before(company: Company) -> None:
    rows = rank_causes(actor=company.agent, asked=ASKED)
    columns = columns_of(rows, ASKED)
    first, second, last = lines_of(rows, ASKED, {}, [key for key, _name in columns])
    assert (first.key, first.count, first.percent) == ("water.works_restoration", 6, 75.0)
    assert (second.count, second.before, second.change) == (2, 2, 0)
    assert (second.sum_percent, last.key, last.count) == (100.0, "", 1)
    assert sum(line.count for line in (first, second, last)) == sum(
        sum(line.split) for line in (first, second, last)
    )


def test_each_row_leads_to_exactly_its_cases(company: Company) -> None:
    agent = client_of(company.agent_staff)
    rows = rank_causes(actor=company.agent, asked=ASKED)
    for line in lines_of(rows, ASKED, {}, []):
        shown = text_of(agent.get(line.url))
        numbers = Case.objects.filter(opened_date__range=(ASKED.since, ASKED.until))
        numbers = numbers.filter(main_cause__key=line.key or None)
        told = numbers.values_list("number", flat=True)
        assert line.count == sum(number in shown for number in told)
        others = Case.objects.exclude(pk__in=numbers)
        assert not any(number in shown for number in others.values_list("number", flat=True))


def test_cases_of_a_merged_cause_count_under_its_successor(company: Company) -> None:
    keeper = replace(
        company.agent,
        grants={**company.agent.grants, "cases.causes": (company.company.pk,)},
    )
    merge_causes(key="water.works_dirt", into="water.works_restoration", actor=keeper, now=NOW)
    first, last = rank_causes(actor=company.agent, asked=ASKED)
    assert (first.count, last.cause) == (8, None)


def test_the_workbook_equals_the_page(company: Company) -> None:
    agent = client_of(company.agent_staff)
    query = {"since": "2026-10-22", "until": "2026-11-20", "by": "type"}
    page = text_of(agent.get(reverse("cases:causes"), query))
    answer = agent.get(reverse("cases:cause_workbook"), query)
    with ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    rows = rank_causes(actor=company.agent, asked=ASKED)
    assert sheet.count("<row ") == len(rows) + 1
    for row in rows:
        assert f"<v>{row.count}</v>" in sheet
        assert f">{row.count}</a>" in page


def test_an_outsider_counts_nothing_of_another_branch(company: Company) -> None:
    assert rank_causes(actor=company.outsider, asked=ASKED) == []


def test_words_that_rise_are_found_beyond_chance() -> None:
    before = ["水表不走字"] * 20 + ["路面没恢复"] * 2
    now = ["水表不走字"] * 20 + ["水有氯味"] * 8
    words = [term.word for term in rising_terms(now, before)]
    assert words == ["水有氯味"]


@given(st.lists(st.text("甲乙丙丁", min_size=2, max_size=6), max_size=20))
def test_the_same_texts_have_no_rising_words(texts: list[str]) -> None:
    assert rising_terms(texts, texts) == []
