"""Lists of cases: which cases, in which order, page by page, seen by whom."""

import pytest
from pytest_django import DjangoAssertNumQueries

from qiao.cases import operations
from qiao.cases.models import Case
from qiao.cases.queries import Cursor, Filters, kept_counts, list_cases, read_cursor
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company


def _titles(company: Company, view: str = "open", **more: object) -> list[str]:
    page = list_cases(actor=company.agent, now=NOW, view=view, **more)  # type: ignore[arg-type]
    return [row.title for row in page.rows]


def _walk(company: Company, view: str, limit: int) -> list[int]:
    found: list[int] = []
    cursor: Cursor | None = None
    while True:
        page = list_cases(actor=company.agent, now=NOW, view=view, cursor=cursor, limit=limit)
        found += [row.case_id for row in page.rows]
        if page.following is None:
            return found
        cursor = read_cursor(str(page.following))


def _many(company: Company, n: int) -> list[Case]:
    """Cases with due times apart, together, and none at all."""
    cases = [a_case(company, title=f"案件 {i}") for i in range(n)]
    for i, case in enumerate(cases):
        case.is_paused = i % 5 == 4
        case.due_at = None if case.is_paused else NOW.replace(minute=i // 3)
        case.save()
    return cases


def test_an_open_list_goes_by_due_time_with_cases_that_have_none_at_the_end(
    company: Company,
) -> None:
    cases = _many(company, 12)
    expected = sorted(cases, key=lambda c: (c.due_at is None, c.due_at or NOW, c.pk))
    assert _walk(company, "open", 100) == [c.pk for c in expected]


@pytest.mark.parametrize("view", ["open", "all"])
@pytest.mark.parametrize("limit", [1, 3, 5])
def test_pages_joined_are_the_whole_list(company: Company, view: str, limit: int) -> None:
    _many(company, 11)
    assert _walk(company, view, limit) == _walk(company, view, 100)


@pytest.mark.parametrize("view", ["open", "all"])
def test_going_back_shows_the_pages_seen_before(company: Company, view: str) -> None:
    _many(company, 11)
    pages = []
    cursor = None
    while True:
        page = list_cases(actor=company.agent, now=NOW, view=view, cursor=cursor, limit=3)
        pages.append([row.case_id for row in page.rows])
        if page.following is None:
            break
        cursor = page.following
    back = []
    while page.previous is not None:
        page = list_cases(actor=company.agent, now=NOW, view=view, cursor=page.previous, limit=3)
        back.append([row.case_id for row in page.rows])
    assert back == pages[-2::-1]


def test_a_tampered_cursor_is_the_first_page() -> None:
    assert read_cursor("nonsense") is None
    assert read_cursor("9" * 40 + ".1") is None


def test_another_branch_sees_nothing(company: Company) -> None:
    a_case(company)
    assert not list_cases(actor=company.outsider, now=NOW, view="open").rows
    assert list_cases(actor=company.chief, now=NOW, view="open").rows


def test_views_hold_what_their_names_say(company: Company) -> None:
    mine = a_case(company, type_key="water.bill", title="我的")
    a_case(company, title="班组的")
    urgent = a_case(company, type_key="water.burst", title="紧急的")
    waiting = a_case(company, type_key="water.bill", title="等待", now=NOW)
    operations.pause(case_id=waiting.pk, reason="客户出差", actor=company.agent, now=NOW)
    assert set(_titles(company, "mine")) == {mine.title, waiting.title}
    assert set(_titles(company, "team")) == {"我的", "班组的", "紧急的", "等待"}
    assert set(_titles(company, "unassigned")) == {"班组的", urgent.title}
    assert _titles(company, "urgent") == [urgent.title]
    assert _titles(company, "paused") == ["等待"]
    assert _titles(company, "closed") == []


def test_filters_narrow_by_value_day_and_text(company: Company) -> None:
    a_case(company, title="百分 100% 漏水", priority="high")
    a_case(company, title="普通", type_key="water.bill")
    assert _titles(company, filters=Filters(type=("water.bill",))) == ["普通"]
    assert _titles(company, filters=Filters(group=("fault",))) == ["百分 100% 漏水"]
    assert _titles(company, filters=Filters(text="分 100%")) == ["百分 100% 漏水"]
    assert _titles(company, filters=Filters(text="%")) == []
    assert _titles(company, filters=Filters(priority=("high", "urgent"))) == ["百分 100% 漏水"]
    today = NOW.date()
    assert len(_titles(company, filters=Filters(opened_from=today, opened_to=today))) == 2
    assert not _titles(company, filters=Filters(opened_to=today.replace(day=1)))
    assert not _titles(company, "all", filters=Filters(closed_to=today))
    assert len(_titles(company, "all", filters=Filters(promise="running"))) == 2


@pytest.mark.parametrize("n", [1, 30])
def test_a_list_is_one_statement_whatever_its_length(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries, n: int
) -> None:
    for _ in range(n):
        a_case(company)
    with django_assert_num_queries(1):
        assert len(list_cases(actor=company.agent, now=NOW, view="open").rows) == n


def test_kept_counts_equal_the_lists_of_every_view(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for i in range(6):
        case = a_case(company, type_key=("water.leak", "water.bill", "water.burst")[i % 3])
        if i % 2:
            operations.take_over(case_id=case.pk, actor=company.colleague, now=NOW)
    operations.fold_counts()
    a_case(company)
    for actor in (company.agent, company.colleague, company.chief, company.outsider):
        with django_assert_num_queries(1):
            counts = kept_counts(actor=actor)
        for view, count in counts.items():
            rows = list_cases(actor=actor, now=NOW, view=view, limit=100).rows
            assert (view, count) == (view, len(rows))
