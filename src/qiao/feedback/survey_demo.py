"""The survey of the demo world: two closed waves with answers, and one that is running."""

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of, share
from qiao.core.rules.links import hash_of
from qiao.feedback.models import Survey, SurveyInvitation, SurveyWave
from qiao.feedback.operations.survey_drawing import Draw, draw_wave
from qiao.feedback.operations.surveys import Asked, Design, add_survey, save_question
from qiao.feedback.rules.survey_questions import OVERALL, POOR_UP_TO
from qiao.staff.queries import actor_by_number, company_id, local_days, units_among

OWNER: Final = "1008"
FILE: Final = Path(__file__).with_name("survey_demo.toml")
TOKEN: Final = "demo-demo-demo-demo"  # noqa: S105 - an address of the demo that can be written down
DAYS_AGO: Final = (205, 105, 8)
ANSWER_DAYS: Final = 21
SIZE: Final = 600
ANSWERING: Final = (0.36, 0.41, 0.19)  # what part of a wave answers; the last one is running
WHOLE: Final = 50  # invitations from which on the audit expects a believable share

# A number between 0 and 1 that is the same whenever the world is built, for a row and a purpose.
_CHANCE: Final = "(('x' || substr(md5(i.id || {}), 1, 7))::bit(28)::int / 268435456.0)"


def _chance(purpose: str) -> str:
    return _CHANCE.format(purpose)


_MOOD: Final = f"""(1.8 * ({_chance("'m'")} - 0.5))"""
_NOISE: Final = f"""(1.6 * ({_chance("'a' || k.key")} + {_chance("'b' || k.key")} - 1))"""
_LIKED: Final = f"(k.satisfaction + k.moves * w.number + {_MOOD} + {_NOISE})"
_SENT: Final = """
UPDATE feedback_surveyinvitation i
   SET state = 'sent', sent_at = %(at)s,
       token_hash = encode(sha256(('demo' || i.id)::bytea), 'hex')
 WHERE i.wave_id = %(wave)s
"""
_ANSWERED: Final = f"""
UPDATE feedback_surveyinvitation i
   SET answered_at = x.at, changed_at = x.at,
       completed_at = CASE WHEN {_chance("'c'")} < 0.93 THEN x.at END
  FROM (SELECT i.id, i.sent_at + make_interval(secs => {_chance("'t'")} ^ 2 * %(seconds)s) AS at
          FROM feedback_surveyinvitation i WHERE i.wave_id = %(wave)s) x
 WHERE x.id = i.id AND {_chance("'r'")} < %(part)s
"""  # noqa: S608 - this module's own pieces
_ANSWERS: Final = f"""
INSERT INTO feedback_surveyanswer (invitation_id, question, value, importance, words, at)
SELECT i.id, k.key,
       CASE WHEN k.kind IN ('overall', 'attribute') THEN greatest(1, least(5, round({_LIKED})))
            WHEN k.kind = 'nps' THEN greatest(0, least(10, round(2.5 * {_LIKED} - 2)))
            WHEN k.kind = 'yes_no' THEN ({_chance("'y'")} < 0.44)::int
            WHEN k.kind = 'choice' THEN 1 + floor(3 * {_chance("'w'")} ^ 1.3) END,
       CASE WHEN k.kind = 'attribute'
            THEN greatest(1, least(5, round(k.importance + {_NOISE}))) END,
       CASE WHEN k.kind = 'words'
            THEN (%(said)s::text[])[1 + floor({_chance("'s'")} * cardinality(%(said)s::text[]))]
            ELSE '' END, i.answered_at
  FROM feedback_surveyinvitation i
  JOIN feedback_surveywave w ON w.id = i.wave_id
 CROSS JOIN unnest(%(keys)s::text[], %(kinds)s::text[], %(satisfied)s::float[],
                   %(matters)s::float[], %(moves)s::float[])
       AS k (key, kind, satisfaction, importance, moves)
 WHERE i.wave_id = %(wave)s AND i.answered_at IS NOT NULL
   AND (k.kind <> 'words' OR {_chance("'v'")} < 0.3)
"""  # noqa: S608 - this module's own pieces


# Who was not satisfied is called: of the waves before all are over, of the running one some.
_CALLS: Final = f"""
INSERT INTO feedback_surveycall (invitation_id, organisation_id, points, state, opened_at, due_at,
    attempt_count, tried_at, note, finished_at, finished_by_id)
SELECT i.id, %(unit)s, a.value, CASE WHEN NOT k.over THEN 'open' WHEN k.r < 0.8 THEN 'reached'
            WHEN k.r < 0.9 THEN 'refused' ELSE 'unreached' END, i.changed_at,
       i.changed_at + interval '3 days', CASE WHEN NOT k.over THEN 0 WHEN k.r < 0.9 THEN 1
            ELSE 3 END, CASE WHEN k.over THEN k.at END,
       CASE WHEN k.over AND k.r < 0.8 THEN (%(said)s::text[])[1 + floor(
            {_chance("'n'")} * cardinality(%(said)s::text[]))] ELSE '' END,
       CASE WHEN k.over THEN k.at END, CASE WHEN k.over THEN %(staff)s::bigint END
  FROM feedback_surveyinvitation i
  JOIN feedback_surveyanswer a ON a.invitation_id = i.id AND a.question = %(question)s
 CROSS JOIN LATERAL (SELECT i.changed_at + make_interval(hours => (4 + 60 * {_chance("'d'")})::int)
                            AS at, {_chance("'o'")} AS r) x
 CROSS JOIN LATERAL (SELECT x.at, x.r, x.at < %(now)s AS over) k
 WHERE i.wave_id = %(wave)s AND a.value <= %(poor)s
"""  # noqa: S608 - this module's own pieces


