"""Follow-ups go along with a case that belongs to another unit now."""

from qiao.core.transactions import required
from qiao.feedback.models import FollowUp


def move_follow_ups(*, case_id: int, organisation_id: int) -> int:
    """Put all follow-ups of a case under a unit; how many there were."""
    required()
    return FollowUp.objects.filter(case_id=case_id).update(organisation_id=organisation_id)
