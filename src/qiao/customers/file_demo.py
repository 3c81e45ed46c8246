"""Notes, wishes, words on consent and documents of the demo world."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection

from qiao.core import attachments
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.rules.grams import grams, normalise
from qiao.customers.models import Customer, Document, Hold
from qiao.customers.queries.documents import OWNER_KIND

NOTES: Final = (
    "家中有狗，上门前请先打电话。",
    "周三下午和周末在家，其他时间联系女儿。",
    "听力不好，请慢慢说，重要事项发短信。",
    "水表在楼道表箱最上层，需带梯子。",
    "长期出差，抄表前一天短信提醒。",
    "对水质问题较敏感，回复时请附检测结果。",
)
LETTERS: Final = (
    ("contract", "供用水合同", "供用水合同约定：计量水表由供水方每六年免费检定或更换一次。", 396),
    ("letter", "关于水压偏低的来信", "用户来信反映：六楼早晚高峰水压偏低，热水器无法点火。", None),
    ("authorisation", "委托办理授权书", "本人授权女儿代为办理过户、缴费和查询用水记录。", 25),
    ("meter", "水表检定记录", "检定结论：示值误差符合 JJG 162 要求，铅封完好。", None),
)
# The author is one of those who serve, by turns.
_NOTES = """
INSERT INTO customers_note (customer_id, text, is_pinned, author_id, created_at)
SELECT c.id, (%(notes)s::text[])[1 + c.id %% %(kinds)s], c.id %% 2 = 0,
       (%(staff)s::bigint[])[1 + c.id %% cardinality(%(staff)s::bigint[])],
       %(now)s::timestamptz - make_interval(days => (c.id %% 300)::int + 1)
  FROM customers_customer c WHERE c.kind = 'person' AND (c.id %% 31 = 0 OR c.id = %(known)s)
"""
_WISHES = """
INSERT INTO customers_preference (customer_id, channels, language, quiet_from, quiet_until, needs,
                                  needs_text, changed_at)
SELECT c.id, CASE c.id %% 3 WHEN 0 THEN ARRAY['wechat', 'phone'] WHEN 1 THEN ARRAY['phone']
             ELSE ARRAY['sms'] END, '',
       CASE WHEN c.id %% 2 = 0 THEN time '21:30' END,
       CASE WHEN c.id %% 2 = 0 THEN time '08:00' END,
       CASE WHEN 'elderly_alone' = ANY(c.flags) THEN ARRAY['large_print', 'slowly']
            WHEN 'disabled' = ANY(c.flags) THEN ARRAY['wheelchair']
            WHEN c.id %% 5 = 0 THEN ARRAY['dialect'] ELSE ARRAY[]::text[] END, '',
       %(now)s::timestamptz - make_interval(days => (c.id %% 200)::int + 1)
  FROM customers_customer c
 WHERE c.kind = 'person' AND (c.id %% 23 = 0 OR c.id = %(known)s OR cardinality(c.flags) > 0)
"""
_CONSENTS = """
INSERT INTO customers_consent (customer_id, purpose, channel, is_given, how, proof, text_version,
                               at, actor_id)
SELECT c.id, p.purpose, '', (c.id + length(p.purpose)) %% 4 <> 0,
       (ARRAY['spoken', 'counter', 'written', 'online'])[1 + c.id %% 4], '', '2025-03',
       %(now)s::timestamptz - make_interval(days => (c.id %% 400)::int + 1),
       (%(staff)s::bigint[])[1 + c.id %% cardinality(%(staff)s::bigint[])]
  FROM customers_customer c, (VALUES ('survey'), ('marketing')) p (purpose)
 WHERE c.kind = 'person' AND (c.id %% 11 = 0 OR c.id = %(known)s)
"""


def build(world: World) -> None:
    """What is good to know of some customers, and a few papers of the best known one."""
    known = world.shared["first_customer_id"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, organisation_id FROM staff_staff WHERE is_active ORDER BY id")
        staff = cursor.fetchall()
        values = {
            "notes": list(NOTES),
            "kinds": len(NOTES),
            "staff": [row[0] for row in staff],
            "known": known,
            "now": world.now,
        }
        for sql in (_NOTES, _WISHES, _CONSENTS):
            cursor.execute(sql, values)
    for number, (kind, title, words, ends) in enumerate(LETTERS):
        _keep(world, known, staff[0], number, (kind, title, words, ends))
    _dispute(world, staff[0])


def _dispute(world: World, clerk: tuple[int, int]) -> None:
    """A customer at court: an old contract that would be due stays."""
    people = Customer.objects.filter(kind="person", merged_into=None)
    customer = people.order_by("pk")[min(40, people.count() - 1)]
    words = "供用水合同（旧版），2019 年起由新合同取代。"
    _keep(world, customer.pk, clerk, -40, ("contract", "供用水合同（旧版）", words, -2_000))
    Hold.objects.create(
        customer=customer,
        reason="（2026）临江民初 1127 号供用水合同纠纷，结案前保全全部资料",
        placed_at=world.now - timedelta(days=48),
        placed_by_id=clerk[0],
    )


def _keep(
    world: World,
    customer_id: int,
    clerk: tuple[int, int],
    number: int,
    letter: tuple[str, str, str, int | None],
) -> None:
    kind, title, words, ends = letter
    kept = attachments.store(
        attachments.check_upload(
            io.BytesIO(_letter(title, words)), file_name=f"{title}.docx", allow=("office",)
        ),
        owner_kind=OWNER_KIND,
        owner_id=customer_id,
        organisation_id=clerk[1],
        actor=Actor(clerk[0], "", clerk[1]),
        now=world.now,
        label=title,
    )
    folded = normalise(f"{title} {words}")
    today = world.now.date()
    Document.objects.create(
        customer_id=customer_id,
        kind=kind,
        title=title,
        dated=today - timedelta(days=340 - 60 * number),
        expires=None if ends is None else today + timedelta(days=ends),
        attachment_id=kept.pk,
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        search=folded,
        grams=grams(folded, singles=False),
        read_at=world.now,
        added_at=world.now - timedelta(days=330 - 60 * number),
        added_by_id=clerk[0],
    )


def _letter(title: str, words: str) -> bytes:
    """A Word file of a heading and a paragraph (ECMA-376, 5th edition, part 1)."""
    space = "http://schemas.openxmlformats.org"
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in (title, words))
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override'
            ' PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1"'
            f' Type="{space}/officeDocument/2006/relationships/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
        )
        packed.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}/wordprocessingml/2006/main"><w:body>{lines}</w:body>'
            "</w:document>",
        )
    return out.getvalue()


_FIGURES = """
SELECT (SELECT count(*) FROM customers_note), (SELECT count(*) FROM customers_preference),
       (SELECT count(*) FROM customers_consent), (SELECT count(*) FROM customers_document)
"""


def audit() -> Sequence[Finding]:
    """Whether there is something to look at."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        found = cursor.fetchone()
    names = ("notes on customers", "wishes of customers", "words on consent", "documents")
    return [
        Finding(name, f"{count:,}", "some", count > 0)
        for name, count in zip(names, found, strict=True)
    ]
