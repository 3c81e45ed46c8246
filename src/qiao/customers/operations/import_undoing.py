"""Taking an import back: exactly what it created goes, whatever has been used since stays.

A person created by the import stands or falls with all accounts that the file gave them. What is
in use is told by the database: any foreign key from anywhere, a change in the audit trail, or
another file that names the same person. Batches are transactions of their own; a run that was
killed goes on with the rows that carry no mark yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.transactions import acting, check_constraints, required
from qiao.customers.events import CustomersTakenBack
from qiao.customers.models import CustomerImport
from qiao.customers.operations.import_batches import ImportEnded
from qiao.customers.operations.import_reading import PERMISSION
from qiao.customers.operations.import_removing import (
    remove_accounts,
    remove_customers,
    remove_links,
    remove_places,
)
from qiao.customers.operations.import_runs import lock_of_import
from qiao.customers.operations.import_unadding import (
    AFTER,
    BEFORE,
    Additions,
    follow_own,
    next_additions,
    take_additions_back,
)
from qiao.customers.operations.import_usage import used_accounts, used_customers

UNDO_TASK: Final = "customers.undo_import"
BATCH: Final = 2_000
UNDOABLE: Final = (CustomerImport.State.DONE, CustomerImport.State.CANCELLED)


class TakenInAgain(Exception):  # noqa: N818 - names the finding
    """The same file was taken in a second time: that import must be taken back first."""


@dataclass(slots=True)
class _Batch:
    """Rows of one batch, the people and accounts they created, and why some of them stay."""

    rows: list[tuple[int, int | None, int | None, bool, bool]]
    accounts_of: dict[int, list[int]] = field(default_factory=dict)
    customers_kept: dict[int, str] = field(default_factory=dict)
    accounts_kept: dict[int, str] = field(default_factory=dict)

    @property
    def people(self) -> list[int]:
        return sorted({c for _, c, _, is_new, _ in self.rows if is_new and c is not None})

    @property
    def loose(self) -> dict[int, int]:
        """New accounts of people who were held before, with their owners."""
        return {
            account: customer
            for _, customer, account, is_new_customer, is_new_account in self.rows
            if is_new_account and not is_new_customer and account and customer
        }

    @property
    def accounts(self) -> list[int]:
        whole = [account for accounts in self.accounts_of.values() for account in accounts]
        return sorted({*whole, *self.loose})


def begin_undoing(*, actor: Actor, import_id: int) -> CustomerImport:
    """Decide that an import is taken back; `undo_import` does it.

    Raises `ImportEnded` unless it is done or cancelled, `TakenInAgain` and `Forbidden`.
    """
    required()
    job = CustomerImport.objects.select_for_update().get(id=import_id)
    actor.require(PERMISSION, job.organisation_id)
    if job.state not in UNDOABLE:
        raise ImportEnded(job.state)
    live = (*UNDOABLE[:1], CustomerImport.State.RUNNING, CustomerImport.State.ROLLING_BACK)
    again = CustomerImport.objects.filter(
        organisation_id=job.organisation_id, digest=job.digest, state__in=live
    )
    if again.exclude(pk=job.pk).exists():
        raise TakenInAgain(job.file_name)
    job.state, job.undone_by_id = CustomerImport.State.ROLLING_BACK, actor.person_id
    job.save()
    return job


def undo_in_background(*, actor: Actor, import_id: int) -> None:
    """Have the worker take an import back, or go on with it."""
    required()
    job = CustomerImport.objects.get(id=import_id)
    actor.require(PERMISSION, job.organisation_id)
    if job.state != CustomerImport.State.ROLLING_BACK:
        raise ImportEnded(job.state)
    background.defer(
        UNDO_TASK, lock=lock_of_import(import_id), import_id=import_id, staff_id=actor.person_id
    )


def undo_import(
    *,
    actor: Actor,
    import_id: int,
    now: datetime,
    progress: Callable[[CustomerImport], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> CustomerImport:
    """Take back what is left, a transaction for every batch, until all of it is done.

    Raises `ImportEnded` unless `begin_undoing` was called, and `Forbidden`.
    """
    while True:
        with acting(actor):
            job = CustomerImport.objects.select_for_update().get(id=import_id)
            actor.require(PERMISSION, job.organisation_id)
            if job.state != CustomerImport.State.ROLLING_BACK:
                raise ImportEnded(job.state)
            if not _step(job, actor, now):
                removed, kept = follow_own(job)
                job.undone_count += removed
                job.kept_count += kept
                job.state, job.undone_at = CustomerImport.State.ROLLED_BACK, now
                job.save()
                return job
        progress(job)
        if stopped():
            return job


def _step(job: CustomerImport, actor: Actor, now: datetime) -> bool:
    """Take the next batch back: what was added, then who was brought, then what hung on them.

    False once nothing is left.
    """
    additions = next_additions(job, BEFORE)
    if additions:
        _unadd(job, additions, actor, now)
        return True
    batch = _next(job)
    if batch.rows:
        _undo(job, batch, actor, now)
        return True
    additions = next_additions(job, AFTER)
    if additions:
        _unadd(job, additions, actor, now)
        return True
    return False


def _unadd(job: CustomerImport, additions: Additions, actor: Actor, now: datetime) -> None:
    removed, kept = take_additions_back(job, additions, now=now)
    job.undone_count += removed
    job.kept_count += kept
    job.save()
    numbers = [number for _, number, *_ in additions]
    _tell(job, (min(numbers), max(numbers)), removed, kept, actor, now)


_ROWS = """
SELECT row_number, customer_id, account_id, is_new_customer, is_new_account
  FROM customers_importedrow
 WHERE customer_import_id = %s AND row_number > %s AND undone = ''
   AND (is_new_customer OR is_new_account)
 ORDER BY row_number LIMIT %s
