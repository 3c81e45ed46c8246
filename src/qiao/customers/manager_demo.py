"""Customer managers of the demo world: key customers in care, visits made and planned, and what
one who left handed over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.customers.models import (
    Customer,
    CustomerVisit,
    HandedOver,
    HandOverOfCustomers,
    KeyCustomer,
    ManagerAssignment,
    VisitPlan,
)
from qiao.customers.rules.managing import due_after
from qiao.staff.queries import company_id, demo_managers, first_of_roles, ids_by_number

MOST: Final = 240
PASSED_ON, FORGOTTEN = 36, 5  # of who left: handed over long ago, and still without an heir
HANDED_DAYS, LEFT_DAYS = 150, 9
NO_PLAN: Final = 11  # one customer in so many
MONTHS: Final = {"A": 2, "B": 3, "C": 6, "D": 1}
TOPICS: Final = (
    ("水价调整说明与用水结构分析", "fine", "已按阶梯说明影响，客户认可。", ""),
    ("二次供水泵房联合巡查", "concern", "泵房噪声偏大，租户有意见。", "请维修班本周内复测并回告"),
    ("夏季高峰用水保障沟通", "fine", "双方确认应急联系人与错峰方案。", ""),
    ("计划停水影响协商", "wish", "希望停水安排在周日夜间。", "向调度申请调整停水时段"),
    ("水表到期轮换安排", "fine", "约定换表日期，现场由物业配合。", ""),
    ("用水量异常增长走访", "wish", "怀疑管网暗漏，希望协助检漏。", "安排检漏仪上门"),
    ("扩建项目增容咨询", "wish", "二期厂房预计增加日用水三百吨。", "转业扩班出具方案"),
    ("节水技改回访", "fine", "冷却水回用后月用水下降一成。", ""),
    ("账单与发票对接", "concern", "集团要求电子发票自动推送。", "与账务核对接口清单"),
    ("季度例行走访", "fine", "供水正常，无异议。", ""),
)
NOTES: Final = "名单内三家在谈二期增容，资料在共享盘；两家对噪声投诉刚结案，请在一个月内当面回访。"


# A visit is a contact: the latest one of most of these customers.
_CONTACTS: Final = """
INSERT INTO customers_lastcontact (customer_id, at, channel, subject)
SELECT DISTINCT ON (v.customer_id) v.customer_id, v.closed_at,
       CASE v.how WHEN 'phone' THEN 'phone' ELSE 'visit' END, v.topic
  FROM customers_customervisit v WHERE v.state = 'done'
 ORDER BY v.customer_id, v.closed_at DESC
ON CONFLICT (customer_id) DO UPDATE
   SET at = excluded.at, channel = excluded.channel, subject = excluded.subject
 WHERE excluded.at >= customers_lastcontact.at
