"""Kept views and cases set aside in the demo world: a supervisor's official ones, a team's, an
agent's own, so that the list shows from the first minute what it is for."""

from datetime import timedelta

from qiao.cases.models import Case, ReportSchedule, SavedView
from qiao.cases.operations.report_schedules import set_schedule
from qiao.cases.operations.setting_aside import mark_unread, snooze
from qiao.cases.operations.views import Reach, save_view
from qiao.cases.queries.saved import REPORT
from qiao.core.demo import World
from qiao.staff.queries import actor_by_number, company_id

AGENT = "1027"
SUPERVISOR = "1008"
OFFICIAL = (
    ("投诉（最急在前）", "view=open&group=complaint"),
    ("超时且已升级", "view=late&escalated=1"),
    ("紧急无人接手", "view=unassigned&priority=urgent&priority=high"),
)
TEAM = ("本班报修（最早在前）", "view=team&sort=-opened&group=fault")
OWN = (
    ("我的回访", "view=responsible&phase=confirm"),
    ("水质", "view=open&q=水黄&cols=step.due.area.opened"),
)
WEEKLY = (
    "服务周报（按班组）",
    "period=week&by=team&fig=opened&fig=closed&fig=kept&fig=first_contact&fig=reopened&fig=cost",
)
ASIDE = (
    (3, False, "等客户发照片"),
    (20, True, "客户明天才回来"),
)


def build_lists(world: World) -> None:
    """Keep views and set a few open cases of the agent aside, once."""
    agent = actor_by_number(AGENT, day=world.now.date())
    chief = actor_by_number(SUPERVISOR, day=world.now.date())
    if SavedView.objects.filter(
        staff_id__in=[agent.person_id, chief.person_id], page="list"
    ).exists():
        return
    for name, query in OFFICIAL:
        save_view(name=name, query=query, reach=Reach(unit_id=company_id()), actor=chief)
    name, query = TEAM
    save_view(name=name, query=query, reach=Reach(team_id=agent.team_ids[0]), actor=agent)
    for name, query in OWN:
        save_view(name=name, query=query, reach=Reach(), actor=agent)
    mine = Case.objects.visible_to(agent).open().filter(assignee_id=agent.person_id)
    waiting = mine.filter(due_at__gt=world.now + timedelta(days=1)).order_by("due_at", "pk")
    for case, (hours, until_answer, why) in zip(waiting, ASIDE, strict=False):
        snooze(
            case_id=case.pk,
            until=world.now + timedelta(hours=hours),
            until_answer=until_answer,
            for_team=False,
            reason=why,
            actor=agent,
            now=world.now,
        )
    for case in mine.order_by("-opened_at")[:2]:
        mark_unread(case_id=case.pk, actor=agent, now=world.now)


def build_reports(world: World) -> None:
    """An official report that comes every week, due once the worker runs."""
    chief = actor_by_number(SUPERVISOR, day=world.now.date())
    if SavedView.objects.filter(staff_id=chief.person_id, page=REPORT).exists():
        return
    name, query = WEEKLY
    unit = company_id()
    view = save_view(name=name, query=query, reach=Reach(unit_id=unit), actor=chief, page=REPORT)
    schedule = set_schedule(
        view_id=view.pk,
        unit_id=chief.organisation_id,
        every="week",
        hour=8,
        staff_ids=[chief.person_id],
        actor=chief,
        now=world.now,
    )
    week_before = schedule.made_day - timedelta(days=schedule.made_day.weekday() + 7)
    ReportSchedule.objects.filter(pk=schedule.pk).update(made_day=week_before)
