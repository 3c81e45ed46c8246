"""A poor rating is reviewed the same day, by the lead of the team that worked the case.

What is raised is an evaluation like those that are drawn, on the lead's desk; a case that was
judged already is only told of. Nobody is given the review of work in which they had a hand.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import structlog
from django.db.models import Exists, OuterRef

from qiao.cases.queries import NotVisible, get_case_for
from qiao.core.transactions import required
from qiao.dispatch.queries import technicians_on_case
from qiao.feedback.models import (
    Evaluation,
    EvaluationEvent,
    FollowUp,
    ScoreCard,
    ScoreCardVersion,
)
from qiao.feedback.queries.ratings import CASE
from qiao.feedback.queries.score_cards import version_in_use
from qiao.feedback.rules.follow_ups import is_unhappy
from qiao.staff.operations import notify
from qiao.staff.queries import (
    actor_by_id,
    chain_of,
    duty,
    holders_of,
    home_unit,
    local_days,
)

log: Final = structlog.get_logger(__name__)
EVALUATE: Final = "quality.evaluate"
REPLAY: Final = "followups.view"
RAISED: Final = "feedback.poor_rating"
OCCASION: Final = "rated_badly"


def review_poor_rating(*, follow_up_id: int, now: datetime) -> Evaluation | None:
    """Raise the review of a case whose customer is unhappy; nothing where the customer is not.

    Run again it does nothing. Returns the evaluation, also one that stood already; None where
    there is no card for such work, or nobody who may review it.
    """
    required()
    rows = FollowUp.objects.select_related("case", "case__case_type")
    follow_up = rows.get(pk=follow_up_id)
    if follow_up.state != FollowUp.State.REACHED or not is_unhappy(
        rating=follow_up.rating, resolved=bool(follow_up.resolved)
    ):
        return None
    case: Any = follow_up.case
    today = local_days(now)[case.organisation_id]
    workers = workers_of(follow_up)
    lead = next(_reviewers(case, workers, today), None)
    if lead is None:
        log.warning("poor_rating_without_reviewer", follow_up=follow_up.pk)
        return None
    row = _standing(case) or _open(follow_up, workers, lead, today, now)
    notify(
        staff_ids=[row.evaluator_id if row and row.finished_at is None else lead],
        kind=RAISED,
        subject_id=follow_up.pk,
        once=f"follow_up:{follow_up.pk}",
        now=now,
    )
    return row


def workers_of(follow_up: FollowUp) -> list[int]:
    """Who did the work that was rated: its crew, else whoever brought the case to the question,
    else its first person."""
    crew = sorted(technicians_on_case(case_id=follow_up.case_id))
    if crew:
        return crew
    case: Any = follow_up.case
    moves = case.events.filter(
        kind="step_left", actor__isnull=False, seq__lt=follow_up.entered_seq
    )
    mover = moves.order_by("-seq").values_list("actor_id", flat=True).first()
    return [mover or case.responsible_id]


def _reviewers(case: Any, workers: list[int], today: date) -> Iterator[int]:
    """Who leads or supervises the team, then the units above it, then whoever else may judge;
    without anybody who may not see the case or has a hand in it."""
    barred = {
        *case.events.exclude(actor=None).values_list("actor_id", flat=True),
        *workers,
        case.responsible_id,
    }
    units = chain_of(home_unit(workers[0]))
    nearest = [
        pk
        for unit in units
        for pk in (*duty.leads_of(unit), *duty.holders_of(duty.SUPERVISOR, unit, today))
    ]
    others = holders_of(permission=EVALUATE, organisation_ids=[case.organisation_id], day=today)
    for staff_id in dict.fromkeys((*nearest, *(each.staff_id for each in others))):
        if staff_id not in barred and _may_review(staff_id, case, today):
            yield staff_id


def _may_review(staff_id: int, case: Any, today: date) -> bool:
    actor = actor_by_id(staff_id, day=today)
    if not all(actor.can_in(right, case.organisation_id) for right in (EVALUATE, REPLAY)):
        return False
    try:
        get_case_for(actor=actor, case_id=case.pk)
    except NotVisible:
        return False
    return True


def _standing(case: Any) -> Evaluation | None:
    rows = Evaluation.objects.filter(subject_kind=CASE, subject_id=case.pk, second_of__isnull=True)
    return rows.exclude(state=Evaluation.State.DROPPED).first()


def _open(
    follow_up: FollowUp, workers: list[int], lead: int, today: date, now: datetime
) -> Evaluation | None:
    case: Any = follow_up.case
    version = _card_for(case)
    if version is None:
        return None
    row = Evaluation.objects.create(
        subject_kind=CASE,
        subject_id=case.pk,
        number=case.number,
        kind_key=case.case_type.key,
        organisation_id=case.organisation_id,
        team_id=home_unit(workers[0]),
        person_id=case.responsible_id,
        evaluator_id=lead,
        version_of_card=version,
        created_at=now,
        due_date=today,
    )
    EvaluationEvent.objects.create(
        evaluation=row, seq=1, kind=OCCASION, at=now, data={"follow_up": follow_up.pk}
    )
    return row


def _card_for(case: Any) -> ScoreCardVersion | None:
    """The card in use for cases of this pack, else of any."""
    published = ScoreCardVersion.objects.filter(card=OuterRef("pk"), published_at__isnull=False)
    cards = ScoreCard.objects.filter(Exists(published), subject=CASE, is_active=True)
    pack = case.case_type.key.partition(".")[0]
    found = sorted(
        cards.filter(pack__in=(pack, "")), key=lambda card: (card.pack != pack, card.pk)
    )
    return version_in_use(found[0].pk) if found else None
