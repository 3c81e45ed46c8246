"""Going on to the next case of a list, and why it is the next."""

from datetime import timedelta

from django.http import QueryDict
from django.test import Client
from django.utils import translation

from qiao.cases.forms.place import read_place
from qiao.cases.models import Case
from qiao.cases.showing.why_next import why_next
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company


def _in_order(company: Company) -> list[Case]:
    cases = [a_case(company, type_key="water.bill") for _ in range(3)]
    for place, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(due_at=NOW + timedelta(hours=1 + place))
    return cases


def test_a_step_taken_leads_to_the_next_case_of_the_list(company: Company, agent: Client) -> None:
    cases = _in_order(company)
    form = {"then": "next", "trail": "view=mine", "from_step": cases[0].step}
    taken = agent.post(page(cases[0], "act", "hand_over"), form, headers=HTMX)
    assert taken["HX-Redirect"] == f"{page(cases[1])}?view=mine"
    form["from_step"] = cases[2].step
    last = agent.post(page(cases[2], "act", "hand_over"), form, headers=HTMX)
    assert last["HX-Redirect"].endswith("?view=mine")
    assert "HX-Redirect" not in agent.post(
        page(cases[1], "act", "hand_over"), {"from_step": cases[1].step}, headers=HTMX
    )


def test_waiting_leads_to_the_next_too(company: Company, agent: Client) -> None:
    cases = _in_order(company)
    form = {"then": "next", "trail": "view=mine", "when": "1h"}
    taken = agent.post(page(cases[0], "snooze"), form, headers=HTMX)
    assert taken["HX-Redirect"] == f"{page(cases[1])}?view=mine"


def test_a_case_of_a_list_offers_to_go_on_and_says_why_it_is_there(
    company: Company, agent: Client
) -> None:
    case = _in_order(company)[0]
    shown = text_of(agent.get(f"{page(case)}?view=mine"))
    assert 'name="trail" value="view=mine"' in shown
    asked = text_of(agent.get(f"{page(case, 'snooze')}?trail=view%3Dmine", headers=HTMX))
    assert 'name="then" value="next"' in asked
    assert 'name="then"' not in text_of(agent.get(page(case, "snooze"), headers=HTMX))


def test_the_reason_follows_the_order(company: Company) -> None:
    case = a_case(company)
    case.due_at, case.priority = NOW + timedelta(minutes=12), "normal"
    with translation.override("en"):
        due = read_place(_query("view=open"), "open")
        assert "12" in why_next(case, due, NOW)
        assert why_next(case, due, NOW + timedelta(hours=2)).startswith("late by")
        oldest = read_place(_query("view=open&sort=-opened"), "open")
        assert why_next(case, oldest, NOW + timedelta(hours=2)).startswith("waited longest")
        case.priority = "urgent"
        assert why_next(case, due, NOW) == "urgent"


def _query(text: str) -> QueryDict:
    return QueryDict(text)
