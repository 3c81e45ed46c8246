"""A wave is drawn: who may be asked, counted by tier and area, and some of each by chance.

The draw is repeated from its seed: customers of a stratum stand in the order of a digest of seed
and id, and the first so many are taken. Everything is counted and taken in statements over sets.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.feedback.models import Survey, SurveyStratum, SurveyWave
from qiao.feedback.operations.surveys import WORK, SurveyRefused, locked_survey
from qiao.feedback.rules.survey_samples import allocate
from qiao.staff.queries import local_days, subtree_of

CUSTOMERS: Final = "customers.view"
MOST: Final = 200_000

# Everybody of the units, of the segment if there is one, with the first reason not to ask them.
# A merged customer is asked once, under all the ids that it is held as. Consent: as the messages
# read it, silence on surveys is no consent, and either of both ways will do.
_POOL: Final = """
CREATE TEMP TABLE survey_pool ON COMMIT DROP AS
WITH people AS MATERIALIZED (
    SELECT DISTINCT c.id, c.tier
      FROM customers_customerorganisation l
      JOIN customers_customer c ON c.id = l.customer_id AND c.merged_into_id IS NULL
     WHERE l.organisation_id = ANY(%(units)s)
       AND (%(segment)s::bigint IS NULL OR EXISTS (
            SELECT FROM customers_segmentmember m
             WHERE m.segment_id = %(segment)s AND m.customer_id = c.id))
), held AS MATERIALIZED (
    SELECT p.id, p.id AS held_id FROM people p
    UNION ALL
    SELECT p.id, r.id
      FROM customers_customer r JOIN people p ON p.id = customers_survivor(r.id)
     WHERE r.merged_into_id IS NOT NULL
), homes AS (
    SELECT DISTINCT ON (h.id) h.id, a.status <> 'closed' AND t.period @> %(day)s::date AS is_open,
           coalesce(nullif(w.district, ''), w.region, '') AS area
      FROM held h
      JOIN customers_accountparty t ON t.customer_id = h.held_id
      JOIN customers_account a ON a.id = t.account_id AND a.organisation_id = ANY(%(units)s)
      LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
      LEFT JOIN customers_premises w ON w.id = s.premises_id
     ORDER BY h.id, is_open DESC, a.id
), consents AS (
    SELECT h.id,
           (array_agg(k.is_given ORDER BY k.at DESC, k.id DESC)
              FILTER (WHERE k.channel IN ('', 'email')))[1] AS email,
           (array_agg(k.is_given ORDER BY k.at DESC, k.id DESC)
              FILTER (WHERE k.channel IN ('', 'letter')))[1] AS letter
      FROM held h JOIN customers_consent k ON k.customer_id = h.held_id AND k.purpose = 'survey'
     GROUP BY h.id
), gone AS (
    SELECT DISTINCT h.id
      FROM held h JOIN customers_erasure e ON e.customer_id = h.held_id
     WHERE e.state IN ('approved', 'done')
), lately AS (
    SELECT DISTINCT h.id
      FROM held h JOIN feedback_surveyinvitation i ON i.customer_id = h.held_id
     WHERE i.sent_at > %(since)s
)
SELECT p.id, p.tier, coalesce(o.area, '') AS area,
       CASE WHEN g.id IS NOT NULL THEN 'erased'
            WHEN NOT o.is_open THEN 'closed'
            WHEN coalesce(k.email, k.letter) IS NULL THEN 'not_asked'
            WHEN NOT (coalesce(k.email, false) OR coalesce(k.letter, false)) THEN 'refused'
            WHEN y.id IS NOT NULL THEN 'lately'
            ELSE '' END AS reason
  FROM people p
  LEFT JOIN homes o ON o.id = p.id
  LEFT JOIN consents k ON k.id = p.id
  LEFT JOIN gone g ON g.id = p.id
  LEFT JOIN lately y ON y.id = p.id
"""
_STRATA: Final = """
SELECT tier, area, count(*), count(*) FILTER (WHERE reason = '')
  FROM survey_pool WHERE reason NOT IN ('erased', 'closed') GROUP BY tier, area
"""
_LEFT_OUT: Final = "SELECT reason, count(*) FROM survey_pool WHERE reason <> '' GROUP BY reason"
_DRAW: Final = """
INSERT INTO feedback_surveyinvitation
       (wave_id, stratum_id, customer_id, state, reason, token_hash)
