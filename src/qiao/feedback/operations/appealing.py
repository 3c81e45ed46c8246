"""Objections to a judgement, decided by a person who neither gave nor received it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.core import parameters
from qiao.core.actor import Actor, Forbidden
from qiao.core.rules.text import clean
from qiao.feedback.models import Appeal, Evaluation
from qiao.feedback.operations.evaluating import (
    COMMENT_LENGTH,
    EvaluationRefused,
    by_person,
    lock_evaluation,
    move,
    note,
)
from qiao.feedback.queries.evaluations import card_of, deciders_of
from qiao.feedback.rules.scoring import score
from qiao.staff.operations import notify
from qiao.staff.queries import chain_of, local_days

APPEALED: Final = "feedback.evaluation_appealed"
DECIDED: Final = "feedback.appeal_decided"
State = Evaluation.State


def appeal(
    *, evaluation_id: int, reasons: Mapping[str, str], actor: Actor, now: datetime
) -> Appeal:
    """Object to the answers of some questions, each for a reason.

    Raises `Forbidden`, `BadText`, and `EvaluationRefused` after the last day (``late``), for
    questions that the card has not, or for none (``nothing``).
    """
    row = lock_evaluation(evaluation_id, State.RELEASED, State.SEEN)
    by_person(row, actor)
    today = local_days(now)[row.organisation_id]
    if row.appeal_until is None or today > row.appeal_until:
        raise EvaluationRefused("late")
    card = card_of(row)
    points = {
        key: {"reason": clean(text, field=key, max_length=COMMENT_LENGTH, required=True)}
        for key, text in reasons.items()
        if text.strip() and card.question(key) is not None
    }
    if not points:
        raise EvaluationRefused("nothing")
    days = parameters.find(
        "feedback.decision_days", day=today, organisation_ids=chain_of(row.organisation_id)
    )
    opened = Appeal.objects.create(
        evaluation=row,
        opened_at=now,
        due_date=today + timedelta(days=int(days.value)),
        points=points,
        score_before=row.score,
    )
    row.seen_at = row.seen_at or now
    move(row, State.APPEALED)
    note(row, "appealed", {"questions": sorted(points)}, actor, now)
    notify(
        staff_ids=deciders_of(evaluation=row, day=today),
        kind=APPEALED,
        subject_id=row.pk,
        once=f"appealed:{row.pk}",
        now=now,
        facts={"due": str(opened.due_date)},
    )
    return opened


def decide_appeal(
    *,
    evaluation_id: int,
    decisions: Mapping[str, tuple[str, str]],
    actor: Actor,
    now: datetime,
) -> Appeal:
    """Say for each objection which answer stands and why; the score follows, the old one is kept.

    `decisions` are answer and reason by question. Raises `Forbidden`, also for whoever judged or
    was judged, `BadText`, `BadAnswer`, and `EvaluationRefused` while an objection is open.
    """
    row = lock_evaluation(evaluation_id, State.APPEALED)
    actor.require("quality.decide", row.organisation_id)
    if actor.staff_id in (row.person_id, row.evaluator_id):
        raise Forbidden("quality.decide")
    opened = Appeal.objects.select_for_update().get(evaluation=row)
    if missing := tuple(key for key in opened.points if not decisions.get(key, ("",))[0]):
        raise EvaluationRefused("unanswered", missing)
    answers = {each.question: each for each in row.answers.all()}
    points: dict[str, Any] = {}
    for key, point in opened.points.items():
        value, because = decisions[key]
        words = clean(because, field=key, max_length=COMMENT_LENGTH, required=True)
        points[key] = {**point, "value": value, "because": words}
    values = {key: each.value for key, each in answers.items()}
    values |= {key: point["value"] for key, point in points.items()}
    found = score(card_of(row), values)
    for key, answer in answers.items():
        if values[key] != answer.value:
            answer.first_value, answer.value = answer.value, values[key]
        answer.failed = key in found.failed
        answer.save(update_fields=["value", "first_value", "failed"])
    opened.points, opened.score_after = points, found.total
    opened.decided_at, opened.decided_by_id = now, actor.staff_id
    opened.save()
    row.first_score, row.score, row.is_fatal = row.score, found.total, found.is_fatal
    move(row, State.DECIDED)
    note(row, "decided", {"before": opened.score_before, "after": found.total}, actor, now)
    notify(
        staff_ids=[row.person_id, row.evaluator_id],
        kind=DECIDED,
        subject_id=row.pk,
        once=f"decided:{row.pk}",
        now=now,
    )
    return opened
