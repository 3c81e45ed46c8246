"""The demo's pilot: checklists for the crews of two branches, two weeks, what came of it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qiao.cases.operations import take_action
from qiao.cases.queries.forward import forward_action
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.features import Switching, switch
from qiao.core.transactions import acting
from qiao.rollout.models import Pilot, Remark
from qiao.rollout.operations.pilots import (
    PilotPlan,
    Wanted,
    ask_for_decision,
    evaluate_pilot,
    plan_pilot,
)
from qiao.rollout.operations.remarks import Said, say
from qiao.staff.queries import actor_by_number, chain_of, home_unit, ids_by_number

FEATURE: Final = "cases.checklists"
TRYING: Final = ("3101", "3201")  # by a member of the crew of each branch
NEXT: Final = "3301"
BRANCHES: Final = (*TRYING, NEXT, "3401", "3501")
HELPER, SECOND = "9101", "1008"
BEGAN_DAYS_AGO: Final = 24
LASTED_DAYS: Final = 14
OFF_DAYS_BEFORE: Final = 60
TITLE: Final = "检查清单试点（滨湖、老城）"
AIM: Final = (
    "现场到达后逐项核对阀门、停水范围和客户告知，减少二次上门。\n"
    "衡量：承诺按时率、重开率、满意度与试点前两周及未试点营业所相比。"
)
EVALUATION: Final = (
    "两个营业所均已习惯使用，班长反映新人漏项明显减少；手机端勾选顺手，但“停水范围”一项文字偏长。\n"
    "两周样本较小，按时率变化未超出偶然波动，建议继续使用并逐所推开，半年后再评估。"
)
REASON: Final = "两周试点反映良好，无负面影响"
# Days after the start, who, where, what kind, the words, and the answer.
REMARKS: Final = (
    (1, "6101", "cases:list", "/cases/", "idea", "清单能否默认折叠已勾选的项，窗口电脑屏幕小。",
     "已记录，下一版折叠已完成的项。"),
    (2, "3101", "dispatch:today", "/jobs/today", "wrong", "戴手套时勾选框太小，容易点错。",
     "勾选区域已放大到整行，请再试。"),
    (4, "3201", "dispatch:today", "/jobs/today", "praise", "新来的同事照着清单做，没再漏关阀门。",
     "谢谢，已转告编写清单的同事。"),
    (6, "6201", "cases:list", "/cases/", "idea", "“停水范围”这一项文字太长，建议拆成两项。",
     "已拆成“停水范围”和“影响户数”两项。"),
    (9, "7101", "cases:list", "/cases/", "", "表务工单能不能也配一份清单？", ""),
)  # fmt: skip


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone)


def build(world: World) -> None:
    """Plan the pilot as it was planned then, let people speak, evaluate, propose what follows."""
    zone = ZoneInfo("Asia/Shanghai")
    today = world.now.astimezone(zone).date()
    first = today - timedelta(days=BEGAN_DAYS_AGO)
    helper = actor_by_number(HELPER, day=today)
    people = ids_by_number(BRANCHES)
    units = {number: chain_of(home_unit(people[number]))[1] for number in BRANCHES}
    with acting(helper):
        pilot = _plan(helper, units, first, _at(first - timedelta(days=3), 10, zone))
        for days, number, page, path, kind, words, answer in REMARKS:
            at = _at(first + timedelta(days=days), 15, zone)
            writer = actor_by_number(number, day=today)
            said = say(said=Said(words, kind, page, path), actor=writer, now=at)
            if answer:
                _answer(said, answer, helper, at + timedelta(hours=20))
        end = first + timedelta(days=LASTED_DAYS)
        evaluate_pilot(pilot_id=pilot.pk, words=EVALUATION, actor=helper, now=_at(end, 11, zone))
        wanted = Wanted(
            Pilot.Decision.WIDEN, today + timedelta(days=3), REASON, units=[units[NEXT]]
        )
        ask_for_decision(
            pilot_id=pilot.pk, wanted=wanted, actor=helper, now=world.now - timedelta(hours=3)
        )


def _plan(helper: Actor, units: dict[str, int], first: date, at: datetime) -> Pilot:
    before = at - timedelta(days=OFF_DAYS_BEFORE)
    for code in BRANCHES:
        wanted = Switching(
            FEATURE, units[code], state=False, since=before.date(), reason="检查清单先试点，后推开"
        )
        switch(wanted=wanted, actor=helper, now=before)
    plan = PilotPlan(
        title=TITLE,
        features=[FEATURE],
        units=[units[code] for code in TRYING],
        since=first,
        until=first + timedelta(days=LASTED_DAYS),
        aim=AIM,
        helpers=[helper.person_id, ids_by_number([SECOND])[SECOND]],
        off_elsewhere=False,
    )
    pilot = plan_pilot(plan=plan, actor=helper, now=at)
    for code in TRYING:  # both go on until it is decided
        went_on = Switching(
            FEATURE, units[code], state=True, since=plan.until, reason="试点结束后沿用，待决定"
        )
        switch(wanted=went_on, actor=helper, now=at)
    return pilot


def _answer(remark: Remark, words: str, helper: Actor, at: datetime) -> None:
    case = remark.case
    onward = forward_action(case, until="closed")
    if onward is not None:
        take_action(
            case_id=case.pk,
            action=onward.key,
            given=dict.fromkeys(onward.asked, words),
            actor=helper,
            now=at,
        )


def audit() -> Sequence[Finding]:
    """One pilot, with what was said of it, of which one thing is still open."""
    remarks = Remark.objects.count()
    still = Remark.objects.filter(case__closed_at__isnull=True).count()
    return [
        Finding("pilots", str(Pilot.objects.count()), "1", ok=Pilot.objects.count() == 1),
        Finding("remarks", str(remarks), str(len(REMARKS)), ok=remarks >= len(REMARKS)),
        Finding("open remarks", str(still), "1", ok=still >= 1),
    ]
