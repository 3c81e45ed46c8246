"""Views that people keep: who sees them, in which order, how many cases they hold."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases import list_tasks, operations
from qiao.cases.models import SavedView, ViewCount
from qiao.cases.operations import views as view_operations
from qiao.cases.operations.views import Reach
from qiao.cases.queries.saved import saved_views
from qiao.cases.tests.browsing import HTMX, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor, Forbidden
from qiao.staff.tests.cast import Company


def _save(company: Company, name: str, query: str = "view=open", **reach: int) -> SavedView:
    return view_operations.save_view(
        name=name, query=query, reach=Reach(**reach), actor=company.agent
    )


def _names(actor: Actor) -> list[str]:
    return [view.name for view in saved_views(actor=actor)]


def test_a_view_is_saved_and_shared(company: Company, agent: Client, colleague: Client) -> None:
    team = company.agent.team_ids[0]
    form = {"name": "我的紧急", "query": "view=urgent", "reach": f"team:{team}"}
    agent.post(reverse("cases:save_view"), form)
    assert "我的紧急" in text_of(colleague.get(reverse("cases:list"), {"view": "open"}))
    view = SavedView.objects.get()
    drop = reverse("cases:drop_view", args=[view.pk])
    assert colleague.post(drop).status_code == 404
    agent.post(drop)
    assert "我的紧急" not in text_of(colleague.get(reverse("cases:list"), {"view": "open"}))
    agent.post(reverse("cases:take_back_view", args=[view.pk]))
    assert "我的紧急" in text_of(colleague.get(reverse("cases:list"), {"view": "open"}))


def test_only_who_may_sets_an_official_view_and_all_below_the_unit_see_it(
    company: Company,
) -> None:
    with pytest.raises(Forbidden):
        _save(company, "全公司", unit_id=company.company.pk)
    view_operations.save_view(
        name="全公司",
        query="view=late",
        reach=Reach(unit_id=company.company.pk),
        actor=company.chief,
    )
    for actor in (company.agent, company.colleague, company.outsider, company.chief):
        assert _names(actor) == ["全公司"]
    view_operations.save_view(
        name="湖区", query="view=late", reach=Reach(unit_id=company.lake.pk), actor=company.chief
    )
    assert set(_names(company.agent)) == {"全公司", "湖区"}
    assert _names(company.outsider) == ["全公司"]


def test_each_reader_puts_views_in_an_order_of_his_own(company: Company) -> None:
    first, second, third = (_save(company, name) for name in ("一", "二", "三"))
    view_operations.place_views(
        view_ids=[third.pk, first.pk, second.pk],
        pinned=frozenset({third.pk, second.pk}),
        actor=company.agent,
    )
    found = saved_views(actor=company.agent)
    assert [(view.name, view.pinned) for view in found] == [
        ("三", True),
        ("一", False),
        ("二", True),
    ]


def test_a_dropped_view_comes_back_under_a_name_that_is_free(company: Company) -> None:
    view = _save(company, "到期")
    view_operations.drop_view(view_id=view.pk, actor=company.agent, now=NOW)
    _save(company, "到期")
    view_operations.take_back_view(view_id=view.pk, actor=company.agent)
    assert sorted(_names(company.agent)) == ["到期", "到期 2"]
    view_operations.drop_view(view_id=view.pk, actor=company.agent, now=NOW)
    view_operations.sweep_views(now=NOW + timedelta(days=8))
    assert SavedView.objects.count() == 1


def test_shared_views_are_counted_for_all_readers_at_once(company: Company) -> None:
    team = company.agent.team_ids[0]
    mine = a_case(company, type_key="water.bill")
    a_case(company)
    a_case(company, type_key="water.burst")
    everything = _save(company, "全部", team_id=team)
    own = _save(company, "各自的", "view=mine", team_id=team)
    ours = _save(company, "班组的", "view=team", team_id=team)
    past = _save(company, "归档", "view=closed", team_id=team)
    list_tasks.count_views(NOW)
    counts = {view.view_id: view.count for view in saved_views(actor=company.agent)}
    assert counts == {everything.pk: 3, own.pk: 1, ours.pk: 3, past.pk: 0}
    counts = {view.view_id: view.count for view in saved_views(actor=company.colleague)}
    assert counts[own.pk] == 0
    operations.take_over(case_id=mine.pk, actor=company.colleague, now=NOW)
    list_tasks.count_views(NOW + timedelta(minutes=2))
    counts = {view.view_id: view.count for view in saved_views(actor=company.colleague)}
    assert counts[own.pk] == 1
    assert not ViewCount.objects.filter(view=past).exists()


def test_own_views_are_counted_with_a_bound_after_the_page(
    company: Company, agent: Client
) -> None:
    a_case(company)
    view = _save(company, "自己的", "view=open&priority=normal&priority=high&priority=urgent")
    shown = text_of(agent.get(reverse("cases:view_counts"), headers=HTMX))
    assert view.name in shown
    assert '<span class="q-count soft">1</span>' in shown


def test_the_list_is_where_one_left_it(company: Company, agent: Client) -> None:
    a_case(company)
    agent.get(reverse("cases:list"), {"view": "open", "priority": "urgent", "sort": "-opened"})
    again = agent.get(reverse("cases:list"))
    assert again["Location"].endswith("?view=open&sort=-opened&priority=urgent")


def test_columns_are_chosen_and_kept_in_the_address(company: Company, agent: Client) -> None:
    a_case(company)
    moved = agent.get(reverse("cases:columns"), {"place": "view=open", "col": ["due", "priority"]})
    assert moved["Location"].endswith("?view=open&cols=due.priority")
    shown = text_of(agent.get(moved["Location"]))
    assert shown.count("<th ") == 4


def test_a_copy_is_ones_own(company: Company, colleague: Client) -> None:
    view = _save(company, "大家的", "view=late", team_id=company.agent.team_ids[0])
    colleague.post(reverse("cases:copy_view", args=[view.pk]), headers=HTMX)
    copy = SavedView.objects.exclude(pk=view.pk).get()
    assert (copy.staff_id, copy.query) == (company.colleague.staff_id, "view=late")


def test_a_view_is_renamed_but_never_to_a_name_that_is_taken(
    company: Company, agent: Client
) -> None:
    view, other = _save(company, "甲"), _save(company, "乙")
    url = reverse("cases:change_view", args=[view.pk])
    assert agent.post(url, {"name": "乙", "reach": "own"}, headers=HTMX).status_code == 422
    agent.post(url, {"name": "丙", "reach": "own"}, headers=HTMX)
    view.refresh_from_db()
    assert view.name == "丙"
    agent.post(reverse("cases:keep_view", args=[other.pk]), {"query": "view=late&bad=1"})
    other.refresh_from_db()
    assert other.query == "view=late"
