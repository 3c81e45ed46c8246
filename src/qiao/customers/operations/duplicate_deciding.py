"""What people decide about a proposed pair, and what a merge does to the proposals around it."""

from datetime import datetime
from typing import Any

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.models import Duplicate
from qiao.customers.operations.refusals import ReasonMissing, WrongState
from qiao.customers.queries import NotVisible, can_see

MERGE = "customers.merge"
REASON_LENGTH = 300

_MERGED = """
UPDATE customers_duplicate
   SET state = 'merged', decided_at = %(now)s, decided_by_id = %(staff)s, reason = %(reason)s
 WHERE first_id = least(%(survivor)s, %(merged)s)
   AND second_id = greatest(%(survivor)s, %(merged)s)
"""
_GONE = """
DELETE FROM customers_duplicate
 WHERE state = 'proposed' AND (first_id = %(merged)s OR second_id = %(merged)s)
"""
_APART = """
UPDATE customers_duplicate
   SET state = 'proposed', decided_at = NULL, decided_by_id = NULL, reason = ''
 WHERE state = 'merged'
   AND first_id = least(%(survivor)s, %(merged)s)
   AND second_id = greatest(%(survivor)s, %(merged)s)
"""


def dismiss_duplicate(*, actor: Actor, now: datetime, duplicate_id: int, reason: str) -> Duplicate:
    """Say that two are not the same: the pair returns only when the evidence grows.

    Raises `ReasonMissing`, `WrongState`, `BadText`, `NotVisible`.
    """
    required()
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("a dismissal needs its reason")
    pair = _lock(actor, duplicate_id)
    if pair.state != Duplicate.State.PROPOSED:
        raise WrongState(pair.state)
    pair.state, pair.reason = Duplicate.State.DISMISSED, words
    pair.decided_at, pair.decided_by_id = now, actor.staff_id
    pair.save(update_fields=["state", "reason", "decided_at", "decided_by_id"])
    return pair


def reopen_duplicate(*, actor: Actor, duplicate_id: int) -> Duplicate:
    """Take a dismissal back. Raises `WrongState`, `NotVisible`."""
    required()
    pair = _lock(actor, duplicate_id)
    if pair.state != Duplicate.State.DISMISSED:
        raise WrongState(pair.state)
    pair.state, pair.reason, pair.decided_at, pair.decided_by_id = "proposed", "", None, None
    pair.save(update_fields=["state", "reason", "decided_at", "decided_by_id"])
    return pair


def _lock(actor: Actor, duplicate_id: int) -> Duplicate:
    pair = Duplicate.objects.select_for_update(no_key=True).filter(pk=duplicate_id).first()
    if pair is None or not all(
        can_see(actor=actor, customer_id=pk, permission=MERGE)
        for pk in (pair.first_id, pair.second_id)
    ):
        raise NotVisible(f"pair {duplicate_id}")
    return pair


def settle_pairs(
    *, survivor_id: int, merged_id: int, actor: Actor, now: datetime, reason: str
) -> None:
    """After a merge: the pair is decided; what else was proposed for the merged row is weighed
    anew for the one who stands for both."""
    values: dict[str, Any] = {
        "survivor": survivor_id, "merged": merged_id, "now": now, "staff": actor.staff_id,
        "reason": reason,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, values)
        cursor.execute(_GONE, values)


def unsettle_pair(*, survivor_id: int, merged_id: int) -> None:
    """After an undo the pair waits for a decision again."""
    with connection.cursor() as cursor:
        cursor.execute(_APART, {"survivor": survivor_id, "merged": merged_id})
