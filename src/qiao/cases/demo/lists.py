"""Kept views and cases set aside in the demo world: a supervisor's official ones, a team's, an
agent's own, so that the list shows from the first minute what it is for."""

from datetime import timedelta

from qiao.cases.models import Case, SavedView
from qiao.cases.operations.setting_aside import mark_unread, snooze
from qiao.cases.operations.views import Reach, save_view
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
ASIDE = (
    (3, False, "等客户发照片"),
    (20, True, "客户明天才回来"),
)


def build_lists(world: World) -> None:
    """Keep views and set a few open cases of the agent aside, once."""
    agent = actor_by_number(AGENT, day=world.now.date())
    chief = actor_by_number(SUPERVISOR, day=world.now.date())
    if SavedView.objects.filter(staff_id__in=[agent.person_id, chief.person_id]).exists():
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
