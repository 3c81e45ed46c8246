"""Knowledge in the demo world: people's own texts, uses, marks of readers, a proposal."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.rules.texts import DATA_KEYS
from qiao.knowledge.models import Article
from qiao.knowledge.operations import (
    Facts,
    TextDraft,
    Wording,
    create_text,
    mark_article,
    propose_article,
)
from qiao.staff.queries import actor_by_number

AGENT, COLLEAGUE, LEAD = "1027", "1031", "1008"
# key, title, text: what an agent keeps for herself
OWN: Final = (
    (
        "lxdh",
        "留联系电话",
        "{customer.title}，方便的话请再留一个白天能接通的电话，维修人员出发前会先联系您。",
    ),
    (
        "wbsj",
        "晚间可上门",
        "客户白天上班，{case.place} 只能晚上 18:30 以后或周末上门，请与客户电话确认后再出发。",
    ),
    ("zs", "转述给班组", "客户原话：……\n客户最在意：……\n已答应客户：{due} 前回电。"),
)
UNIT: Final = (
    (
        "hczb",
        "寒潮值班口径",
        "今晚有寒潮，冻表冻管来电请先按知识库“水管、水表冻住怎么办”指导，同一小区合并成一张工单。",
    ),
)
_USES: Final = """
UPDATE knowledge_textmodulekept SET use_count = 3 + (text_module_id * 7919) %% 240,
       used_at = %(now)s - make_interval(hours => (text_module_id * 31 %% 200)::int)
"""
_READ: Final = (
    "UPDATE knowledge_articlekept SET use_count = 5 + (article_id * 6101) %% 180"  # as above
)


def build(world: World) -> None:
    """Texts of a person and of a unit, marks of readers, and one proposal."""
    day = world.now.date()
    agent, colleague, lead = (actor_by_number(n, day=day) for n in (AGENT, COLLEAGUE, LEAD))
    told: dict[str, Any] = {"now": world.now - timedelta(days=20)}
    for key, title, body in OWN:
        draft = TextDraft(key, {"zh-Hans": title}, {"zh-Hans": body})
        create_text(draft=draft, actor=agent, **told)
    for key, title, body in UNIT:
        draft = TextDraft(key, {"zh-Hans": title}, {"zh-Hans": body}, "unit", lead.organisation_id)
        create_text(draft=draft, actor=lead, **told)
    with connection.cursor() as cursor:
        cursor.execute(_USES, {"now": world.now})
        cursor.execute(_READ, {})
    articles = {a.key.partition(".")[2]: a for a in Article.objects.filter(pack=world.pack)}
    for key in sorted(articles)[:8]:
        for actor in (colleague, lead):
            _mark(articles[key], "useful", "", actor, world)
    if "price_steps" in articles:
        note = "二档上限写的是去年的数，今年一月起已调整。"
        _mark(articles["price_steps"], "outdated", note, colleague, world)
    if "frozen_pipes" in articles:
        _propose(articles["frozen_pipes"], agent, world)


def _mark(article: Article, kind: str, note: str, actor: Any, world: World) -> None:
    moment = world.now - timedelta(days=3)
    mark_article(article_id=article.pk, kind=kind, note=note, actor=actor, now=moment)


def _propose(article: Article, actor: Any, world: World) -> None:
    more = {
        "en": "\n\nSmart meters report frost by themselves: look at the account first.",
        "zh-Hans": "\n\n智能水表会自动上报低温告警，接电话时先看账户里的告警记录。",
        "zh-Hant": "\n\n智能水錶會自動上報低溫告警，接電話時先看帳戶裡的告警記錄。",
    }
    bodies = {key: article.bodies[key] + more[key] for key in DATA_KEYS if key in article.bodies}
    propose_article(
        article_id=article.pk,
        wording=Wording(article.titles, bodies, article.words, "补充智能水表低温告警"),
        facts=Facts(article.category, tuple(article.case_types), article.emergency_first),
        actor=actor,
        now=world.now - timedelta(hours=5),
    )


_COUNTS: Final = """
SELECT (SELECT count(*) FROM knowledge_article WHERE version > 0),
       (SELECT count(*) FROM knowledge_textmodule WHERE scope = 'company'),
       (SELECT count(*) FROM knowledge_textmodule WHERE scope <> 'company'),
       (SELECT count(*) FROM knowledge_articleversion WHERE state = 'pending')
"""


def audit() -> Sequence[Finding]:
    """Whether there is something to read, to insert and to decide."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        articles, official, own, waiting = cursor.fetchone()
    return [
        Finding("articles", str(articles), "12 or more", articles >= 12),
        Finding("official texts", str(official), "10 or more", official >= 10),
        Finding("texts of people and units", str(own), str(len(OWN) + len(UNIT)), own >= 4),
        Finding("proposals that wait", str(waiting), "1", waiting == 1),
    ]
