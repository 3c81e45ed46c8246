"""The tags of the demo world: a vocabulary in groups, carried as the customers' facts suggest."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.customers.models import Tag, TagKept

# group, name, when it is given, tone, whether it is still given, and whom: a condition on ``c``.
TAGS: Final = (
    ("联系习惯", "只认老师傅", "点名要某位维修员上门", "", True, "c.id %% 97 = 3"),
    ("联系习惯", "子女代办", "日常事务由子女联系办理", "info", True,
     "'elderly_alone' = ANY(c.flags) OR c.id %% 89 = 5"),
    ("联系习惯", "方言沟通", "请安排会说本地话的同事", "", True, "c.id %% 71 = 9"),
    ("服务提示", "用水大户", "月用水量明显高于同类用户", "pri", True, "c.id %% 53 = 7"),
    ("服务提示", "出租房", "房屋出租，租户更换频繁", "", True, "c.id %% 41 = 11"),
    ("服务提示", "老旧管网", "所在楼栋管网待改造，易发低水压", "warn", True, "c.id %% 29 = 13"),
    ("服务提示", "智能表试点", "参加智能水表试点，读数异常先看远传", "ok", True, "c.id %% 37 = 2"),
    ("关注", "媒体关注", "曾经媒体反映问题，回复须经值班长", "bad", True, "c.id %% 211 = 17"),
    ("关注", "热心用户", "曾主动报漏或参加意见征集", "ok", True, "c.id %% 83 = 19"),
    ("关注", "常打热线", "近期多次来电询问同一事项", "", False, "c.id %% 113 = 23"),
)  # fmt: skip
_CARRIED: Final = """
INSERT INTO customers_customertag (tag_id, customer_id, at, actor_id)
SELECT %(tag)s, c.id, %(now)s::timestamptz - make_interval(days => (c.id %% 240)::int + 2),
       (%(staff)s::bigint[])[1 + c.id %% cardinality(%(staff)s::bigint[])]
  FROM customers_customer c
 WHERE c.merged_into_id IS NULL AND ({whom} OR (c.id = %(known)s AND %(of_known)s))
"""
KNOWN: Final = ("子女代办", "老旧管网", "热心用户")


def build(world: World) -> None:
    """The vocabulary, and who carries it."""
    known = world.shared["first_customer_id"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM staff_staff WHERE is_active ORDER BY id")
        staff = [pk for (pk,) in cursor.fetchall()]
        for group, name, about, tone, is_active, whom in TAGS:
            tag = Tag.objects.create(
                name=name,
                group=group,
                about=about,
                tone=tone,
                is_active=is_active,
                created_at=world.now,
            )
            TagKept.objects.create(tag=tag)
            values = {
                "tag": tag.pk,
                "now": world.now,
                "staff": staff,
                "known": known,
                "of_known": name in KNOWN,
            }
            cursor.execute(_CARRIED.format(whom=f"({whom})"), values)


_FIGURES: Final = """
SELECT count(*), count(*) FILTER (WHERE k.customer_count <> (
           SELECT count(*) FROM customers_customertag c JOIN customers_customer p
               ON p.id = c.customer_id AND p.merged_into_id IS NULL WHERE c.tag_id = t.id)),
       sum(k.customer_count)
  FROM customers_tag t JOIN customers_tagkept k ON k.tag_id = t.id
"""


def audit() -> Sequence[Finding]:
    """Whether there are tags, and whether their kept counts are right."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        tags, wrong, carried = cursor.fetchone()
    return [
        Finding("tags", str(tags), str(len(TAGS)), tags == len(TAGS)),
        Finding("tags whose kept count is wrong", str(wrong), "0", wrong == 0),
        Finding("tags that customers carry", f"{carried:,}", "some", carried > 0),
    ]
