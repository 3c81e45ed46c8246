"""The demo world: stages that modules contribute, run in order, each set-based and seeded.

A world is built once; a second start finds it. It may be as small as some hundred customers for
a test or hold a million for a benchmark.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from qiao.core.registry import registry

SEED = 962
log = structlog.get_logger(__name__)
Say = Callable[[str], None]


@dataclass
class World:
    """What stages share: how large, from which seed, and up to which moment the past reaches."""

    customers: int
    pack: str
    now: datetime
    seed: int = SEED
    history_months: int = 24
    cases: int | None = None  # None: what so many customers would cause
    interactions: int | None = None
    open_share: float | None = None  # None: what such work leaves open on any day
    shared: dict[str, Any] = field(default_factory=dict)  # plain values: kept with each stage

    def random(self, stage: str) -> random.Random:
        """A generator of its own for each stage, so that one stage does not move another."""
        return random.Random(f"{self.seed}:{stage}")  # noqa: S311 - believable, not secret


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the audit: what was looked at, what was found, whether it is believable."""

    name: str
    found: str
    expected: str
    ok: bool


def build_world(
    *,
    customers: int,
    pack: str,
    progress: Say,
    cases: int | None = None,
    interactions: int | None = None,
    now: datetime | None = None,
    open_share: float | None = None,
) -> bool:
    """Build the world unless there is one. Returns whether it was built.

    `open_share` is the share of cases that is open, 0 to 1; by default what is left on any day.
    """
    world = World(
        customers=customers,
        pack=pack,
        now=now or timezone.now(),
        cases=cases,
        interactions=interactions,
        open_share=open_share,
    )
    return build_stages(world, stages(), progress=progress)


def build_stages(world: World, wanted: Sequence[Any], *, progress: Say) -> bool:
    """Build those stages that are not built yet, in their order. Returns whether one was.

    Runs as the owner of the tables, one transaction a stage: a stage that was finished before a
    crash is not run again, and an index that a stage made anew serves the next one.
    """
    built = False
    for stage in wanted:
        with transaction.atomic():
            if (told := _told_by(stage.key)) is not None:
                world.shared.update(told)
                continue
            start = time.monotonic()
            stage.build(world)
            _mark_done(stage.key, world)
        built = True
        progress(f"{stage.key}: {time.monotonic() - start:.1f} s")
    if built:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return built


def stages() -> list[Any]:
    """The stages of all modules, in the order in which they are built."""
    return sorted((s for module in registry for s in module.demo), key=lambda s: s.order)


def _told_by(key: str) -> dict[str, Any] | None:
    """What a stage that is done, and those before it, share with the next; None if it is not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(result, '{}') FROM core_idempotencykey"
            " WHERE scope = 'demo' AND key = %s",
            [key],
        )
        found = cursor.fetchone()
    return json.loads(found[0]) if found else None


def _mark_done(key: str, world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (scope, key, result, created_at)"
            " VALUES ('demo', %s, %s, %s)",
            [key, json.dumps(world.shared), world.now],
        )


def audit_world(*, progress: Say) -> bool:
    """Print what makes the world believable and whether it is. Returns False on any doubt."""
    believable = True
    for stage in stages():
        findings: Sequence[Finding] = stage.audit() if stage.audit else ()
        for finding in findings:
            mark = "ok " if finding.ok else "BAD"
            progress(f"{mark} {finding.name}: {finding.found} (expected {finding.expected})")
            believable = believable and finding.ok
    return believable


def tick(now: datetime | None = None) -> None:
    """Move the live morning on by one breath: each stage that has a tick does a little work.

    What fails in one stage is logged and undone; the others go on.
    """
    moment = now or timezone.now()
    for stage in stages():
        if stage.tick is None:
            continue
        try:
            with transaction.atomic():
                stage.tick(moment)
        except Exception:  # whatever a module's stage raises is its own: the others go on
            log.warning("demo_tick_failed", stage=stage.key, exc_info=True)
