"""Retention: what is kept how long, and the one job that lets go of what is due.

Modules declare a `Retention` for each kind of data and a `LegalHold` for each reason to keep a
customer's data. Every batch is a transaction of its own that also counts itself, so a job that is
killed has lost nothing and is simply run again.
"""
# ruff: noqa: S608 - statements are put together from manifests; all values are bound

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection
from django.db.models import F
from django.utils import timezone

from qiao.core import parameters
from qiao.core.manifest import LegalHold, Retention
from qiao.core.models import RetentionRun
from qiao.core.registry import registry
from qiao.core.transactions import acting, required

HOURLY: Final = "core.retain_hourly"
NIGHTLY: Final = "core.retain_nightly"
BY_PLACE: Final = "r.ctid"  # names rows of a table without a key of one column
COUNTED_AT_MOST: Final = 100_000
Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


class NothingCleared(RuntimeError):  # noqa: N818 - names the fault
    """A rule was given rows to clear and left them due."""


def rule(key: str) -> Retention:
    """The rule of a key. Raises `KeyError`."""
    return registry.retention()[key]


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept: `length` in the rule's unit, since when, and why."""

    length: int
    span: timedelta
    source: str
    is_configured: bool


def period(of: Retention, *, now: datetime) -> Period:
    """The period in force; one below the legal floor counts as the floor."""
    if of.fixed:
        return Period(of.keep, _span(of, of.keep), str(of.because), is_configured=False)
    value = parameters.find(registry.retention_parameter(of).key, day=timezone.localdate(now))
    length = max(int(value.value), of.least)
    return Period(length, _span(of, length), value.source, value.valid_from is not None)


def _span(of: Retention, length: int) -> timedelta:
    return timedelta(hours=length) if of.unit == "hours" else timedelta(days=length)


def _rows(of: Retention, holds: Sequence[LegalHold]) -> tuple[str, str]:
    """The rows that are due, and the condition that they are held back."""
    source, held = f"{of.table} r", "false"
    if of.customer_ids:
        source += f" CROSS JOIN LATERAL (SELECT {of.customer_ids} AS ids OFFSET 0) h"
        held = _any_of(holds)
    return f"FROM {source} WHERE ({of.due})", f"({held})"


def _any_of(holds: Sequence[LegalHold]) -> str:
    return " OR ".join(f"({hold.sql})" for hold in holds) or "false"


def nothing_holds(customer_ids: str) -> str:
    """The condition in SQL that no hold keeps the customers of a row, for what deletes it.

    `customer_ids` is an expression of bigint[] over the row. A statement sees what was committed
    before it began: a hold of whatever kind that came after the batch was read still counts.
    """
    held = f"SELECT {_any_of(registry.holds())} FROM (SELECT {customer_ids} AS ids OFFSET 0) h"
    return f"NOT coalesce(({held}), false)"


def _values(of: Retention, now: datetime) -> dict[str, Any]:
    return {"now": now, "before": now - period(of, now=now).span}


@dataclass(frozen=True, slots=True)
class Due:
    """Rows that would go now, rows that are due but held back, and whether there are more."""

    due: int
    held: int
    is_cut: bool


def count_due(of: Retention, *, now: datetime) -> Due:
    """What a run would let go of now, counted up to `COUNTED_AT_MOST`; changes nothing."""
    rows, held = _rows(of, registry.holds())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE NOT x.held), count(*) FILTER (WHERE x.held), count(*)"
            f" FROM (SELECT coalesce({held}, false) AS held {rows} LIMIT %(most)s) x",
            _values(of, now) | {"most": COUNTED_AT_MOST},
        )
        due, kept, seen = cursor.fetchone()
    return Due(due, kept, seen >= COUNTED_AT_MOST)