SELECT %(wave)s, s.id, x.id, 'drawn', '', ''
  FROM (SELECT p.id, p.tier, p.area,
               row_number() OVER (PARTITION BY p.tier, p.area
                                  ORDER BY md5(%(seed)s::text || ':' || p.id), p.id) AS place
          FROM survey_pool p WHERE p.reason = '') x
  JOIN feedback_surveystratum s
    ON s.wave_id = %(wave)s AND s.tier = x.tier AND s.area = x.area AND x.place <= s.drawn
 ORDER BY x.id
"""


@dataclass(frozen=True, slots=True)
class Draw:
    """What is drawn: so many customers, in the order of a seed."""

    size: int
    seed: int


def draw_wave(*, survey_id: int, draw: Draw, actor: Actor, now: datetime) -> SurveyWave:
    """Draw the next wave of a survey from those customers whom the actor may see.

    It is only kept: nobody hears of it before `survey_sending.send_wave`. Population counts by
    tier and area are kept with it for weighting. Raises `Forbidden`, `SurveyRefused`.
    """
    survey = locked_survey(survey_id, actor)
    if survey.state != Survey.State.ACTIVE:
        raise SurveyRefused("archived")
    if not survey.questions:
        raise SurveyRefused("questions")
    if survey.waves.filter(sent_at__isnull=True).exists():
        raise SurveyRefused("drawn")
    last = survey.waves.order_by("-number").first()
    wave = SurveyWave.objects.create(
        survey=survey,
        number=last.number + 1 if last else 1,
        names=survey.names,
        intros=survey.intros,
        questions=survey.questions,
        gap_days=survey.gap_days,
        segment_id=survey.segment_id,
        seed=draw.seed,
        size=draw.size,
        drawn_at=now,
        drawn_by_id=actor.staff_id,
    )
    _fill(wave, survey, actor, now)
    return wave


def _fill(wave: SurveyWave, survey: Survey, actor: Actor, now: datetime) -> None:
    units = subtree_of(survey.organisation_id) & set(actor.organisations(CUSTOMERS))
    values: dict[str, Any] = {
        "units": sorted(units),
        "segment": wave.segment_id,
        "day": local_days(now)[survey.organisation_id],
        "since": now - timedelta(days=wave.gap_days),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS survey_pool")
        cursor.execute(_POOL, values)
        cursor.execute(_STRATA)
        counted = {(tier, area): (n, able) for tier, area, n, able in cursor.fetchall()}
        cursor.execute(_LEFT_OUT)
        wave.left_out = dict(cursor.fetchall())
        drawn = allocate({key: able for key, (_n, able) in counted.items()}, wave.size)
        SurveyStratum.objects.bulk_create(
            SurveyStratum(
                wave=wave, tier=tier, area=area, population=n, eligible=able,
                drawn=drawn[tier, area],
            )
            for (tier, area), (n, able) in sorted(counted.items())
        )  # fmt: skip
        cursor.execute(_DRAW, {"wave": wave.pk, "seed": wave.seed})
        wave.drawn_count = cursor.rowcount
        cursor.execute("DROP TABLE survey_pool")
    wave.save(update_fields=["left_out", "drawn_count"])


def discard_wave(*, wave_id: int, actor: Actor) -> None:
    """Throw a wave away that was not sent, to draw it anew.

    Raises `Forbidden`, `SurveyRefused`.
    """
    wave = locked_wave(wave_id, actor)
    if wave.sent_at is not None:
        raise SurveyRefused("sent")
    with connection.cursor() as cursor:
        for table in ("feedback_surveyinvitation", "feedback_surveystratum"):
            cursor.execute(f"DELETE FROM {table} WHERE wave_id = %s", [wave.pk])  # noqa: S608
    wave.delete()


def locked_wave(wave_id: int, actor: Actor) -> SurveyWave:
    """The wave with its survey, locked for this transaction. Raises `Forbidden`."""
    rows = SurveyWave.objects.select_for_update(of=("self",)).select_related("survey")
    wave = rows.get(pk=wave_id)
    actor.require(WORK, wave.survey.organisation_id)
    return wave