"""


@dataclass(frozen=True, slots=True)
class _Care:
    """A customer in care: of whom, since when, and who had them before."""

    customer_id: int
    tier: str
    manager_id: int
    since: date
    before_id: int = 0
    before_since: date | None = None


def build(world: World) -> None:
    """Give key customers to managers, and two years of care to each."""
    rng = world.random("managers")
    staying, left = demo_managers()
    (chief,) = ids_by_number(
        [player.number for player in first_of_roles(("supervisor",), language="zh-hans")]
    ).values()
    today = world.now.date()
    cares = _cares(rng, staying, left, today)
    _assign(cares, left, chief, today)
    VisitPlan.objects.bulk_create(_plans(cares, today, world.now), batch_size=500)
    visits = [visit for care in cares for visit in _visits(rng, care, today, world.now)]
    CustomerVisit.objects.bulk_create(visits, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS)


def _cares(rng: Random, staying: Sequence[int], left: int, today: date) -> list[_Care]:
    keys = KeyCustomer.objects.filter(period__is_closed=False).order_by("place")
    firms = Customer.objects.filter(kind=Customer.Kind.ORGANISATION, merged_into=None)
    known = dict(firms.values_list("pk", "tier"))
    ids = [pk for pk in keys.values_list("customer_id", flat=True) if pk in known][:MOST]
    found = []
    for place, pk in enumerate(ids):
        since = today - timedelta(days=rng.randrange(200, 560))
        if place % 7 == 2 and place // 7 < PASSED_ON:
            handed = today - timedelta(days=HANDED_DAYS)
            found.append(_Care(pk, known[pk], staying[0], handed, left, since))
        elif place % 7 == 5 and place // 7 < FORGOTTEN:
            found.append(_Care(pk, known[pk], left, since))
        else:
            found.append(_Care(pk, known[pk], staying[place % len(staying)], since))
    return found


def _assign(cares: Sequence[_Care], left: int, chief: int, today: date) -> None:
    zone = ZoneInfo(settings.TIME_ZONE)
    passed = [care for care in cares if care.before_id]
    made = None
    if passed:
        day = today - timedelta(days=HANDED_DAYS)
        made = HandOverOfCustomers.objects.create(
            organisation_id=company_id(), from_manager_id=left, to_manager_id=passed[0].manager_id,
            day=day, reason="片区调整，重点客户归口管理", note=NOTES, customer_count=len(passed),
            made_at=datetime.combine(day - timedelta(days=3), time(15, 20), zone),
            made_by_id=chief,
        )  # fmt: skip
        HandedOver.objects.bulk_create(
            [HandedOver(hand_over=made, customer_id=care.customer_id) for care in passed]
        )
    rows = []
    for care in cares:
        told = {"customer_id": care.customer_id, "assigned_by_id": chief}
        if care.before_since:
            rows.append(
                ManagerAssignment(
                    manager_id=care.before_id, period=DateRange(care.before_since, care.since),
                    reason="首批重点客户", end_reason="片区调整，重点客户归口管理",
                    assigned_at=datetime.combine(care.before_since, time(9, 30), zone), **told,
                )
            )  # fmt: skip
        rows.append(
            ManagerAssignment(
                manager_id=care.manager_id, period=DateRange(care.since, None),
                reason=made.reason if made and care.before_id else "按 80/20 名单确定",
                hand_over=made if care.before_id else None,
                assigned_at=datetime.combine(care.since, time(9, 30), zone), **told,
            )
        )  # fmt: skip
    ManagerAssignment.objects.bulk_create(rows, batch_size=500)


def _plans(cares: Sequence[_Care], today: date, now: datetime) -> Iterator[VisitPlan]:
    for care in cares:
        if care.customer_id % NO_PLAN:
            months = MONTHS[care.tier]
            last = _last(care, today)
            yield VisitPlan(
                customer_id=care.customer_id, every_months=months,
                due_date=due_after(last, months), purpose="例行走访", changed_at=now,
            )  # fmt: skip


def _last(care: _Care, today: date) -> date:
    """The latest visit: spread over the rhythm, a few of them longer ago."""
    span = MONTHS[care.tier] * 30
    late = 14 if care.customer_id % 9 == 0 else 0
    return today - timedelta(days=1 + care.customer_id * 7 % span + late)


def _visits(rng: Random, care: _Care, today: date, now: datetime) -> Iterator[CustomerVisit]:
    zone = ZoneInfo(settings.TIME_ZONE)
    months, day = MONTHS[care.tier], _last(care, today)
    while care.customer_id % NO_PLAN and day > (care.before_since or care.since):
        topic, result, note, step = rng.choice(TOPICS)
        by = care.before_id if care.before_id and day < care.since else care.manager_id
        at = datetime.combine(day, time(rng.randrange(10, 17), rng.randrange(60)), zone)
        yield CustomerVisit(
            customer_id=care.customer_id, manager_id=by, state="done", date=day, first_date=day,
            topic=topic, how=rng.choice(("on_site", "on_site", "on_site", "phone", "office")),
            result=result, note=note, next_step=step, made_at=at, made_by_id=by,
            closed_at=min(at, now),
        )  # fmt: skip
        day -= timedelta(days=months * 30 + rng.randrange(-6, 12))
    if care.customer_id % 2:
        due = due_after(_last(care, today), months) + timedelta(days=rng.randrange(-6, 7))
        planned = max(due, today - timedelta(days=rng.randrange(2, 15)))
        yield CustomerVisit(
            customer_id=care.customer_id, manager_id=care.manager_id, state="planned",
            date=planned, first_date=planned, topic=rng.choice(TOPICS)[0], how="on_site",
            made_at=now - timedelta(days=20), made_by_id=care.manager_id,
        )  # fmt: skip


def audit() -> Sequence[Finding]:
    """Key customers are in care, visits were made, some are late, and one hand-over is told."""
    ((cared, late, done, handed),) = ask(
        "SELECT (SELECT count(*) FROM customers_managerassignment WHERE upper_inf(period)),"
        " (SELECT count(*) FROM customers_customervisit WHERE state = 'planned'"
        "   AND date < current_date),"
        " (SELECT count(*) FROM customers_customervisit WHERE state = 'done'),"
        " (SELECT count(*) FROM customers_handedover)"
    )
    return [
        Finding("customers in the care of a manager", str(cared), "1 or more", cared >= 1),
        Finding("visits made", str(done), "1 or more", done >= 1),
        Finding("visits that are late", f"{late}", "not all", late < done),
        Finding("customers handed over", str(handed), "", handed <= cared),
        none_of(
            "visits before their manager's days",
            "SELECT count(*) FROM customers_customervisit v WHERE v.state = 'done' AND NOT EXISTS"
            " (SELECT 1 FROM customers_managerassignment a WHERE a.customer_id = v.customer_id"
            " AND a.manager_id = v.manager_id AND a.period @> v.date)",
        ),
    ]
