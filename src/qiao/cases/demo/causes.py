"""The causes of the demo world: what was found to be the reason of two years of cases."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case, Cause
from qiao.cases.operations.cause_models import install_model
from qiao.cases.queries.cause_models import coded_examples
from qiao.cases.queries.causes import suggest_causes
from qiao.cases.rules.learning import cross_validate
from qiao.cases.rules.process import Action, Step, asked_fields
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.demo_bulk import bulk_load
from qiao.core.demo_rhythm import phrases_of
from qiao.core.packs.enabled import catalogue

LEARNT_WEEKS: Final = 10
MOST_LEARNT: Final = 300
ASKED: Final = "main_cause"
# By what the customer said (a part of the case's words), else by the type of case: causes with
# weights. What was said comes from the pack's phrases, so that words and causes belong together.
BY_WORDS: Final[Sequence[tuple[str, Mapping[str, int]]]] = (
    ("氯味", {"quality_chlorine": 90, "quality_odour": 10}),
    ("发黄", {"quality_old_pipe": 78, "quality_after_works": 22}),
    ("乳白", {"quality_air": 95, "quality_odour": 5}),
    ("水压低", {"pressure_peak": 66, "pressure_pump": 24, "pressure_small_pipe": 10}),
    ("水很小", {"pressure_valve": 55, "pressure_filter": 45}),
    ("没人回电话", {"service_no_call_back": 92, "service_passed_on": 8}),
    ("态度", {"works_dirt": 45, "service_attitude": 55}),
    ("估抄", {"reading_estimated": 80, "reading_no_access": 12, "reading_remote_dead": 8}),
    ("没恢复", {"works_restoration": 96, "outside_third_party": 4}),
    ("停水通知", {"notice_none": 75, "notice_wrong_contact": 25}),
    ("邻居家有水", {"pressure_filter": 50, "pressure_valve": 40, "quality_inside": 10}),
    ("婴儿", {"pressure_unplanned": 100}),
    ("不走字", {"reading_meter_stopped": 100}),
    ("起雾", {"reading_meter_stopped": 60, "reading_box": 40}),
    ("表箱盖", {"reading_box": 100}),
    ("高一倍", {"billing_leak_inside": 70, "reading_misread": 30}),
    ("对不上", {"reading_misread": 60, "reading_swapped": 40}),
    ("阶梯", {"billing_steps": 100}),
    ("催费", {"billing_dunning_wrong": 80, "billing_late_posting": 20}),
    ("租客", {"billing_former_tenant": 100}),
    ("还没显示", {"billing_late_posting": 100}),
)
GROUPS: Final = ("complaint", "fault", "enquiry")
_SHARE_CODED: Final = {"complaint": 1.0, "fault": 0.9, "enquiry": 0.55}

_DRAW = """
CREATE TEMP TABLE demo_cause ON COMMIT DROP AS
WITH found AS MATERIALIZED (
    SELECT DISTINCT ON (c.id) c.id AS case_id, w.place,
           random() * w.total AS draw, random() AS taken, random() AS guess, t."group" AS grp,
           c.responsible_id, c.opened_at, coalesce(c.closed_at, c.opened_at) AS at,
           c.event_count, c.closed_at
      FROM cases_case c
      JOIN cases_casetype t ON t.id = c.case_type_id AND t."group" = ANY(%(groups)s)
      JOIN (SELECT place, said, sum(weight) AS total
              FROM unnest(%(places)s::int[], %(said)s::text[], %(weights)s::int[])
                   AS w (place, said, weight) GROUP BY place, said) w
        ON strpos(c.title || c.description, w.said) > 0
     WHERE c.phase IN ('confirm', 'closed')
     ORDER BY c.id, w.place
), choice AS (
    SELECT w.place, k.id AS cause_id, k.names, k.key,
           sum(w.weight) OVER (PARTITION BY w.place ORDER BY k.id) AS cum
      FROM unnest(%(places)s::int[], %(keys)s::text[], %(weights)s::int[])
           AS w (place, key, weight)
      JOIN cases_cause k ON k.key = w.key
)
SELECT f.case_id, f.responsible_id, f.at, f.guess, f.event_count, f.closed_at, k.cause_id,
       k.names, k.key
  FROM found f
 CROSS JOIN LATERAL (SELECT * FROM choice h WHERE h.place = f.place AND h.cum >= f.draw
                      ORDER BY h.cum LIMIT 1) k
 WHERE f.taken < (%(coded)s::jsonb ->> f.grp)::float8
"""
_WRITE = (
    """INSERT INTO cases_casecause (case_id, cause_id, role, coded_by_id, coded_at)
SELECT case_id, cause_id, 'main', responsible_id, at FROM demo_cause""",
    """INSERT INTO cases_caseevent
    (case_id, seq, kind, at, recorded_at, actor_id, visibility, data)
