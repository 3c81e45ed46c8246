"""Which cases their customers rated badly."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from qiao.core.actor import Actor
from qiao.feedback.models import Evaluation, FollowUp
from qiao.feedback.rules.follow_ups import WORST

POOR: Final = Q(rating=WORST) | Q(resolved=False)
"""A follow-up whose customer is unhappy, as `rules.follow_ups.is_unhappy` says it."""
CASE: Final = "case"


def badly_rated(*, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases whose customer was not satisfied, or said that it is not solved."""
    bad = FollowUp.objects.filter(case_id__in=list(case_ids)).filter(POOR)
    return set(bad.values_list("case_id", flat=True))


def reviews_of(*, actor: Actor, case_ids: Iterable[int]) -> dict[int, Evaluation]:
    """The evaluations of these cases that the actor may see, by case."""
    rows = Evaluation.objects.visible_to(actor).filter(
        subject_kind=CASE, subject_id__in=list(case_ids), second_of__isnull=True
    )
    found = rows.exclude(state=Evaluation.State.DROPPED).select_related("evaluator")
    return {row.subject_id: row for row in found}


def last_poor_rating(*, actor: Actor, case_id: int) -> FollowUp | None:
    """The last poor rating of a case that the actor may see."""
    rows = FollowUp.objects.visible_to(actor).filter(POOR, case_id=case_id)
    return rows.select_related("confirmed_by").order_by("-finished_at", "-id").first()
