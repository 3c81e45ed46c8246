"""Judging finished work, letting the person know, and the person's acknowledgement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.core import parameters
from qiao.core.actor import Actor, Forbidden
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.feedback.models import Evaluation, EvaluationAnswer, EvaluationEvent
from qiao.feedback.queries.evaluations import card_of, story_of
from qiao.feedback.rules.score_cards import Card
from qiao.feedback.rules.scoring import score, unanswered
from qiao.staff.operations import notify
from qiao.staff.queries import chain_of, local_days

EVALUATE: Final = "quality.evaluate"
DECIDE: Final = "quality.decide"
RELEASED: Final = "feedback.evaluation_released"
COMMENT_LENGTH: Final = 1_000
State = Evaluation.State


class EvaluationRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``state``, ``unanswered`` (`questions` are open),
    ``explain`` (`questions` failed and have no comment), ``entry``, ``late``, ``nothing`` or
    ``own``."""

    def __init__(self, reason: str, questions: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.questions = questions


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered to one question: the value, a comment, an entry of the history."""

    value: str
    comment: str = ""
    entry_seq: int | None = None


def keep_draft(
    *, evaluation_id: int, given: Mapping[str, Given], comment: str, actor: Actor
) -> Evaluation:
    """Keep what is written so far. Raises `Forbidden`, `BadText`, `EvaluationRefused`."""
    row = lock_evaluation(evaluation_id, State.OPEN)
    _by_evaluator(row, actor)
    row.draft = _drafted(card_of(row), given, comment)
    row.save(update_fields=["draft"])
    return row


def _drafted(card: Card, given: Mapping[str, Given], comment: str) -> dict[str, Any]:
    answers = {
        question.key: {
            "value": each.value[:3],
            "comment": _comment(each.comment, question.key),
            "entry": each.entry_seq,
        }
        for question in card.questions()
        if (each := given.get(question.key)) is not None
    }
    return {"answers": answers, "comment": _comment(comment, "comment")}


def finish_evaluation(
    *,
    evaluation_id: int,
    given: Mapping[str, Given],
    comment: str,
    actor: Actor,
    now: datetime,
) -> Evaluation:
    """Judge: every question is answered, a failed critical or fatal one is explained.

    Raises `Forbidden`, `BadText`, `BadAnswer`, `EvaluationRefused`.
    """
    row = lock_evaluation(evaluation_id, State.OPEN)
    _by_evaluator(row, actor)
    card = card_of(row)
    answers = {key: each.value for key, each in given.items()}
    if missing := unanswered(card, answers):
        raise EvaluationRefused("unanswered", tuple(missing))
    found = score(card, answers)
    unexplained = tuple(key for key in found.failed if not given[key].comment.strip())
    if unexplained:
        raise EvaluationRefused("explain", unexplained)
    _check_entries(row, given, actor, now)
    EvaluationAnswer.objects.bulk_create(
        EvaluationAnswer(
            evaluation=row,
            question=question.key,
            value=answers[question.key],
            comment=_comment(given[question.key].comment, question.key),
            entry_seq=given[question.key].entry_seq,
            failed=question.key in found.failed,
        )
        for question in card.questions()
    )
    row.score, row.is_fatal, row.draft = found.total, found.is_fatal, {}
    row.comment = _comment(comment, "comment")
    row.finished_at = now
    row.finished_date = local_days(now)[row.organisation_id]
    move(row, State.DONE)
    note(row, "finished", {"score": found.total}, actor, now)
    return row


def _check_entries(
    row: Evaluation, given: Mapping[str, Given], actor: Actor, now: datetime
) -> None:
    named = {each.entry_seq for each in given.values() if each.entry_seq is not None}
    if not named:
        return
    story = story_of(evaluation=row, actor=actor, now=now)
    if story is None or named - {line.seq for line in story.lines if line.seq}:
        raise EvaluationRefused("entry")


def drop_evaluation(*, evaluation_id: int, reason: str, actor: Actor, now: datetime) -> Evaluation:
    """Give up what cannot be judged, for a reason that stays. A blind second one goes with it.

    Raises `Forbidden`, `BadText`, `EvaluationRefused`.
    """
    row = lock_evaluation(evaluation_id, State.OPEN)
    _by_evaluator(row, actor)
    words = clean(reason, field="text", max_length=COMMENT_LENGTH, required=True)
    seconds = Evaluation.objects.select_for_update().filter(second_of=row, state=State.OPEN)
    for each in (row, *seconds):
        each.draft = {}
        move(each, State.DROPPED)
        note(each, "dropped", {"reason": words}, actor, now)
    return row


def release_evaluation(*, evaluation_id: int, actor: Actor, now: datetime) -> Evaluation:
    """Let the person see it; from now on an appeal is possible for some days.

    By whoever judged, or who decides appeals there. Raises `Forbidden`, `EvaluationRefused`.
    """
    row = lock_evaluation(evaluation_id, State.DONE)
    if row.second_of_id is not None:
        raise EvaluationRefused("state")
    if row.person_id == actor.staff_id:
        raise EvaluationRefused("own")
    if row.evaluator_id != actor.staff_id or not actor.can_in(EVALUATE, row.organisation_id):
        actor.require(DECIDE, row.organisation_id)
    today = local_days(now)[row.organisation_id]
    days = parameters.find(
        "feedback.appeal_days", day=today, organisation_ids=chain_of(row.organisation_id)
    )
    row.released_at = now
    row.appeal_until = today + timedelta(days=int(days.value))
    move(row, State.RELEASED)
    note(row, "released", {"until": str(row.appeal_until)}, actor, now)
    notify(
        staff_ids=[row.person_id],
        kind=RELEASED,
        subject_id=row.pk,
        once=f"released:{row.pk}",
        now=now,
        facts={"until": str(row.appeal_until)},
    )
    return row


def acknowledge(*, evaluation_id: int, actor: Actor, now: datetime) -> Evaluation:
    """Say that one has read it. Raises `Forbidden`, `EvaluationRefused`."""
    row = lock_evaluation(evaluation_id, State.RELEASED)
    by_person(row, actor)
    row.seen_at = now
    move(row, State.SEEN)
    note(row, "seen", {}, actor, now)
    return row


def lock_evaluation(evaluation_id: int, *states: str) -> Evaluation:
    """The evaluation, locked for this transaction. Raises `EvaluationRefused` in another state,
    `Evaluation.DoesNotExist`."""
    required()
    rows = Evaluation.objects.select_for_update(of=("self",)).select_related("version_of_card")
    row = rows.get(pk=evaluation_id)
    if row.state not in states:
        raise EvaluationRefused("state")
    return row


def by_person(row: Evaluation, actor: Actor) -> None:
    """Raises `Forbidden` for anybody but the person judged."""
    actor.require("quality.own", row.organisation_id)
    if row.person_id != actor.staff_id:
        raise Forbidden("quality.own")


def _by_evaluator(row: Evaluation, actor: Actor) -> None:
    actor.require(EVALUATE, row.organisation_id)
    if row.evaluator_id != actor.staff_id:
        raise Forbidden(EVALUATE)


def _comment(text: str, field: str) -> str:
    return clean(text, field=field, max_length=COMMENT_LENGTH)


def move(row: Evaluation, state: str) -> None:
    """Write the row with its next state."""
    row.state = state
    row.version += 1
    row.save()


def note(
    row: Evaluation, kind: str, data: Mapping[str, Any], actor: Actor | None, now: datetime
) -> None:
    """Write down what happened."""
    EvaluationEvent.objects.create(
        evaluation=row,
        seq=row.events.count() + 1,
        kind=kind,
        at=now,
        actor_id=actor.staff_id if actor else None,
        data=dict(data),
    )
