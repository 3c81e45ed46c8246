"""Which cases their customers rated badly."""

from collections.abc import Iterable

from django.db.models import Q

from qiao.feedback.models import FollowUp, Rating


def badly_rated(*, case_ids: Iterable[int]) -> set[int]:
    """Those of these cases whose customer was not satisfied, or said that it is not solved."""
    bad = FollowUp.objects.filter(case_id__in=list(case_ids)).filter(
        Q(rating=Rating.NOT_SATISFIED) | Q(resolved=False)
    )
    return set(bad.values_list("case_id", flat=True))
