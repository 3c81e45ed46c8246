"""The list of cases over HTTP: going through it, many at once, views and exports."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from qiao.cases.models import Case
from qiao.cases.tests.browsing import page, text_of
from qiao.cases.tests.world import a_case
from qiao.staff.tests.cast import Company


@pytest.mark.parametrize("n", [1, 30])
def test_the_list_page_needs_as_many_statements_for_one_case_as_for_thirty(
    company: Company, agent: Client, django_assert_max_num_queries: DjangoAssertNumQueries, n: int
) -> None:
    for _ in range(n):
        a_case(company)
    agent.get(reverse("cases:list"), {"view": "open"})
    with django_assert_max_num_queries(13):  # with whom the person hears
        response = agent.get(reverse("cases:list"), {"view": "open"})
    assert text_of(response).count("<tr data-href=") == n


def test_one_goes_through_a_list_case_by_case_and_stays_at_its_ends(
    company: Company, agent: Client
) -> None:
    cases = [a_case(company, title=f"第 {n} 件") for n in range(3)]
    listed = text_of(agent.get(reverse("cases:list"), {"view": "open", "q": "第"}))
    order = sorted(cases, key=lambda case: listed.index(f"/cases/{case.pk}/"))
    query = "view=open&q=%E7%AC%AC"
    shown = text_of(agent.get(f"{page(order[0])}?{query}"))
    following = page(order[0], "beside", "next")
    assert f"{following}?{query.replace('&', '&amp;')}" in shown

    def beside(case: Case, way: str) -> str:
        response = agent.get(f"{page(case, 'beside', way)}?{query}")
        assert response.status_code == 302
        return str(response["Location"])

    assert beside(order[0], "next") == f"{page(order[1])}?{query}"
    assert beside(order[1], "next") == f"{page(order[2])}?{query}"
    assert beside(order[1], "previous") == f"{page(order[0])}?{query}"
    assert beside(order[0], "previous") == f"{page(order[0])}?{query}"
    assert beside(order[2], "next") == f"{page(order[2])}?{query}"
    assert "列表到此为止" in text_of(agent.get(f"{page(order[2])}?{query}"))
    assert agent.get(page(order[0], "beside", "next")).status_code == 404
