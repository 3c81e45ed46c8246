"""How people look at cases: lists they keep, and who has a case open now."""

from datetime import datetime

from django.db import connection

from qiao.cases.models import SavedView
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

NAME_LENGTH = 60


def save_view(*, name: str, query: str, shared: bool, actor: Actor) -> SavedView:
    """Keep a list with its filters under a name, for oneself or for one's first team; the same
    name again replaces it. Raises `BadText`.
    """
    required()
    team = actor.team_ids[0] if shared and actor.team_ids else None
    view, _made = SavedView.objects.update_or_create(
        staff_id=actor.person_id,
        name=clean(name, field="name", max_length=NAME_LENGTH, one_line=True),
        defaults={"query": query, "team_id": team},
    )
    return view


def drop_view(*, view_id: int, actor: Actor) -> None:
    """Drop one of one's own views. Raises `SavedView.DoesNotExist`."""
    required()
    SavedView.objects.get(id=view_id, staff_id=actor.person_id).delete()


def renew_viewing(*, case_id: int, actor: Actor, now: datetime) -> None:
    """Say that the actor has the case open; the lease runs out by itself."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_caseviewer (case_id, staff_id, seen_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (case_id, staff_id) DO UPDATE SET seen_at = EXCLUDED.seen_at",
            [case_id, actor.person_id, now],
        )
