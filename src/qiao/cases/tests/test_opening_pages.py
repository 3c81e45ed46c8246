"""The form of a new case over HTTP: types, fields, and what stays of what is typed."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.staff.tests.cast import Company


def test_a_case_is_opened_from_its_form(company: Company, agent: Client) -> None:
    response = agent.post(
        reverse("cases:new"),
        {
            "type": "water.leak",
            "priority": "high",
            "title": "路面冒水",
            "channel": "call",
            "fact-spot": "road",
            "fact-flow": "3",
            "place": "湖滨路口",
        },
    )
    case = Case.objects.get()
    assert response.headers["Location"] == page(case)
    assert (case.priority, case.facts["flow"], case.place) == ("high", 3, "湖滨路口")
    assert case.responsible_id == company.agent.staff_id


def test_a_refused_new_case_keeps_everything_typed(company: Company, agent: Client) -> None:
    typed = {
        "type": "water.leak",
        "priority": "urgent",
        "title": "只填了标题",
        "description": "说明",
        "channel": "desk",
        "caller_name": "赵先生",
    }
    response = agent.post(reverse("cases:new"), typed)
    assert response.status_code == 422
    shown = text_of(response)
    for value in ("只填了标题", "说明", "赵先生"):
        assert value in shown
    assert not Case.objects.exists()


def test_another_type_brings_its_own_fields_and_keeps_the_text(
    company: Company, agent: Client
) -> None:
    typed = {"type": "water.leak", "title": "标题", "fact-spot": "road", "channel": "call"}
    leak = text_of(agent.post(reverse("cases:reshape"), typed, headers=HTMX))
    assert "fact-flow" in leak
    assert "标题" in leak
    bill = text_of(agent.post(reverse("cases:reshape"), {**typed, "type": "water.bill"}))
    assert "fact-spot" not in bill
    assert "标题" in bill


def test_safety_words_come_first(company: Company, agent: Client) -> None:
    shown = text_of(agent.get(reverse("cases:new"), {"type": "water.burst"}))
    assert shown.index("请远离塌陷处") < shown.index('name="title"')


@pytest.mark.parametrize("typed", ["漏水", "lsbx", "loushui", "leak", "渗水"])
def test_a_type_is_found_by_words_and_pinyin(company: Company, agent: Client, typed: str) -> None:
    shown = text_of(agent.get(reverse("cases:types"), {"type_q": typed}))
    assert "water.leak" in shown
    assert "water.bill" not in shown


def test_the_workspace_learns_which_case_was_opened(company: Company, agent: Client) -> None:
    response = agent.post(
        reverse("cases:new"),
        {
            "type": "water.bill",
            "priority": "low",
            "channel": "call",
            "embed": "/interactions/5/case",
        },
        headers=HTMX,
    )
    told = json.loads(response.headers["HX-Trigger"])
    assert told["case:opened"] == {"id": Case.objects.get().pk}


def test_a_form_never_posts_to_another_site(company: Company, agent: Client) -> None:
    shown = text_of(agent.get(reverse("cases:new"), {"embed": "//evil.example/x"}))
    assert 'action="/cases/new"' in shown
