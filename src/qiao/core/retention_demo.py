"""Two weeks of nights in which data went: what the page of retention shows of the demo world."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from qiao.core.demo import Finding, World
from qiao.core.models import RetentionRun
from qiao.core.registry import registry
from qiao.core.retention import period

NIGHTS: Final = 14
# What goes in an ordinary night of a company of this size.
USUAL: Final = {
    "core.jobs": 2_400,
    "core.sessions": 14,
    "core.deliveries": 900,
    "core.exports": 2,
    "customers.uploads": 1,
    "cases.drafts": 3,
    "contact.drafts": 5,
    "api.deliveries": 120,
    "api.answers": 310,
}


def build(world: World) -> None:
    """One run of each rule a night."""
    rng = world.random("retention")
    rows = []
    for of in registry.retention().values():
        span, usual = period(of, now=world.now).span, USUAL.get(of.key, 0)
        for night in range(NIGHTS, 0, -1):
            at = world.now - timedelta(days=night, minutes=rng.randint(0, 3))
            removed = rng.randint(usual // 2, usual * 3 // 2)
            rows.append(
                RetentionRun(
                    rule=of.key,
                    started_at=at,
                    finished_at=at + timedelta(seconds=1 + removed // 400),
                    before=at - span,
                    removed=removed,
                )
            )
    RetentionRun.objects.bulk_create(rows)


def audit() -> Sequence[Finding]:
    """Whether every rule has run."""
    run = RetentionRun.objects.values("rule").distinct().count()
    rules = len(registry.retention())
    return [Finding("rules of retention that have run", str(run), str(rules), run == rules)]
