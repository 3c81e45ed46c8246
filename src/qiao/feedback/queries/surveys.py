"""Reading surveys and their waves, with the right to do so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.rules.statistics import Share
from qiao.feedback.models import (
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyStratum,
    SurveyWave,
)
from qiao.feedback.queries.paging import page_of
from qiao.feedback.rules.survey_months import months_later
from qiao.feedback.rules.survey_questions import OVERALL, POOR_UP_TO

VIEW: Final = "surveys.view"
PAGE: Final = 30
TEXTS: Final = 50
CALLS: Final = 50


class NoSurvey(Http404):
    """No such survey or wave, or none that the actor may see: outsiders cannot tell."""


def get_survey_for(*, actor: Actor, survey_id: int, permission: str = VIEW) -> Survey:
    """One with its unit, owner and segment. Raises `NoSurvey`."""
    rows = Survey.objects.select_related("organisation", "owner", "segment")
    found = rows.filter(pk=survey_id, organisation_id__in=actor.organisations(permission)).first()
    if found is None:
        raise NoSurvey(str(survey_id))
    return found


def get_wave_for(*, actor: Actor, wave_id: int, permission: str = VIEW) -> SurveyWave:
    """One wave with its survey. Raises `NoSurvey`."""
    rows = SurveyWave.objects.select_related(
        "survey", "survey__organisation", "survey__owner", "segment", "drawn_by", "sent_by"
    )
    found = rows.filter(
        pk=wave_id, survey__organisation_id__in=actor.organisations(permission)
    ).first()
    if found is None:
        raise NoSurvey(str(wave_id))
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a wave is: how many were invited, not reached, answered, and finished."""

    sent: int = 0
    skipped: int = 0
    answered: int = 0
    completed: int = 0

    @property
    def response(self) -> Share:
        """Who answered of those invited."""
        return Share(self.answered, self.sent)


_PROGRESS: Final = """
SELECT wave_id, count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state = 'skipped'),
       count(answered_at), count(completed_at)
  FROM feedback_surveyinvitation WHERE wave_id = ANY(%(waves)s) GROUP BY wave_id
"""


def progress_of(wave_ids: Sequence[int]) -> dict[int, Progress]:
    """How far each of these waves is, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {"waves": list(wave_ids)})
        return {row[0]: Progress(*row[1:]) for row in cursor.fetchall()}


def state_of(wave: SurveyWave, now: datetime) -> str:
    """``drawn``, ``sending``, ``open`` or ``closed``."""
    if wave.sent_at is None or wave.closes_at is None:
        return "drawn"
    if wave.closes_at <= now:
        return "closed"
    return "open" if wave.queued_at else "sending"


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave as lists show it."""

    wave: SurveyWave
    state: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """A survey with its waves, the newest first, and the day on which the next one is due."""

    survey: Survey
    waves: Sequence[WaveLine]
    due_date: date | None


def list_surveys(
    *, actor: Actor, archived: bool, now: datetime, after: str = ""
) -> tuple[list[SurveyLine], str]:
    """A page of surveys, the newest first, and the cursor of the next, empty at the end."""
    rows = Survey.objects.visible_to(actor).select_related("organisation", "owner")
    state = Survey.State.ARCHIVED if archived else Survey.State.ACTIVE
    found, following = page_of(
        rows.filter(state=state), key="created_at", size=PAGE, after=after, newest_first=True
    )
    waves = waves_of([row.pk for row in found], now=now)
    return [
        SurveyLine(row, waves.get(row.pk, []), due_date(row, waves.get(row.pk, [])))
        for row in found
    ], following


def waves_of(survey_ids: Sequence[int], *, now: datetime) -> dict[int, list[WaveLine]]:
    """The waves of surveys, the newest first."""
    rows = list(SurveyWave.objects.filter(survey_id__in=survey_ids).order_by("-number"))
    progress = progress_of([row.pk for row in rows])
    found: dict[int, list[WaveLine]] = {}
    for row in rows:
        line = WaveLine(row, state_of(row, now), progress.get(row.pk, Progress()))
        found.setdefault(row.survey_id, []).append(line)
    return found


def due_date(survey: Survey, waves: Sequence[WaveLine]) -> date | None:
    """When the next wave is due: so many months after the last one was sent, or was to be."""
    if survey.every_months is None or survey.state != Survey.State.ACTIVE:
        return None
    sent = next((line.wave.sent_at for line in waves if line.wave.sent_at), None)
    if sent is None:
        return survey.created_at.date()
    return months_later(sent.date(), survey.every_months)


def wave_before(wave: SurveyWave) -> SurveyWave | None:
    """The wave that was sent before this one."""
    rows = SurveyWave.objects.filter(
        survey_id=wave.survey_id, number__lt=wave.number, sent_at__isnull=False
    )
    return rows.order_by("-number").first()


@dataclass(frozen=True, slots=True)
class StratumLine:
    """A stratum with what became of those who were drawn."""

    stratum: SurveyStratum
    sent: int
    answered: int


_STRATA: Final = """
SELECT stratum_id, count(*) FILTER (WHERE state = 'sent'), count(answered_at)
  FROM feedback_surveyinvitation WHERE wave_id = %(wave)s GROUP BY stratum_id
"""


def strata_of(wave: SurveyWave) -> list[StratumLine]:
    """The strata of a wave in the order of tier and area."""
    with connection.cursor() as cursor:
        cursor.execute(_STRATA, {"wave": wave.pk})
        counted = {pk: (sent, answered) for pk, sent, answered in cursor.fetchall()}
    rows = wave.strata.order_by("tier", "area")
    return [StratumLine(row, *counted.get(row.pk, (0, 0))) for row in rows]


def skipped_of(wave: SurveyWave) -> dict[str, int]:
    """Who was drawn and not reached, by reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, count(*) FROM feedback_surveyinvitation"
            " WHERE wave_id = %s AND state = 'skipped' GROUP BY reason ORDER BY 2 DESC",
            [wave.pk],
        )
        return dict(cursor.fetchall())


def words_of(
    wave: SurveyWave, *, question: str, text: str, after: str = ""
) -> tuple[list[SurveyAnswer], str]:
    """What customers wrote to a question, or to any, found by words; without their names."""
    rows = SurveyAnswer.objects.filter(invitation__wave=wave).exclude(words__in=("", "–"))
    if question:
        rows = rows.filter(question=question)
    for word in text[:80].split():
        rows = rows.filter(words__icontains=word)
    return page_of(rows, key="at", size=TEXTS, after=after, newest_first=True)


def unhappy_of(wave: SurveyWave) -> list[SurveyInvitation]:
    """Who gave few points all in all, with the customer, the latest first: to be called."""
    keys = [each["key"] for each in wave.questions if each["kind"] == OVERALL]
    if not keys:
        return []
    rows = SurveyInvitation.objects.filter(
        wave=wave, answers__question=keys[0], answers__value__lte=POOR_UP_TO
    )
    found = rows.select_related("customer", "call").order_by("-changed_at", "-pk")
    return list(found[:CALLS])


def unfinished_waves(*, before: datetime) -> list[int]:
    """Waves whose sending was begun before a moment and is not done."""
    rows = SurveyWave.objects.filter(sent_at__lt=before, queued_at__isnull=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))
