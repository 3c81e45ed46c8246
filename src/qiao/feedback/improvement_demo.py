"""Improvements of the demo world: told with the figures that its own cases give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qiao.cases.queries.cause_choices import cause_by_key
from qiao.core.actor import Actor
from qiao.core.demo import Finding as Check
from qiao.core.demo import World
from qiao.core.demo_audit import ask, none_of
from qiao.feedback.models import Improvement
from qiao.feedback.operations.improvements import (
    Finding,
    add_action,
    close_improvement,
    measure,
    note_told,
    open_improvement,
    take_effect,
)
from qiao.feedback.operations.watching import watch_causes
from qiao.feedback.queries.improvements import complainants_of, figure_of
from qiao.feedback.rules.improvements import Period
from qiao.staff.queries import actor_by_number, company_id, local_days, organisation

OWNER: Final = "1502"
LEAST: Final = 3  # cases before; with fewer there is no story to tell


@dataclass(frozen=True, slots=True)
class Tale:
    """A story: how many days ago the action took effect, over how long both figures are taken."""

    cause: str
    title: str
    finding: str
    subject: str
    action: str
    cost_minor: int | None
    effect_days_ago: int
    days: int
    lessons: str = ""


TALES: Final[Sequence[Tale]] = (
    Tale(
        "quality_chlorine",
        "出厂水余氯偏高，客户反映氯味",
        "水质类来电中“氯味重”明显增多，集中在第一水厂供水范围。抽检管网末梢余氯 0.8–1.1 mg/L，"
        "符合国标但高于内控值 0.5 mg/L；比对加氯记录，夏季加氯量未随水温回调。",
        "第一水厂加氯工艺",
        "按水温和末梢余氯分时段调整加氯量，末梢余氯内控值改为 0.3–0.5 mg/L，加装两处在线余氯仪。",
        18_600_000,
        160,
        120,
        "加氯量应随末梢余氯自动调节，不能只按季节设定；水质投诉按月送水厂例会。",
    ),
    Tale(
        "billing_steps",
        "阶梯水价看不懂",
        "客户来电多为询问第三阶梯如何计算，账单只列总价。",
        "水费账单版式",
        "账单背面加印阶梯说明。",
        1_200_000,
        150,
        90,
        "印在背面没有人看；改为在账单正面和微信推送中列出各阶梯用量。",
    ),
    Tale(
        "service_no_call_back",
        "承诺回电未回",
        "投诉处理中承诺回电后无人跟进，交接班时遗漏。",
        "回访交接",
        "承诺回电一律登记为跟进任务，交接班清单逐条核对。",
        None,
        35,
        90,
    ),
    Tale(
        "works_restoration",
        "抢修后路面恢复不及时",
        "抢修完工后路面恢复平均超过十天，客户反复来电。",
        "路面恢复外包",
        "",
        None,
        0,
        90,
    ),
)


def build(world: World) -> None:
    """Tell every story as far as its cases carry it, then let the rule open what it finds."""
    company = company_id()
    today = local_days(world.now)[company]
    actor = actor_by_number(OWNER, day=today)
    for tale in TALES:
        _tell(tale, f"{world.pack}.{tale.cause}", company, actor, world.now, today)
    watch_causes(now=world.now)


def _tell(tale: Tale, cause: str, company: int, actor: Actor, now: datetime, today: date) -> None:
    effective = today - timedelta(days=tale.effect_days_ago)
    end = effective - timedelta(days=8) if tale.action else today - timedelta(days=1)
    period = Period(end - timedelta(days=tale.days - 1), end)
    if cause_by_key(cause) is None:
        return
    count, base = figure_of(cause_key=cause, organisation_id=company, period=period)
    if count < LEAST or not base:
        return

    zone = ZoneInfo(organisation(company).timezone)

    def at(day: date, hour: int) -> datetime:
        return min(now, datetime.combine(day, time(hour, 20), zone))

    finding = Finding(
        organisation_id=company,
        cause_key=cause,
        title=tale.title,
        finding=tale.finding,
        owner_id=actor.person_id,
        period=period,
        subject=tale.subject,
    )
    row = open_improvement(finding=finding, actor=actor, now=at(end + timedelta(days=1), 10))
    if not tale.action:
        return
    add_action(
        improvement_id=row.pk,
        text=tale.action,
        due_date=effective,
        cost_minor=tale.cost_minor,
        actor=actor,
        now=at(end + timedelta(days=2), 11),
    )
    row = take_effect(
        improvement_id=row.pk, effective_date=effective, actor=actor, now=at(effective, 16)
    )
    if row.after_to is None or row.after_to >= today:
        return
    row = measure(improvement_id=row.pk, actor=None, now=at(row.after_to + timedelta(days=1), 8))
    _end(row, tale, actor, at(min(today, effective + timedelta(days=tale.days + 3)), 15))


def _end(row: Improvement, tale: Tale, actor: Actor, now: datetime) -> None:
    cases = [each.case_id for each in complainants_of(row)]
    note_told(improvement_id=row.pk, case_ids=cases, channel="phone", actor=actor, now=now)
    close_improvement(improvement_id=row.pk, lessons=tale.lessons, actor=actor, now=now)


_STATES = "SELECT count(*), count(*) FILTER (WHERE verdict = 'proved') FROM feedback_improvement"
_HALF = """
SELECT count(*) FROM feedback_improvement i
 WHERE state = 'closed' AND NOT EXISTS
       (SELECT FROM feedback_improvementevent e WHERE e.improvement_id = i.id AND e.kind = 'told')
"""


def audit() -> Sequence[Check]:
    """Stories are whole."""
    ((every, proved),) = ask(_STATES)
    return [
        Check("improvements", f"{every} ({proved} proved)", "any", ok=True),
        none_of("closed improvements of which nobody was told", _HALF),
    ]
