"""Looking for customers who are held twice: all of them by night, changed ones at once."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.transactions import acting, required
from qiao.customers.models import Customer, DuplicateRun
from qiao.customers.operations.duplicate_candidates import (
    drop_pairs,
    gather_pairs,
    gathered_pairs,
    pairs_of,
)
from qiao.customers.queries.duplicate_records import Register, population
from qiao.customers.rules.duplicates import Verdict, weigh

FIND_TASK = "customers.find_duplicates"
BATCH = 10_000
PROGRESS = ("last_first_id", "last_second_id", "weighed_count", "found_count")
CHECKED_AT_ONCE = 200
GROWN_BITS = 3.0
"""A dismissed pair returns when its score has grown by so much: the odds eight times as high."""

Found = dict[tuple[int, int], Verdict]
Progress = Callable[[str], None]

_KEEP = """
INSERT INTO customers_duplicate AS kept
       (first_id, second_id, score, evidence, strongest, state, reason, first_organisations,
        second_organisations, found_at, weighed_at)
SELECT w.first_id, w.second_id, w.score, w.evidence::jsonb, w.strongest, 'proposed', '',
       coalesce((SELECT array_agg(l.organisation_id ORDER BY l.organisation_id)
                   FROM customers_customerorganisation l WHERE l.customer_id = w.first_id), '{}'),
       coalesce((SELECT array_agg(l.organisation_id ORDER BY l.organisation_id)
                   FROM customers_customerorganisation l WHERE l.customer_id = w.second_id), '{}'),
       %(now)s, %(now)s
  FROM unnest(%(firsts)s::bigint[], %(seconds)s::bigint[], %(scores)s::float8[],
              %(evidence)s::text[], %(strongest)s::text[])
       AS w (first_id, second_id, score, evidence, strongest)
 ORDER BY w.first_id, w.second_id
ON CONFLICT (first_id, second_id) DO UPDATE
   SET score = excluded.score, evidence = excluded.evidence, strongest = excluded.strongest,
       state = 'proposed', weighed_at = excluded.weighed_at,
       first_organisations = excluded.first_organisations,
       second_organisations = excluded.second_organisations
 WHERE kept.state = 'proposed'
    OR (kept.state = 'dismissed' AND excluded.score >= kept.score + %(grown)s)
"""
_WITHDRAW_ALL = """
DELETE FROM customers_duplicate WHERE state = 'proposed' AND weighed_at < %(since)s
"""
_WITHDRAW_OF = """
DELETE FROM customers_duplicate d
 WHERE d.state = 'proposed' AND (d.first_id = ANY(%(ids)s) OR d.second_id = ANY(%(ids)s))
   AND NOT EXISTS (SELECT 1 FROM unnest(%(firsts)s::bigint[], %(seconds)s::bigint[])
                     AS f (first_id, second_id)
                    WHERE f.first_id = d.first_id AND f.second_id = d.second_id)
