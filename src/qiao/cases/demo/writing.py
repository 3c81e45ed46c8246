"""Macros of the demo world: official ones, one of a unit, one of an agent's own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connection

from qiao.cases.models import Macro
from qiao.cases.operations.macros import MacroDraft, save_macro
from qiao.cases.rules.macros import MacroStep
from qiao.core.demo import Finding, World
from qiao.staff.queries import actor_by_number

OFFICIAL: Final = (
    (
        {"en": "Missed call: note and words", "zh-Hans": "电话未接通：记备注备话术",
         "zh-Hant": "電話未接通：記備註備話術"},
        [
            MacroStep("note", text="{today} 致电客户未接通，按规定间隔两小时后再联系。"),
            MacroStep(
                "open_answer",
                text="我们按您留下的号码联系未接通，方便时请回电 {organisation.phone}，"
                "报工单编号 {case.number}。",
            ),
        ],
        (), (),
    ),
    (
        {"en": "Urgent: raise and take over", "zh-Hans": "急件：升级并接手",
         "zh-Hant": "急件：升級並接手"},
        [
            MacroStep("priority", "urgent"),
            MacroStep("take"),
            MacroStep(
                "note",
                text="按急件处理，承办人 {agent.name}（{agent.number}），{due} 前回复。",
            ),
        ],
        (), ("intake", "assign", "work"),
    ),
    (
        {"en": "Waits for the customer", "zh-Hans": "待客户补充资料", "zh-Hant": "待客戶補充資料"},
        [
            MacroStep("note", text="已请客户补充资料，收到后继续办理。"),
            MacroStep("pause", text="待客户补充资料"),
        ],
        (), ("intake", "work"),
    ),
)  # fmt: skip
OWN: Final = (
    {"zh-Hans": "水黄：先放水再看"},
    [
        MacroStep("note", text="已指导客户打开离水表最近的冷水龙头放水约十分钟，先不洗衣服。"),
        MacroStep(
            "open_answer",
            text="{customer.title}，请打开离水表最近的冷水龙头放水约十分钟；"
            "如仍发黄请告诉我们，我们上门取样。工单编号 {case.number}。",
        ),
    ],
    ("water_quality",),
)
_USES: Final = "UPDATE cases_macrokept SET use_count = 4 + (macro_id * 5381) %% 160"


def build(world: World) -> None:
    """Macros, and how often they were run."""
    day, now = world.now.date(), world.now - timedelta(days=30)
    agent, chief = actor_by_number("1027", day=day), actor_by_number("9001", day=day)
    for place, (names, steps, types, phases) in enumerate(OFFICIAL, 1):
        draft = MacroDraft(names, steps, "company", None, types, phases, place)
        save_macro(draft=draft, actor=chief, now=now)
    own, own_steps, own_types = OWN
    mine = tuple(f"{world.pack}.{key}" for key in own_types)
    draft = MacroDraft(own, own_steps, types=mine, position=9)
    save_macro(draft=draft, actor=agent, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_USES, {})


def audit() -> Sequence[Finding]:
    """Whether there are macros."""
    found = Macro.objects.count()
    return [Finding("macros", str(found), str(len(OFFICIAL) + 1), found == len(OFFICIAL) + 1)]
