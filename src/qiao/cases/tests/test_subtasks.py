"""Sub-tasks: owed by a person or a team, ended in words, and in the way of the case's end."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from qiao.cases import subtask_contributions as shown
from qiao.cases.models import Case, SubTask
from qiao.cases.operations import (
    CaseClosedAlready,
    Cause,
    NotATeam,
    SubTaskOver,
    end_reports,
    join_reports,
    make_parent,
    merge_cases,
    take_action,
)
from qiao.cases.operations.subtasks import (
    Owner,
    add_subtask,
    change_subtask,
    drop_subtask,
    finish_subtask,
    reopen_subtask,
)
from qiao.cases.queries.subtasks import get_subtask_for, owed
from qiao.cases.rules.process_refusals import SubTasksOpen
from qiao.cases.rules.values import BadFact
from qiao.cases.tests.browsing import HTMX, client_of, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import NoticeRow
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(hours=3)


def given(company: Company, case: Case, title: str = "取水样", **changes: Any) -> SubTask:
    """A sub-task that the agent gives to a colleague."""
    values: dict[str, Any] = {
        "owner": Owner(staff_id=company.colleague.staff_id),
        "due_at": SOON,
        "actor": company.agent,
        "now": NOW,
        **changes,
    }
    return add_subtask(case_id=case.pk, title=title, **values)


def titles(actor: Actor, scope: str = "mine") -> list[str]:
    return [line.title for line in owed(actor=actor, scope=scope, limit=9)]


def at_the_last_step(company: Company, case: Case) -> None:
    steps: tuple[tuple[str, dict[str, str]], ...] = (
        ("hand_over", {}),
        ("done", {"cause": "pipe"}),
    )
    for action, values in steps:
        take_action(case_id=case.pk, action=action, given=values, actor=company.agent, now=NOW)


def test_whoever_owes_it_finds_it_in_the_workspace_and_under_the_bell(company: Company) -> None:
    case = a_case(company)
    late = given(company, case, "查表", due_at=NOW - timedelta(hours=1))
    given(company, case)
    given(company, case, "自己的", owner=Owner(staff_id=company.agent.staff_id))
    assert titles(company.colleague) == ["查表", "取水样"]
    assert titles(company.agent) == ["自己的"]
    items = shown.load_inbox(actor=company.colleague, scope="mine", now=NOW, limit=9)
    assert [(item.ref == late.pk, item.what) for item in items] == [
        (True, "查表"),
        (False, "取水样"),
    ]
    notices = Notice.objects.filter(kind="cases.subtask_given")
    assert {row.staff_id for row in notices} == {company.colleague.staff_id}
    row = NoticeRow(1, late.pk, {"state": "open"})
    assert late.title in shown.notice_words(company.colleague, [row])[1].title
    assert shown.notice_words(company.outsider, [row]) == {}


def test_a_team_owes_it_together(company: Company) -> None:
    case = a_case(company)
    given(company, case, owner=Owner(team_id=company.lake_team.pk))
    assert titles(company.colleague, "mine") == []
    assert titles(company.colleague, "team") == titles(company.colleague, "all") == ["取水样"]
    assert titles(company.outsider, "team") == []


def test_nobody_owes_what_he_may_not_see(company: Company) -> None:
    case = a_case(company)
    with pytest.raises(NotATeam):
        given(company, case, owner=Owner(staff_id=company.outsider.staff_id))
    with pytest.raises(NotATeam):
        given(company, case, owner=Owner())
    with pytest.raises(BadFact):
        given(company, case, " ")
    with pytest.raises(Forbidden):
        given(company, case, actor=company.outsider)


def test_a_case_is_not_finished_while_something_is_owed(company: Company) -> None:
    case = a_case(company)
    task = given(company, case)
    at_the_last_step(company, case)
    last: dict[str, Any] = {
        "case_id": case.pk,
        "action": "satisfied",
        "given": {},
        "actor": company.agent,
    }
    with pytest.raises(SubTasksOpen) as refused:
        take_action(now=NOW, **last)
    assert refused.value.titles == ("取水样",)
    with pytest.raises(BadFact):
        drop_subtask(subtask_id=task.pk, words=" ", actor=company.agent, now=NOW)
    drop_subtask(subtask_id=task.pk, words="客户已自行送检", actor=company.agent, now=NOW)
    assert take_action(now=NOW, **last).closed_at == NOW


def test_the_history_tells_every_step_of_a_sub_task(company: Company) -> None:
    case = a_case(company)
    task = given(company, case)
    change_subtask(
        subtask_id=task.pk,
        title="取两份水样",
        owner=Owner(team_id=company.lake_team.pk),
        due_at=None,
        actor=company.agent,
        now=NOW,
    )
    finish_subtask(subtask_id=task.pk, words="浊度 0.6", actor=company.colleague, now=SOON)
    with pytest.raises(SubTaskOver):
        finish_subtask(subtask_id=task.pk, words="", actor=company.colleague, now=SOON)
    reopen_subtask(subtask_id=task.pk, actor=company.colleague, now=SOON)
    told = case.events.filter(kind__startswith="subtask_").order_by("seq")
    assert [(e.kind, e.data["title"], e.data["words"]) for e in told] == [
        ("subtask_added", "取水样", ""),
        ("subtask_changed", "取两份水样", ""),
        ("subtask_done", "取两份水样", "浊度 0.6"),
        ("subtask_reopened", "取两份水样", ""),
    ]
    assert Notice.objects.filter(
        kind="cases.subtask_ended", staff_id=company.agent.person_id
    ).exists()


def test_an_owner_who_may_only_look_ends_his_own_and_no_other(company: Company) -> None:
    case = a_case(company)
    own = given(company, case)
    other = given(company, case, owner=Owner(staff_id=company.agent.staff_id))
    may = {"cases.view": company.colleague.organisations("cases.view")}
    looks = dataclasses.replace(company.colleague, grants=may)
    finish_subtask(subtask_id=own.pk, words="", actor=looks, now=NOW)
    with pytest.raises(Forbidden):
        finish_subtask(subtask_id=other.pk, words="", actor=looks, now=NOW)


def test_sub_tasks_of_a_merged_case_are_owed_on_the_one_that_stands_for_it(
    company: Company, agent: Client
) -> None:
    survivor, twin = a_case(company), a_case(company)
    task = given(company, twin)
    merge_cases(survivor_id=survivor.pk, merged=[twin.pk], actor=company.agent, now=NOW)
    assert "取水样" in text_of(agent.get(page(survivor)))
    at_the_last_step(company, survivor)
    with pytest.raises(SubTasksOpen):
        take_action(
            case_id=survivor.pk, action="satisfied", given={}, actor=company.agent, now=NOW
        )
    finish_subtask(subtask_id=task.pk, words="", actor=company.colleague, now=NOW)
    assert survivor.events.filter(kind="subtask_done").exists()


def test_sub_tasks_of_a_case_merged_twice_are_owed_and_ended_on_the_last_one(
    company: Company, agent: Client
) -> None:
    survivor, middle, twin = (a_case(company) for _n in range(3))
    task = given(company, twin)
    told: dict[str, Any] = {"actor": company.agent, "now": NOW}
    merge_cases(survivor_id=middle.pk, merged=[twin.pk], **told)
    merge_cases(survivor_id=survivor.pk, merged=[middle.pk], **told)
    assert "取水样" in text_of(agent.get(page(survivor)))
    assert get_subtask_for(actor=company.agent, case=survivor, subtask_id=task.pk) == task
    at_the_last_step(company, survivor)
    with pytest.raises(SubTasksOpen):
        take_action(case_id=survivor.pk, action="satisfied", given={}, **told)
    finish_subtask(subtask_id=task.pk, words="", actor=company.colleague, now=NOW)
    assert survivor.events.filter(kind="subtask_done").exists()


def test_a_main_case_waits_for_what_is_owed_on_a_case_merged_twice_into_its_report(
    company: Company,
) -> None:
    parent, report, middle, twin = (a_case(company) for _n in range(4))
    told: dict[str, Any] = {"actor": company.chief, "now": NOW}
    task = given(company, twin)
    merge_cases(survivor_id=middle.pk, merged=[twin.pk], **told)
    merge_cases(survivor_id=report.pk, merged=[middle.pk], **told)
    make_parent(case_id=parent.pk, cause=Cause("supply", "339102", NOW), **told)
    join_reports(parent_id=parent.pk, case_ids=[report.pk], **told)
    with pytest.raises(SubTasksOpen):
        end_reports(parent_id=parent.pk, text="已恢复", **told)
    finish_subtask(subtask_id=task.pk, words="", **told)
    end_reports(parent_id=parent.pk, text="已恢复", **told)


def test_reports_keep_their_main_case_from_its_end_by_what_is_owed_on_them(
    company: Company,
) -> None:
    main, report, twin = a_case(company), a_case(company), a_case(company)
    merge_cases(survivor_id=report.pk, merged=[twin.pk], actor=company.agent, now=NOW)
    cause = Cause("supply", "339102", NOW, "爆管")
    make_parent(case_id=main.pk, cause=cause, actor=company.chief, now=NOW)
    join_reports(parent_id=main.pk, case_ids=[report.pk], actor=company.chief, now=NOW)
    own, task = given(company, main, "关阀"), given(company, twin)
    with pytest.raises(SubTasksOpen) as refused:
        end_reports(parent_id=main.pk, text="已恢复", actor=company.chief, now=NOW)
    assert refused.value.titles == (f"{report.number} 取水样",)
    at_the_last_step(company, main)
    with pytest.raises(SubTasksOpen) as refused:
        take_action(case_id=main.pk, action="satisfied", given={}, actor=company.agent, now=NOW)
    assert refused.value.titles == ("关阀", f"{report.number} 取水样")
    finish_subtask(subtask_id=own.pk, words="", actor=company.colleague, now=NOW)
    finish_subtask(subtask_id=task.pk, words="", actor=company.colleague, now=NOW)
    take_action(case_id=main.pk, action="satisfied", given={}, actor=company.agent, now=NOW)
    with pytest.raises(CaseClosedAlready):
        given(company, report, "迟来的")


def test_a_main_case_tells_and_closes_reports_while_its_own_sub_task_goes_on(
    company: Company,
) -> None:
    main, report = a_case(company), a_case(company)
    cause = Cause("supply", "339102", NOW, "爆管")
    make_parent(case_id=main.pk, cause=cause, actor=company.chief, now=NOW)
    join_reports(parent_id=main.pk, case_ids=[report.pk], actor=company.chief, now=NOW)
    given(company, main, "恢复路面")
    end_reports(parent_id=main.pk, text="已恢复", actor=company.chief, now=NOW)
    with pytest.raises(CaseClosedAlready):
        given(company, report, "迟来的")


def test_the_database_keeps_one_owner_and_a_whole_end(company: Company) -> None:
    task = given(company, a_case(company))
    for broken in (
        {"team_id": company.lake_team.pk},
        {"state": "done"},
        {"state": "dropped", "ended_at": NOW, "ended_by_id": company.agent.staff_id},
        {"title": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubTask.objects.filter(pk=task.pk).update(**broken)


def test_a_sub_task_is_given_done_and_taken_up_again_on_the_page(
    company: Company, agent: Client
) -> None:
    case = a_case(company)
    ask = text_of(agent.get(page(case, "subtask_add"), headers=HTMX))
    assert f'value="team:{company.lake_team.pk}"' in ask
    refused = agent.post(page(case, "subtask_add"), {"title": "", "owner": ""}, headers=HTMX)
    assert refused.status_code == 422
    typed = {"title": "通知物业关泵", "owner": f"person:{company.colleague.staff_id}"}
    assert agent.post(page(case, "subtask_add"), typed).status_code == 302
    task = SubTask.objects.get()
    assert "通知物业关泵" in text_of(agent.get(page(case)))
    colleague = client_of(company.colleague_staff)
    done = colleague.post(page(case, "subtask_done", task.pk), {"words": "已关"}, headers=HTMX)
    assert done.status_code == 200
    assert "已关" in text_of(agent.get(page(case)))
    agent.post(page(case, "subtask_reopen", task.pk), headers=HTMX)
    task.refresh_from_db()
    assert (task.state, task.words) == ("open", "")
    empty = colleague.post(page(case, "subtask_drop", task.pk), {"words": ""}, headers=HTMX)
    assert empty.status_code == 422
    other = a_case(company)
    assert agent.get(page(other, "subtask_done", task.pk)).status_code == 404
    stranger = client_of(company.outsider_staff)
    assert stranger.get(page(case, "subtask_done", task.pk)).status_code == 404
