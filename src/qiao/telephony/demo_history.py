"""The past weeks of the demo world's telephone: every contact by phone has its call, and some
callers gave up. Written by set-based SQL, and counted by the same fold as every call."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_bulk import bulk_load, pass_over_ids
from qiao.core.demo_rhythm import demo_packs, fill
from qiao.core.packs.model import Pack
from qiao.core.packs.qualify import qualify
from qiao.telephony import demo_statements as statements
from qiao.telephony.engines.at_hand import played_shelf
from qiao.telephony.models import Call
from qiao.telephony.operations import fold_figures, record_turns, settle_wrap_ups

DAYS: Final = 35
MOST: Final = 60_000
PORTION: Final = 1_000
RECORDED: Final = 40
TABLES: Final = (
    "telephony_call", "telephony_callentry", "contact_waiting", "contact_offer",
)  # fmt: skip


def build(world: World) -> None:
    """Let the contacts of the last weeks have their calls, with those who gave up among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(world.seed % 977) / 1000])
        for statement in statements.PREPARE:
            cursor.execute(statement)
        queues = (row for pack in demo_packs() for row in _queues_of(pack))
        fill(cursor, "demo_queue_of", queues)
        values = _values(cursor, world)
        for statement in statements.DRAW:
            cursor.execute(statement, values)
        cursor.execute("SELECT count(*) FROM demo_told")
        (rows,) = cursor.fetchone()
        with bulk_load(cursor, *TABLES, rows=rows):
            for statement in statements.WRITE:
                cursor.execute(statement, values)
        _record(cursor, values)
        for table in ("telephony_call", "contact_waiting"):
            pass_over_ids(cursor, table, rows=rows)
        pass_over_ids(cursor, "contact_offer", rows=3 * rows + 3)
        for statement in statements.STATES:
            cursor.execute(statement, values)
        cursor.execute("ANALYZE contact_agentstatechange")
    _count(values["base"], world)


def _record(cursor: Any, values: dict[str, Any]) -> None:
    """The latest talks lie recorded at the played switch, from where the worker brings them."""
    if settings.SWITCH != "played":
        return
    cursor.execute(statements.RECORDED, values | {"recorded": RECORDED})
    shelf = played_shelf()
    for name, seconds in cursor.fetchall():
        shelf.put(name, seconds)


def _values(cursor: Any, world: World) -> dict[str, Any]:
    cursor.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM telephony_call),"
        " (SELECT coalesce(max(id), 0) FROM contact_waiting),"
        " (SELECT coalesce(max(id), 0) FROM contact_offer),"
        " (SELECT coalesce(min(phone), '') FROM staff_organisation WHERE kind = 'company')"
    )
    base, waitings, offers, hotline = cursor.fetchone()
    return {
        "now": world.now,
        "since": world.now - timedelta(days=DAYS),
        "most": MOST,
        "transferred": qualify(world.pack, "transferred"),
        "base": base,
        "waitings": waitings,
        "offers": offers,
        "hotline": hotline,
    }


def _queues_of(pack: Pack) -> Iterator[tuple[str, str]]:
    """For each case type the queue that takes calls about it."""
    phone = [queue for queue in pack.queues if "phone" in queue.channels]
    emergency = max(phone, key=lambda queue: queue.points).key
    by_skill = {queue.skill: queue.key for queue in phone if queue.key != emergency}
    everyday = by_skill.get(qualify(pack.key, "billing"), emergency)
    for item in pack.case_types:
        if item.emergency:
            found = emergency
        elif item.group == "complaint":
            found = by_skill.get(qualify(pack.key, "complaints"), everyday)
        else:
            found = by_skill.get(item.skill, everyday)
        yield item.key, found


def _count(base: int, world: World) -> None:
    ids = list(Call.objects.filter(pk__gt=base).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), PORTION):
        record_turns(ids[start : start + PORTION])
    settle_wrap_ups(now=world.now, limit=10**9)
    fold_figures()


_AUDIT: Final = """
SELECT (SELECT count(*) FROM telephony_call),
       (SELECT count(*) FROM contact_interaction i
         WHERE i.channel = 'phone' AND i.direction = 'in' AND i.state = 'closed'
           AND i.started_at >= now() - interval '20 days'
           AND i.ended_at < (SELECT max(ended_at) FROM telephony_call)
           AND NOT EXISTS (SELECT FROM telephony_call c WHERE c.interaction_id = i.id)),
       (SELECT count(*) FROM contact_interaction i
         WHERE i.channel = 'phone' AND i.started_at >= now() - interval '20 days'),
       (SELECT 100.0 * sum(abandoned) / nullif(sum(offered), 0) FROM telephony_callfigure),
       (SELECT 100.0 * sum(in_time) / nullif(sum(offered) - sum(abandoned_short), 0)
          FROM telephony_callfigure),
       (SELECT count(*) FROM (
            (SELECT organisation_id, queue, staff_id, slot_at, offered, answered, talk_seconds
               FROM telephony_refigure()
             EXCEPT ALL
             SELECT organisation_id, queue, staff_id, slot_at, sum(offered), sum(answered),
                    sum(talk_seconds)
               FROM (SELECT * FROM telephony_callfigure
                     UNION ALL SELECT * FROM telephony_callfigurechange) f
              GROUP BY 1, 2, 3, 4, line_id)) AS d)
"""


def audit() -> Sequence[Finding]:
    """Calls belong to contacts, some gave up, most were answered in time, figures are kept."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT)
        calls, without, contacts, abandoned, level, wrong = cursor.fetchone()
    abandoned, level = float(abandoned or 0), float(level or 0)
    few = 0.15 * contacts  # too short, or hung up by the switch of another company
    return [
        Finding("calls", f"{calls:,}", "some", ok=calls > 0),
        Finding("phone contacts without a call", str(without), f"< {few:.0f}", ok=without <= few),
        Finding("calls abandoned", f"{abandoned:.1f} %", "3–10 %", ok=3 <= abandoned <= 10),
        Finding("service level", f"{level:.1f} %", "70–95 %", ok=70 <= level <= 95),
        Finding("kept figures that differ", str(wrong), "0", ok=wrong == 0),
    ]