SELECT case_id, event_count + 1, 'cause_coded', at, at, responsible_id, 'internal',
       jsonb_build_object('main', jsonb_build_object('id', cause_id, 'key', key, 'names', names),
                          'others', '[]'::jsonb)
  FROM demo_cause""",
    """UPDATE cases_case c SET main_cause_id = d.cause_id, event_count = c.event_count + 1
  FROM demo_cause d WHERE d.case_id = c.id""",
)
TABLES = ("cases_casecause", "cases_caseevent")


# The story of the chlorine: for months many smell it, until the works doses less.
STORY: Final = "water_quality"
SMELL: Final = "氯味"
STORY_FROM, STORY_UNTIL = 300, 160  # days ago
_SMELLS_MORE: Final = 0.8  # of the cases of those months
_SMELLS_NO_MORE: Final = 0.85  # of the cases that would still tell of it afterwards
_RETELL = """
UPDATE cases_case c SET title = w.title, description = w.said
  FROM (SELECT * FROM unnest(%(titles)s::text[], %(said)s::text[], %(smells)s::bool[])
          AS w (title, said, smells)) w
 WHERE c.case_type_id = (SELECT id FROM cases_casetype WHERE key = %(type)s)
   AND ((w.smells AND c.opened_at BETWEEN %(since)s AND %(until)s
         AND strpos(c.description, %(smell)s) = 0 AND random() < %(more)s)
     OR (NOT w.smells AND c.opened_at > %(until)s
         AND strpos(c.description, %(smell)s) > 0 AND random() < %(fewer)s))
"""


def _tell_of_chlorine(cursor: Any, world: World) -> None:
    """Let the customers of some months smell what those of the months after no longer do."""
    pack = catalogue().packs[world.pack]
    types = [item for item in pack.case_types if item.key == f"{world.pack}.{STORY}"]
    phrases = [phrase for item in types for phrase in phrases_of(pack, item)]
    smelling = [phrase for phrase in phrases if SMELL in phrase][:1]
    other = [phrase for phrase in phrases if SMELL not in phrase][:1]
    if not (smelling and other):
        return
    said = [*smelling, *other]
    cursor.execute(
        _RETELL,
        {
            "titles": [phrase.rstrip("。").replace("。", "，").split("，")[0] for phrase in said],
            "said": said,
            "smells": [True, False],
            "type": types[0].key,
            "since": world.now - timedelta(days=STORY_FROM),
            "until": world.now - timedelta(days=STORY_UNTIL),
            "smell": SMELL,
            "more": _SMELLS_MORE,
            "fewer": _SMELLS_NO_MORE,
        },
    )


def code_cases(world: World) -> None:
    """Code the demo's cases from what the customers said."""
    rows = [
        (place, said, f"{world.pack}.{key}", weight)
        for place, (said, causes) in enumerate(BY_WORDS)
        for key, weight in causes.items()
    ]
    parameters: dict[str, Any] = {
        "groups": list(GROUPS),
        "places": [row[0] for row in rows],
        "said": [row[1] for row in rows],
        "keys": [row[2] for row in rows],
        "weights": [row[3] for row in rows],
        "coded": json.dumps(_SHARE_CODED),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(world.seed % 983) / 1000])
        _tell_of_chlorine(cursor, world)
        cursor.execute(_DRAW, parameters)
        cursor.execute("SELECT count(*) FROM demo_cause")
        (count,) = cursor.fetchone()
        with bulk_load(cursor, *TABLES, rows=count):
            for statement in _WRITE:
                cursor.execute(statement)
        _learn(cursor, world)


def _learn(cursor: Any, world: World) -> None:
    """A model trained ten weeks ago, and what came of its suggestions since then."""
    then = world.now - timedelta(weeks=LEARNT_WEEKS)
    examples = [
        example
        for example in coded_examples(now=world.now)
        if example.at is not None and example.at < then
    ][-MOST_LEARNT:]
    if len({example.key for example in examples}) < MOST_LEARNT // 100:
        return
    report = cross_validate(examples, folds=2, repeats=1)
    model = install_model(examples=examples, report=report, source="cases", now=then)
    if model.in_force:
        cursor.execute(_SUGGESTED, {"model": model.pk, "since": then})


def cause_asked(case: Case, step: Step, action: Action, now: datetime) -> dict[str, str]:
    """What a person of the demo answers where an action asks for the cause."""
    needed = {*step.required, *action.needs} & set(asked_fields(step, action))
    if ASKED not in needed or case.main_cause_id is not None:
        return {}
    _model, found = suggest_causes(case=case)
    if found:
        return {ASKED: found[0].key}
    usable = Cause.objects.on(now.date()).filter(children__isnull=True)
    return {ASKED: usable.order_by("id").values_list("key", flat=True)[case.pk % 20]}


_SUGGESTED = """
INSERT INTO cases_causesuggestion (case_id, model_id, at, actor_id, offered, chosen_id, place)
SELECT d.case_id, %(model)s, d.at, d.responsible_id, p.offered, d.cause_id, p.place
  FROM demo_cause d
 CROSS JOIN LATERAL (SELECT
       CASE WHEN d.guess < 0.79 THEN 1 WHEN d.guess < 0.89 THEN 2 WHEN d.guess < 0.94 THEN 3
            ELSE 0 END AS place,
       jsonb_build_array(jsonb_build_array(d.key, 0.71)) AS offered) p
 WHERE d.at >= %(since)s
"""

_SHARE = """
SELECT count(*), count(c.main_cause_id) FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id
 WHERE t."group" = 'complaint' AND c.closed_at IS NOT NULL
"""
_APART = """
SELECT count(*) FROM cases_case c
  LEFT JOIN cases_casecause k ON k.case_id = c.id AND k.role = 'main'
 WHERE c.main_cause_id IS DISTINCT FROM k.cause_id
"""


def audit() -> Sequence[Finding]:
    """Complaints are coded, and both places of the main cause agree."""
    ((closed, coded),) = ask(_SHARE)
    return [
        Finding(
            "archived complaints with a cause",
            f"{coded:,} of {closed:,}",
            "most",
            ok=coded >= 0.6 * closed,
        ),
        none_of("cases whose main cause stands in one place only", _APART),
    ]