def build(world: World) -> None:
    """Draw three waves as they would have been drawn, and let their customers answer."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    actor = actor_by_number(OWNER, day=local_days(world.now)[company_id()])
    start = world.now - timedelta(days=DAYS_AGO[0] + 5)
    design = Design(
        organisation_id=_widest(actor),
        names=told["name"],
        intros=told["intro"],
        owner_id=actor.person_id,
        answer_days=ANSWER_DAYS,
        every_months=3,
    )
    survey = add_survey(design=design, actor=actor, now=start)
    for each in told["question"]:
        asked = Asked(each["kind"], each["text"], each.get("choices", ()))
        save_question(survey_id=survey.pk, key="", asked=asked, actor=actor)
    for number, days in enumerate(DAYS_AGO):
        at = world.now - timedelta(days=days)
        wave = draw_wave(
            survey_id=survey.pk,
            draw=Draw(SIZE, world.seed + number),
            actor=actor,
            now=at - timedelta(hours=3),
        )
        _send(wave, actor.staff_id, at)
        _answer(wave, told, min(days, ANSWER_DAYS), ANSWERING[number])
        _call(wave, told, world.now, actor.staff_id)
    _link(survey)


def _widest(actor: Actor) -> int:
    """The unit above all others in which the owner makes surveys."""
    return units_among(actor.organisations("surveys.work"), language="en")[0].unit_id


def _send(wave: SurveyWave, staff_id: int | None, at: datetime) -> None:
    SurveyWave.objects.filter(pk=wave.pk).update(
        sent_at=at,
        sent_by_id=staff_id,
        queued_at=at,
        closes_at=at + timedelta(days=ANSWER_DAYS),
    )
    with connection.cursor() as cursor:
        cursor.execute(_SENT, {"wave": wave.pk, "at": at})


def _answer(wave: SurveyWave, told: dict[str, Any], days: int, part: float) -> None:
    questions = told["question"]
    values: dict[str, Any] = {
        "wave": wave.pk,
        "part": part,
        "seconds": days * 86_400 - 3_600,
        "keys": [f"q{number}" for number in range(1, len(questions) + 1)],
        "kinds": [each["kind"] for each in questions],
        "satisfied": [float(each.get("satisfaction", 3)) for each in questions],
        "matters": [float(each.get("importance", 3)) for each in questions],
        "moves": [float(each.get("moves", 0)) for each in questions],
        "said": told["words"]["said"],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, values)
        cursor.execute(_ANSWERS, values)


def _call(wave: SurveyWave, told: dict[str, Any], now: datetime, staff_id: int | None) -> None:
    keys = [f"q{n}" for n, each in enumerate(told["question"], 1) if each["kind"] == OVERALL]
    values: dict[str, Any] = {
        "wave": wave.pk, "unit": wave.survey.organisation_id, "staff": staff_id, "now": now,
        "question": keys[0], "poor": POOR_UP_TO, "said": told["words"]["agreed"],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, values)


def _link(survey: Survey) -> None:
    """One customer of the running wave has a link that can be shown."""
    rows = SurveyInvitation.objects.filter(wave__survey=survey, answered_at=None, state="sent")
    shown = rows.order_by("-wave__number", "pk").first()
    if shown is not None:
        SurveyInvitation.objects.filter(pk=shown.pk).update(token_hash=hash_of(TOKEN))


_UNCALLED: Final = f"""
SELECT count(*) FROM feedback_surveyanswer a
  JOIN feedback_surveyinvitation i ON i.id = a.invitation_id
  JOIN feedback_surveywave w ON w.id = i.wave_id
  JOIN LATERAL jsonb_array_elements(w.questions) q ON q ->> 'key' = a.question
 WHERE q ->> 'kind' = 'overall' AND a.value <= {POOR_UP_TO}
   AND NOT EXISTS (SELECT FROM feedback_surveycall c WHERE c.invitation_id = i.id)
"""  # noqa: S608 - our own number
_SUMS: Final = """
SELECT count(DISTINCT wave_id), count(*) FILTER (WHERE state = 'sent'), count(answered_at)
  FROM feedback_surveyinvitation
"""
_HOLLOW: Final = """
SELECT count(*) FROM feedback_surveyinvitation i
 WHERE (i.answered_at IS NOT NULL)
       <> EXISTS (SELECT FROM feedback_surveyanswer a WHERE a.invitation_id = i.id)
"""
_TOO_OFTEN: Final = """
SELECT count(*) FROM feedback_surveyinvitation i
  JOIN feedback_surveyinvitation o ON o.customer_id = i.customer_id AND o.id > i.id
  JOIN feedback_surveywave w ON w.id = o.wave_id
 WHERE o.sent_at - i.sent_at < make_interval(days => w.gap_days)
"""


def audit() -> Sequence[Finding]:
    """Answers are whole, nobody was asked too often, and about as many answer as do."""
    ((waves, sent, answered),) = ask(_SUMS)
    found = [
        Finding("waves of surveys", f"{waves}", "any", ok=True),
        none_of("answers to surveys without an answer", _HOLLOW),
        none_of("customers invited to surveys too often", _TOO_OFTEN),
        none_of("poor answers to surveys that no call follows", _UNCALLED),
    ]
    if sent >= WHOLE:
        found.append(share("response to surveys", answered, sent, (0.2, 0.5)))
    return found
