"""Who has a case open now."""

from datetime import datetime

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.transactions import required


def renew_viewing(*, case_id: int, actor: Actor, now: datetime) -> None:
    """Say that the actor has the case open; the lease runs out by itself."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_caseviewer (case_id, staff_id, seen_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (case_id, staff_id) DO UPDATE SET seen_at = EXCLUDED.seen_at",
            [case_id, actor.person_id, now],
        )
