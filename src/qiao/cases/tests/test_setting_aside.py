"""Setting cases aside: out of whose lists, until when, and how they come back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases import operations
from qiao.cases.forms.setting_aside import moment_of
from qiao.cases.models import Case, CaseEvent, CaseSnooze
from qiao.cases.operations import setting_aside as aside_operations
from qiao.cases.queries import kept_counts, list_cases
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(hours=3)


def _listed(actor: Actor, view: str) -> list[int]:
    rows = list_cases(actor=actor, now=NOW, view=view).rows
    assert kept_counts(actor=actor)[view] == len(rows)
    return [row.case_id for row in rows]


def _snooze(company: Company, case: Case, **terms: object) -> None:
    usual = {"until": LATER, "until_answer": False, "for_team": False, "reason": "等材料"}
    aside_operations.snooze(case_id=case.pk, actor=company.agent, now=NOW, **(usual | terms))  # type: ignore[arg-type]


def test_a_case_set_aside_leaves_ones_own_lists_and_nobody_elses(company: Company) -> None:
    case = a_case(company, type_key="water.bill")
    before = Case.objects.get(pk=case.pk).due_at
    _snooze(company, case)
    assert not _listed(company.agent, "mine")
    assert not _listed(company.agent, "team")
    assert _listed(company.agent, "snoozed") == [case.pk]
    assert _listed(company.agent, "open") == [case.pk]
    assert _listed(company.colleague, "team") == [case.pk]
    assert not _listed(company.colleague, "snoozed")
    assert Case.objects.get(pk=case.pk).due_at == before


def test_for_the_team_it_leaves_the_lists_of_all_of_them(company: Company) -> None:
    case = a_case(company, type_key="water.bill")
    _snooze(company, case, for_team=True)
    assert not _listed(company.colleague, "team")
    assert _listed(company.colleague, "snoozed") == [case.pk]


def test_it_comes_back_on_top_when_its_time_has_come_and_is_gone_once_opened(
    company: Company, agent: Client
) -> None:
    case = a_case(company, type_key="water.bill")
    _snooze(company, case)
    assert aside_operations.return_snoozed(now=LATER - timedelta(minutes=1)) == 0
    assert aside_operations.return_snoozed(now=LATER) == 1
    assert _listed(company.agent, "mine") == [case.pk]
    assert _listed(company.agent, "returned") == [case.pk]
    shown = text_of(agent.get(reverse("cases:list"), {"view": "mine"}))
    assert "cs-back" in shown
    agent.post(page(case, "here"))
    assert not _listed(company.agent, "returned")
    kinds = list(CaseEvent.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds[-2:] == ["snoozed", "unsnoozed"]


def test_the_customers_word_brings_it_back(company: Company) -> None:
    case, other = a_case(company, type_key="water.bill"), a_case(company, type_key="water.bill")
    _snooze(company, case, until=None, until_answer=True)
    _snooze(company, other)
    for each in (case, other):
        operations.chase(
            case_id=each.pk, words="还没好", actor=company.colleague,
            now=NOW + timedelta(minutes=5),
        )  # fmt: skip
    assert aside_operations.return_snoozed(now=NOW + timedelta(minutes=6)) == 1
    kept = CaseSnooze.objects.get(case=case)
    assert kept.returned_why == "customer"


def test_what_runs_late_comes_back_by_itself(company: Company) -> None:
    case = a_case(company, type_key="water.bill")
    _snooze(company, case, until=NOW + timedelta(days=90))
    due = Case.objects.get(pk=case.pk).due_at
    assert due is not None
    late = due + timedelta(minutes=1)
    operations.refresh_levels(now=late)
    aside_operations.return_snoozed(now=late)
    assert CaseSnooze.objects.get(case=case).returned_why == "late"


def test_a_moment_that_has_passed_is_refused(company: Company) -> None:
    case = a_case(company)
    with pytest.raises(aside_operations.NotSnoozable):
        _snooze(company, case, until=NOW)
    with pytest.raises(aside_operations.NotSnoozable):
        _snooze(company, case, until=None)


def test_set_aside_again_the_new_terms_count(company: Company) -> None:
    case = a_case(company, type_key="water.bill")
    _snooze(company, case)
    _snooze(company, case, until=LATER + timedelta(hours=1), reason="再等")
    kept = CaseSnooze.objects.get(case=case)
    assert (kept.until, kept.reason) == (LATER + timedelta(hours=1), "再等")
    aside_operations.unsnooze(case_id=case.pk, actor=company.agent, now=NOW)
    assert _listed(company.agent, "mine") == [case.pk]
    with pytest.raises(aside_operations.NotSnoozed):
        aside_operations.unsnooze(case_id=case.pk, actor=company.agent, now=NOW)


def test_an_unread_mark_is_ones_own_and_goes_when_the_case_is_opened(
    company: Company, agent: Client, colleague: Client
) -> None:
    case = a_case(company)
    agent.post(page(case, "unread"), headers=HTMX)
    listed = reverse("cases:list")
    assert "cs-unread" in text_of(agent.get(listed, {"view": "open"}))
    assert "cs-unread" not in text_of(colleague.get(listed, {"view": "open"}))
    agent.post(page(case, "here"))
    assert "cs-unread" not in text_of(agent.get(listed, {"view": "open"}))


def test_the_dialog_sets_aside_until_tomorrow_morning(company: Company, agent: Client) -> None:
    case = a_case(company)
    form = {"when": "tomorrow", "reason": "客户出差"}
    agent.post(page(case, "snooze"), form, headers=HTMX)
    kept = CaseSnooze.objects.get(case=case)
    assert kept.until is not None
    assert f"{kept.until:%H:%M}" == "01:00"  # nine in Shanghai
    assert agent.post(page(case, "snooze"), {"when": "at"}, headers=HTMX).status_code == 422


def test_mornings_lie_ahead() -> None:
    for when in ("1h", "3h", "tomorrow", "monday"):
        moment = moment_of(when, NOW)
        assert moment is not None
        assert NOW < moment <= NOW + timedelta(days=7)
