"""A log of the hotline that the company had before, taken in with what was wrong in it, and a log
of the city that waits for somebody to say what its words mean."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Final
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from qiao.cases.models import CaseIntake
from qiao.cases.operations import intake_files as files
from qiao.cases.operations.intake_runs import start_intake
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask
from qiao.core.transactions import acting
from qiao.staff.queries import actor_by_number, organisation

MANAGER: Final = "1008"
HEADER: Final = (
    "工单编号", "受理时间", "办结时间", "诉求类型", "细类", "状态", "优先级", "渠道", "区域",
    "地址", "联系电话", "诉求内容", "处理结果", "承办单位",
)  # fmt: skip
KINDS: Final = (
    ("漏水报修", "路面冒水", "路面有水冒出，水流不大。", "已关阀修复，路面恢复。"),
    ("水压低", "高层水压", "六楼以上早晚水压低。", "调整泵站出口压力，回访正常。"),
    ("水质", "自来水发黄", "停水恢复后水发黄。", "排放管道末端，取样合格。"),
    ("账单咨询", "阶梯水价", "本月水费比上月高很多，问阶梯怎么算。", "已解释阶梯水量与人口登记。"),
    ("表计故障", "水表不走", "水表指针不动已经两个月。", "换表并按前期用量估收。"),
    ("投诉", "施工扰民", "夜间抢修噪声太大。", "已致歉并说明抢修必要性。"),
    ("井盖", "井盖松动", "小区门口井盖松动，车压过响。", "已更换井盖。"),
)
STREETS: Final = ("柳荫路", "学院路", "工农路", "滨河东路", "新建北巷")
AREAS: Final = ("滨湖片区", "城西片区", "老城片区")
SHARE: Final = 0.05
FEWEST, MOST = 60, 600


def build(world: World) -> None:
    """Take the old hotline's log in, and leave the city's checked."""
    actor = actor_by_number(MANAGER, day=world.now.date())
    if not actor.can("cases.intake"):
        return
    unit = _unit(actor)
    rows = max(FEWEST, min(MOST, int(world.customers * SHARE)))
    now = world.now - timedelta(days=2, hours=3)
    job = _checked(actor, unit, "旧热线系统", "热线工单2024.csv", _log(unit, now, rows, 400), now)
    start_intake(actor=actor, intake_id=job.pk, now=now)
    files.LOGS.run(actor=actor, file_id=job.pk, now=now)
    later = world.now - timedelta(minutes=35)
    data = _log(unit, later, rows // 3, 30)
    _checked(actor, unit, "市民热线 12345", "12345转办.csv", data, later)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts()")


def _unit(actor: Actor) -> int:
    ((unit,),) = ask(
        "SELECT organisation_id FROM cases_case WHERE organisation_id = ANY(%s)"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
        [list(actor.organisations("cases.intake"))],
    )
    return int(unit)


def _checked(
    actor: Actor, unit: int, source: str, name: str, data: bytes, now: datetime
) -> CaseIntake:
    upload = SimpleUploadedFile(name, data)
    job = files.receive_log(
        actor=actor, organisation_id=unit, source=source, upload=upload, now=now
    )
    mapping = {int(column): key for column, key in job.mapping.items()}
    with acting(actor):
        files.name_columns(actor=actor, intake_id=job.pk, mapping=mapping, settings=job.settings)
    return files.LOGS.run_check(actor=actor, file_id=job.pk, now=now)


def _log(unit: int, now: datetime, rows: int, days: int) -> bytes:
    """A log of so many days: most cases closed, a few open, some rows wrong."""
    zone = ZoneInfo(organisation(unit).timezone)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for line in _rows(now.astimezone(zone), rows, days):
        writer.writerow(line)
    return out.getvalue().encode()


def _rows(now: datetime, rows: int, days: int) -> Iterator[tuple[str, ...]]:
    for n in range(rows):
        opened = now - timedelta(minutes=90 + (days * 1_440 - 120) * (rows - n) // rows)
        opened = opened.replace(hour=8 + (n * 5) % 10, minute=(n * 17) % 60)
        opened = min(opened, now - timedelta(hours=1))
        kind, sub, said, done = KINDS[(n * n + n // 3) % len(KINDS)]
        took = timedelta(minutes=40 + (n * 137) % 4_000)
        is_over = n % 9 != 4 and opened + took < now - timedelta(hours=1)
        closed = opened + took if is_over else None
        end = closed.strftime("%Y-%m-%d %H:%M:%S") if closed else ""
        if n % 41 == 40:
            end = (opened - timedelta(hours=5)).strftime("%Y-%m-%d %H:%M:%S")
        yield (
            f"RX{20_240_000 + n}",
            "昨天上午" if n % 53 == 52 else opened.strftime("%Y-%m-%d %H:%M:%S"),
            end,
            kind,
            sub,
            "已办结" if end else "办理中",
            ("一般", "一般", "紧急", "低")[n % 4],
            ("电话", "网站")[n % 5 == 0],
            AREAS[n % len(AREAS)],
            f"{STREETS[n % len(STREETS)]}{1 + n % 180}号",
            f"138{57_100_000 + n * 31}",
            said,
            done if closed else "",
            ("维修所", "水质科", "营业所")[n % 3],
        )


def audit() -> Sequence[Finding]:
    """Whether a log came in with refused rows, and one waits."""
    ((done, waiting, opened),) = ask(
        "SELECT count(*) FILTER (WHERE state = 'done' AND refused_count > 0),"
        " count(*) FILTER (WHERE state = 'checked'),"
        " (SELECT count(*) FROM cases_casesource) FROM cases_caseintake"
    )
    return [
        Finding("logs of cases with refused rows", str(done), "some", done > 0),
        Finding("logs that wait to be started", str(waiting), "some", waiting > 0),
        Finding("cases out of logs", str(opened), "some", opened > 0),
    ]
