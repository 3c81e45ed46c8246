"""A list of calls of the demo world, some days under way: unhappy customers of high tiers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.customers.queries import open_segments
from qiao.staff.queries import actor_by_number, companies, extras
from qiao.telephony.models import CallList, CallListTry
from qiao.telephony.operations import ListDraft, fold_list_counts, make_call_list, turn_call_list
from qiao.telephony.rights import LISTS

MAKERS: Final = ("1008", "9001")
BEGAN: Final = timedelta(days=3)
MOST_CALLED: Final = 400
NAME: Final = "高等级客户关怀回访"
SCRIPT: Final = (
    "您好，这里是供水客服中心，工号××××。来电是想了解您近期反映的问题是否已妥善解决。\n"
    "一、核对上次诉求及处理结果；二、询问是否满意、还有什么需要；三、如仍有问题，当场建工单并告知时限。\n"
    "感谢您的接听，再见。"
)
# Who was called in the past days, by whom, and what came of it: most were reached once.
_CALLED: Final = """
WITH chosen AS (
    SELECT e.id, e.customer_id, abs(hashint8extended(e.customer_id, %(seed)s)) AS h
      FROM telephony_calllistentry e
     WHERE e.call_list_id = %(list)s AND e.state = 'waiting'
       AND abs(hashint8extended(e.customer_id, %(seed)s)) %% 100 < 62
     ORDER BY e.id LIMIT %(most)s
), told AS (
    SELECT c.*, (%(staff)s::bigint[])[1 + (c.h / 7) %% cardinality(%(staff)s::bigint[])] AS staff,
           date_trunc('day', %(now)s::timestamptz AT TIME ZONE %(zone)s) AT TIME ZONE %(zone)s
             - make_interval(days => 1 + (c.h / 11 %% 3)::int)
             + make_interval(mins => 540 + (c.h / 13 %% 510)::int) AS at,
           CASE WHEN c.h / 100 %% 100 < 36 THEN 'done' WHEN c.h / 100 %% 100 < 46 THEN 'follow_up'
                WHEN c.h / 100 %% 100 < 52 THEN 'refused'
                WHEN c.h / 100 %% 100 < 80 THEN 'no_answer' WHEN c.h / 100 %% 100 < 90 THEN 'busy'
                WHEN c.h / 100 %% 100 < 96 THEN 'off' ELSE 'wrong_number' END AS result
      FROM chosen c
), kinds (result, kind) AS (VALUES
    ('done', 'reached'), ('follow_up', 'reached'), ('refused', 'refused'),
    ('no_answer', 'not_reached'), ('busy', 'not_reached'), ('off', 'not_reached'),
    ('wrong_number', 'wrong_number')
), tried AS (
    INSERT INTO telephony_calllisttry (entry_id, call_list_id, customer_id, staff_id, at, result,
        kind, note, is_by_end)
    SELECT t.id, %(list)s, t.customer_id, t.staff, t.at, t.result, k.kind,
           CASE t.result WHEN 'follow_up' THEN '水压仍偏低，已告知将安排上门查看' ELSE '' END,
           k.kind = 'not_reached'
      FROM told t JOIN kinds k ON k.result = t.result
    RETURNING entry_id, at, result, kind)
UPDATE telephony_calllistentry e
   SET tries = 1, why = d.result,
       state = CASE WHEN d.kind = 'not_reached' THEN 'waiting' ELSE 'done' END,
       next_at = CASE WHEN d.kind = 'not_reached' THEN %(now)s ELSE e.next_at END,
       ended_at = CASE WHEN d.kind <> 'not_reached' THEN d.at END
  FROM tried d WHERE d.entry_id = e.id
"""


def build(world: World) -> None:
    """Make a list of the segment that the customer managers look at, and let it be worked."""
    if not companies():
        return
    day = world.now.date()
    people = [each.person_id for each in extras(role="agent", day=day)][:6]
    found = _maker(world)
    if found is None or not people:
        return
    maker, segment_id = found
    began = world.now - BEGAN
    with transaction.atomic():
        draft = ListDraft(NAME, maker.organisation_id, segment_id=segment_id, script=SCRIPT)
        made = make_call_list(draft=draft, actor=maker, now=began)
        if not made.entries.filter(state="waiting").exists():
            return
        turn_call_list(list_id=made.pk, state="running", actor=maker, now=began)
        with connection.cursor() as cursor:
            cursor.execute(
                _CALLED,
                {
                    "list": made.pk,
                    "seed": world.seed,
                    "most": MOST_CALLED,
                    "staff": people,
                    "now": world.now,
                    "zone": "Asia/Shanghai",
                },
            )
        fold_list_counts()


def _maker(world: World) -> tuple[Actor, int] | None:
    """Who makes the list, and of which segment: the smallest that has some dozens of people."""
    for number in MAKERS:
        actor = actor_by_number(number, day=world.now.date())
        units = set(actor.organisations(LISTS))
        known = [each for each in open_segments(actor=actor) if each.organisation_id in units]
        sized = sorted(((each.kept.member_count, each.pk) for each in known), reverse=True)
        fitting = [pair for pair in sized if pair[0] <= 2_000] or sized[-1:]
        if fitting:
            return actor, fitting[0][1]
    return None


def audit() -> Sequence[Finding]:
    """A list that was made is worked, and about as many are reached as in real ones."""
    made = CallList.objects.filter(name=NAME).first()
    calls = CallListTry.objects.filter(call_list=made)
    total, reached = calls.count(), calls.filter(kind="reached").count()
    share = 100 * reached / total if total else 0.0
    is_worked = made is None or total > 0
    return [
        Finding("calls of a list", str(total), "some", ok=is_worked),
        Finding("of them reached", f"{share:.0f} %", "25–70 %", ok=not total or 25 <= share <= 70),
    ]