"""
_ACCOUNTS = """
SELECT DISTINCT t.customer_id, t.account_id, r.account_id IS NOT NULL
  FROM customers_accountparty t
  LEFT JOIN customers_importedrow r
    ON r.account_id = t.account_id AND r.is_new_account AND r.customer_import_id = %s
 WHERE t.customer_id = ANY(%s)
"""
# Whoever refers to these rows waits, or is waited for: then what is in use stands fast.
_LOCKS = (
    "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
    "SELECT id FROM customers_account WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
)


def _next(job: CustomerImport) -> _Batch:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [job.pk, job.undone_through, BATCH])
        batch = _Batch(list(cursor.fetchall()))
        cursor.execute(_ACCOUNTS, [job.pk, batch.people])
        for customer, account, is_ours in cursor.fetchall():
            if is_ours:
                batch.accounts_of.setdefault(customer, []).append(account)
            else:
                batch.customers_kept[customer] = "account"
        cursor.execute(_LOCKS[0], [batch.people])
        cursor.execute(_LOCKS[1], [batch.accounts])
    return batch


def _undo(job: CustomerImport, batch: _Batch, actor: Actor, now: datetime) -> None:
    _judge(job, batch)
    people = [pk for pk in batch.people if pk not in batch.customers_kept]
    accounts = [pk for pk in batch.accounts if pk not in batch.accounts_kept]
    with connection.cursor() as cursor:
        points = remove_accounts(cursor, accounts)
        remove_customers(cursor, job.pk, (batch.rows[0][0], batch.rows[-1][0]), people)
        remove_places(cursor, job.pk, points)
        owners = {owner for account, owner in batch.loose.items() if account in set(accounts)}
        remove_links(cursor, job, sorted(owners))
        removed, kept = _mark(cursor, job, batch)
        check_constraints()
    job.undone_through = batch.rows[-1][0]
    job.undone_count += removed
    job.kept_count += kept
    job.save()
    _tell(job, (batch.rows[0][0], batch.rows[-1][0]), removed, kept, actor, now)


def _tell(
    job: CustomerImport,
    rows: tuple[int, int],
    removed: int,
    kept: int,
    actor: Actor,
    now: datetime,
) -> None:
    told = CustomersTakenBack(job.pk, *rows, removed, kept)
    publish(told, organisation_id=job.organisation_id, actor=actor, now=now)


def _judge(job: CustomerImport, batch: _Batch) -> None:
    """Find what is in use; a person and their accounts out of the file share one fate."""
    batch.accounts_kept = used_accounts(job, batch.accounts)
    for customer, accounts in batch.accounts_of.items():
        for account in accounts:
            if account in batch.accounts_kept:
                batch.customers_kept.setdefault(customer, batch.accounts_kept[account])
    batch.customers_kept = used_customers(job, batch.people) | batch.customers_kept
    for customer, reason in batch.customers_kept.items():
        for account in batch.accounts_of.get(customer, ()):
            batch.accounts_kept.setdefault(account, reason)


_MARK_ACCOUNTS = """
UPDATE customers_importedrow r SET undone = v.undone, kept_because = v.reason
  FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v (account_id, undone, reason)
 WHERE r.account_id = v.account_id AND r.is_new_account AND r.customer_import_id = %s
   AND r.undone = '' RETURNING r.undone
"""
_MARK_ROWS = """
UPDATE customers_importedrow r SET undone = v.undone, kept_because = v.reason
  FROM unnest(%s::int[], %s::text[], %s::text[]) AS v (row_number, undone, reason)
 WHERE r.row_number = v.row_number AND r.customer_import_id = %s
   AND r.undone = '' RETURNING r.undone
"""


def _mark(cursor: Any, job: CustomerImport, batch: _Batch) -> tuple[int, int]:
    """Tell by row what became of it; the counts of removed and of kept rows."""
    told: list[str] = []
    rows = {n: customer for n, customer, _, is_new, _ in batch.rows if is_new and customer}
    for sql, fates in (
        (_MARK_ACCOUNTS, _fates({a: a for a in batch.accounts}, batch.accounts_kept)),
        (_MARK_ROWS, _fates(rows, batch.customers_kept)),
    ):
        cursor.execute(sql, [*fates, job.pk])
        told += [undone for (undone,) in cursor.fetchall()]
    return told.count("removed"), told.count("kept")


def _fates(subjects: dict[int, int], kept: dict[int, str]) -> Sequence[list[Any]]:
    """Three columns: what is marked, how, and why it stays."""
    reasons = [kept.get(subject, "") for subject in subjects.values()]
    return list(subjects), ["kept" if reason else "removed" for reason in reasons], reasons