def run_rule(of: Retention, *, clock: Clock) -> RetentionRun:
    """Let go of all that is due by one rule, batch by batch. Opens its own transactions.

    Raises `NothingCleared` when a rule leaves what it was to clear.
    """
    now = clock()
    with acting(None):
        counted = count_due(of, now=now)
        run = RetentionRun.objects.create(
            rule=of.key, started_at=now, before=_values(of, now)["before"], held=counted.held
        )
    last: set[Any] = set()
    while True:
        with acting(None):
            batch = _batch(of, now)
            if last & set(batch):
                raise NothingCleared(of.key)
            if not batch:
                run.finished_at = max(clock(), run.started_at)
                run.save(update_fields=["finished_at"])
                run.refresh_from_db()
                return run
            gone = _clear(of, batch, now)
            RetentionRun.objects.filter(pk=run.pk).update(removed=F("removed") + len(gone))
        last = set(batch)


_HOLDS: Final = "retention holds"


def let_batch_end() -> None:
    """Before a reason to keep data is written: wait for the batch that runs, which did not see it.

    The next batch waits for the caller's transaction. Called before any row is locked.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext(%s))", [_HOLDS])


def _batch(of: Retention, now: datetime) -> list[Any]:
    rows, held = _rows(of, registry.holds())
    with connection.cursor() as cursor:
        # Two workers that run the same rule take turns, so that each row is counted once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"retention {of.key}"])
        if of.customer_ids:
            # What is held from now on is not among the rows that this transaction lets go of.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_HOLDS])
        cursor.execute(
            f"SELECT {of.ident} {rows} AND NOT coalesce({held}, false) LIMIT %(most)s",
            _values(of, now) | {"most": of.batch},
        )
        return [ident for (ident,) in cursor.fetchall()]


def _clear(of: Retention, idents: list[Any], now: datetime) -> list[Any]:
    """Let go of a batch; those that went, without what has come under a hold meanwhile."""
    required()
    if of.clear is not None:
        stayed = set(of.clear(idents, now) or ())
        return [ident for ident in idents if ident not in stayed]
    kind = "::tid[]" if of.ident == BY_PLACE else ""
    free = nothing_holds(of.customer_ids) if of.customer_ids else "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {of.table} r WHERE {of.ident} = ANY(%(idents)s{kind}) AND {free}"
            f" RETURNING {of.ident}",
            {"idents": idents},
        )
        return [ident for (ident,) in cursor.fetchall()]


def expire(table: str) -> Callable[[Sequence[Any], datetime], None]:
    """How rows of an append-only table of the toolbox go: by the one door in the database, which
    refuses those within the legal floor."""

    def clear(idents: Sequence[Any], _now: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT qiao_expire(%s, %s)", [table, list(idents)])

    return clear


def run_due(*, hourly: bool, clock: Clock) -> None:
    """Run every rule of the hour or of the night; one that fails does not stop the others."""
    failed: list[str] = []
    for of in registry.retention().values():
        if of.hourly is hourly:
            try:
                run_rule(of, clock=clock)
            except Exception:  # whatever a module's rule raises: told when all have run
                log.exception("retention_failed", rule=of.key)
                failed.append(of.key)
    if failed:
        raise RuntimeError(f"retention failed: {', '.join(failed)}")


def retain_hourly(_now: datetime) -> None:
    """What must not lie about for a night: files, sessions."""
    run_due(hourly=True, clock=timezone.now)


def retain_nightly(_now: datetime) -> None:
    """Everything else."""
    run_due(hourly=False, clock=timezone.now)


def latest_runs() -> dict[str, RetentionRun]:
    """The latest run of each rule."""
    rows = RetentionRun.objects.order_by("rule", "-pk").distinct("rule")
    return {row.rule: row for row in rows}


def latest_with_removals() -> dict[str, RetentionRun]:
    """The latest run of each rule that let go of something."""
    rows = RetentionRun.objects.filter(removed__gt=0).order_by("rule", "-pk").distinct("rule")
    return {row.rule: row for row in rows}
