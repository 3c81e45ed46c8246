"""Sub-tasks of the demo world: what agents asked of colleagues and teams on open cases."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from qiao.cases.models import Case, SubTask
from qiao.cases.operations.subtasks import (
    Owner,
    add_subtask,
    drop_subtask,
    finish_subtask,
)
from qiao.core.demo import Finding, World
from qiao.staff.queries import actor_by_number, members_of

AGENT: Final = "1027"
MOST: Final = 14
ASKED: Final = {
    "fault": (
        ("联系物业，确认楼栋总阀位置并配合关阀", 3),
        ("查施工备案：附近有无开挖作业", 6),
        ("张贴临时停水告知并短信通知同单元住户", 2),
    ),
    "enquiry": (
        ("调取近 12 个月抄表记录并核对照片", 24),
        ("请营业厅核对该户缴费入账情况", 8),
    ),
    "request": (
        ("核验房产证与身份证复印件是否一致", 24),
        ("约定上门勘察时间并告知客户", 12),
    ),
    "complaint": (
        ("调取当日通话录音与现场照片", 8),
        ("请班组长书面说明经过", 24),
    ),
}
DONE: Final = "已核实，材料已上传"
DROPPED: Final = "客户已自行解决，不再需要"


def build(world: World) -> None:
    """Some parts of open cases of the agent's branch are owed, some are done, one was dropped."""
    agent = actor_by_number(AGENT, day=world.now.date())
    cases = Case.objects.open().filter(
        organisation_id__in=agent.organisations("cases.work"),
        merged_into__isnull=True,
        parent__isnull=True,
        about_unit__isnull=True,
        case_type__group__in=list(ASKED),
    )
    chosen = cases.select_related("case_type").order_by("-opened_at", "-id")[:MOST]
    colleagues = [each.pk for each in members_of(agent.team_ids[0])] if agent.team_ids else []
    with transaction.atomic():
        for place, case in enumerate(chosen):
            words = ASKED[case.case_type.group]
            title, hours = words[place % len(words)]
            given = world.now - timedelta(hours=1 + place * 2)
            owner = Owner(staff_id=agent.staff_id)
            if place % 3 == 1 and colleagues:
                owner = Owner(staff_id=colleagues[place % len(colleagues)])
            elif place % 3 == 2 and agent.team_ids:
                owner = Owner(team_id=agent.team_ids[0])
            made = add_subtask(
                case_id=case.pk,
                title=title,
                owner=owner,
                due_at=given + timedelta(hours=hours),
                actor=agent,
                now=given,
            )
            if place % 5 == 3:
                finish_subtask(subtask_id=made.pk, words=DONE, actor=agent, now=world.now)
            elif place % 7 == 6:
                drop_subtask(subtask_id=made.pk, words=DROPPED, actor=agent, now=world.now)


def audit() -> Sequence[Finding]:
    """Whether parts of cases are owed."""
    found = SubTask.objects.filter(state=SubTask.State.OPEN).count()
    return [Finding("sub-tasks owed", str(found), "some", found > 0)]
