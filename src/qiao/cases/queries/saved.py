"""Views that people keep: a list with its filters, for themselves or for their team."""

from collections.abc import Sequence

from django.db.models import Q

from qiao.cases.models import SavedView
from qiao.core.actor import Actor


def saved_views(*, actor: Actor) -> Sequence[SavedView]:
    """The person's own views and those shared with the person's teams, own ones first."""
    mine = Q(staff_id=actor.staff_id)
    kept = SavedView.objects.filter(mine | Q(team_id__in=actor.team_ids)).select_related("team")
    return sorted(kept, key=lambda v: (v.staff_id != actor.staff_id, v.position, v.name))
