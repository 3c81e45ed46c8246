"""Who is called since they were not satisfied in a survey."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404

from qiao.core.actor import Actor
from qiao.feedback.models import SurveyAnswer, SurveyCall
from qiao.feedback.queries.paging import page_of
from qiao.feedback.rules.survey_questions import Question, question_of

PAGE: Final = 30
STATES: Final = ("open", "done")
_RELATED: Final = ("invitation__wave__survey", "finished_by")


class NoSurveyCall(Http404):
    """None that the actor may see: outsiders cannot tell the difference."""


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline of such a call, as its mark takes it."""

    due_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer answered to one question."""

    question: Question
    answer: SurveyAnswer


def list_survey_calls(*, actor: Actor, state: str, after: str) -> tuple[list[SurveyCall], str]:
    """A page of them, ``open`` with the one due first on top or ``done`` with the last first, and
    the cursor of the next."""
    rows = SurveyCall.objects.visible_to(actor).select_related(*_RELATED)
    if state == "done":
        rows = rows.filter(finished_at__isnull=False)
        return page_of(rows, key="finished_at", size=PAGE, after=after, newest_first=True)
    return page_of(rows.open(), key="due_at", size=PAGE, after=after)


def open_survey_calls(*, actor: Actor) -> int:
    """How many the actor sees that nobody has spoken with yet."""
    return SurveyCall.objects.visible_to(actor).open().count()


def get_survey_call_for(
    *, actor: Actor, call_id: int, permission: str = "followups.view"
) -> SurveyCall:
    """One with its wave. Raises `NoSurveyCall`."""
    rows = SurveyCall.objects.visible_to(actor, permission).select_related(*_RELATED)
    found = rows.filter(pk=call_id).first()
    if found is None:
        raise NoSurveyCall(str(call_id))
    return found


def told_in(call: SurveyCall) -> list[Told]:
    """What the customer answered, in the order of the questions."""
    invitation = call.invitation
    answers = {each.question: each for each in invitation.answers.all()}
    questions = (question_of(each) for each in invitation.wave.questions)
    return [Told(each, answers[each.key]) for each in questions if each.key in answers]