"""


def start_duplicate_run(*, actor: Actor | None, now: datetime) -> DuplicateRun:
    """Begin a search through all customers, or give the one that runs already; a worker carries it
    on.

    With an actor, raises `qiao.core.actor.Forbidden` unless he may merge.
    """
    required()
    if actor is not None:
        actor.require("customers.merge", actor.organisation_id)
    run = DuplicateRun.objects.filter(state="running").first() or _begin(actor, now)
    if not background.state_of(FIND_TASK):
        background.defer(FIND_TASK, lock=FIND_TASK)
    return run


def _begin(actor: Actor | None, now: datetime) -> DuplicateRun:
    try:
        with transaction.atomic():
            return DuplicateRun.objects.create(
                started_at=now, started_by_id=actor.staff_id if actor else None
            )
    except IntegrityError:  # begun by somebody else at this moment
        return DuplicateRun.objects.get(state="running")


def go_on_with_duplicate_run(*, progress: Progress | None = None) -> DuplicateRun | None:
    """Carry the running search on to its end, a batch a transaction; None if none runs.

    After a stop it gathers the pairs again and goes on after the last one that was kept.
    """
    run = DuplicateRun.objects.filter(state="running").first()
    if run is None:
        return None
    try:
        with acting(None):
            run.pair_count, run.left_out = gather_pairs()
            run.customer_count = population()
            run.save(update_fields=["pair_count", "left_out", "customer_count"])
        register = Register(run.customer_count)
        while _weigh_batch(run, register):
            if progress is not None:
                progress(f"{run.weighed_count:,} of {run.pair_count:,} pairs")
        with acting(None):
            _finish(run)
    finally:
        drop_pairs()
    if run.is_due_again:
        go_on_with_duplicate_run(progress=progress)
    return run


def search_again() -> None:
    """Many customers came in: search through all, after the search that runs if one does."""
    required()
    run = start_duplicate_run(actor=None, now=timezone.now())
    if run.pair_count:
        DuplicateRun.objects.filter(pk=run.pk).update(is_due_again=True)


def _weigh_batch(run: DuplicateRun, register: Register) -> int:
    with acting(None):
        after = (run.last_first_id, run.last_second_id)
        pairs = gathered_pairs(after=after, limit=BATCH)
        if not pairs:
            return 0
        found = _weigh(pairs, register)
        _keep(found, timezone.now())
        run.last_first_id, run.last_second_id = pairs[-1]
        run.weighed_count += len(pairs)
        run.found_count += len(found)
        run.save(update_fields=PROGRESS)
    return len(pairs)


def _finish(run: DuplicateRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW_ALL, {"since": run.started_at})
        run.withdrawn_count = cursor.rowcount
    run.refresh_from_db(fields=["is_due_again"])
    run.state, run.finished_at = DuplicateRun.State.DONE, timezone.now()
    run.save()
    if run.is_due_again:
        _begin(None, timezone.now())


def check_for_duplicates(*, customer_ids: Iterable[int], now: datetime) -> int:
    """Weigh a few customers, just registered or changed, against all others; how many proposals.

    A proposal of theirs that no longer holds goes.
    """
    required()
    ids = sorted(set(customer_ids))
    register = Register(population())
    proposals = 0
    for start in range(0, len(ids), CHECKED_AT_ONCE):
        chosen = ids[start : start + CHECKED_AT_ONCE]
        found = _weigh(list(pairs_of(chosen)), register)
        _keep(found, now)
        firsts, seconds = [first for first, _ in found], [second for _, second in found]
        with connection.cursor() as cursor:
            cursor.execute(_WITHDRAW_OF, {"ids": chosen, "firsts": firsts, "seconds": seconds})
        proposals += len(found)
    return proposals


def check_new_customers(*, first_id: int, last_id: int, now: datetime) -> int:
    """`check_for_duplicates` for all customers of a range of ids."""
    ids = Customer.objects.filter(
        pk__range=(first_id, last_id), merged_into__isnull=True
    ).values_list("pk", flat=True)
    return check_for_duplicates(customer_ids=ids, now=now)


def _weigh(pairs: list[tuple[int, int]], register: Register) -> Found:
    if not pairs:
        return {}
    records = register.read({pk for pair in pairs for pk in pair})
    crowd = register.crowd
    found: Found = {}
    for first, second in pairs:
        if first in records and second in records:
            verdict = weigh(records[first], records[second], crowd)
            if verdict is not None and verdict.is_proposed:
                found[first, second] = verdict
    return found


def _keep(found: Found, now: datetime) -> None:
    if not found:
        return
    verdicts = list(found.values())
    values: dict[str, Any] = {
        "firsts": [first for first, _ in found],
        "seconds": [second for _, second in found],
        "scores": [verdict.score for verdict in verdicts],
        "evidence": [_as_json(verdict) for verdict in verdicts],
        "strongest": [strongest_of(verdict) for verdict in verdicts],
        "now": now,
        "grown": GROWN_BITS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)


def _as_json(verdict: Verdict) -> str:
    signs = [
        {"key": each.key, "weight": each.weight, "count": each.count, "what": each.what}
        for each in verdict.evidence
    ]
    told = {"prior": verdict.prior, "against": verdict.against, "signs": signs}
    return json.dumps(told, ensure_ascii=False)


def strongest_of(verdict: Verdict) -> str:
    """The surest kind of sign that agrees: identity, else phone, place or name."""
    agree = {each.key for each in verdict.evidence if not each.key.endswith("_differs")}
    kinds = {key.partition("_")[0] for key in agree}
    return next(kind for kind in ("identity", "phone", "place", "name") if kind in kinds)


def fold_duplicate_counts() -> int:
    """Fold changes of the counts of waiting pairs into the counts. Returns how many there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_duplicate_fold_counts()")
        (changes,) = cursor.fetchone()
    return int(changes)
