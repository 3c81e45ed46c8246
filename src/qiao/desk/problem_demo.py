"""The demo's problem log: reports of the cast, and a fault that the product saw itself."""

from datetime import timedelta

from qiao.core.demo import World
from qiao.core.transactions import acting
from qiao.desk.operations.problems import (
    Circumstances,
    Decision,
    Sighting,
    decide_problem,
    note_sighting,
    report_problem,
)
from qiao.desk.rules.problems import fingerprint_of, title_of
from qiao.staff.queries import actor_by_number, company_id

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0"
REPORTS = (
    (
        "1027",
        "打印结算单时页脚与表格重叠",
        "A4 横向打印，第二页页脚压住最后一行；竖向正常。",
        "/customers/moves/",
        9,
        Decision("fixed", 3, None, "0.1.0", None, "已修复：横向打印时为页脚留出空间。谢谢反馈。"),
    ),
    (
        "1031",
        "回访列表按区域筛选后，返回时筛选条件丢失",
        "从回访详情按浏览器返回，区域又变成全部。",
        "/follow-ups/",
        4,
        Decision("accepted", 3, None, "", None, "已确认，排入下一版本。"),
    ),
    ("1008", "月底导出工单时希望默认选上月", "每月初都要改日期。", "/cases/", 2, None),
    (
        "6101",
        "客户页等级颜色看不清",
        "营业厅的显示器较旧，金色与白底接近。",
        "/customers/",
        1,
        None,
    ),
)
FRAMES = ["core/downloads.py send_file", "core/downloads.py _blocks"]
SEEN = (("page", "OSError", FRAMES, "/overview/export/", 3, 2),)


def build(world: World) -> None:
    """Let people of the cast report, and the keeper decide on some of it."""
    day = world.now.date()
    keeper = actor_by_number("9001", day=day)
    for number, title, body, path, days_ago, decision in REPORTS:
        actor = actor_by_number(number, day=day)
        at = world.now - timedelta(days=days_ago, hours=2)
        with acting(actor):
            problem = report_problem(
                actor=actor,
                now=at,
                title=title,
                body=body,
                circumstances=Circumstances(path, BROWSER, f"{days_ago:032x}"),
            )
        if decision is not None:
            with acting(keeper):
                decide_problem(
                    actor=keeper,
                    now=at + timedelta(hours=20),
                    problem_id=problem.pk,
                    decision=decision,
                )
    for source, kind, frames, path, times, days_ago in SEEN:
        sighting = Sighting(
            source,
            fingerprint_of(source, kind, frames),
            title_of(kind, frames),
            "\n".join(frames),
            path,
        )
        for n in range(times):
            with acting(keeper):
                note_sighting(
                    sighting=sighting,
                    organisation_id=company_id(),
                    now=world.now - timedelta(days=days_ago, minutes=-41 * n),
                )
