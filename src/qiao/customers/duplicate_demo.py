"""Customers of the demo world who are held twice, found by the search itself; some are decided."""

from collections.abc import Sequence

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.customers.models import Duplicate
from qiao.customers.operations import merge_customers
from qiao.customers.operations.duplicate_deciding import dismiss_duplicate
from qiao.customers.operations.duplicate_finding import (
    fold_duplicate_counts,
    go_on_with_duplicate_run,
    start_duplicate_run,
)
from qiao.customers.operations.planting import plant_duplicates
from qiao.staff.queries import actor_by_number

SHARE = 0.006
FEWEST, MOST = 16, 600
MERGED, DISMISSED = 3, 3
SUPERVISOR = "1008"
REASONS = ("母女，同住", "同名同姓，已电话核实", "父子，共用号码")


def build(world: World) -> None:
    """Plant second records and lookalikes, search, merge a few and leave a few as two."""
    count = max(FEWEST, min(MOST, int(world.customers * SHARE)))
    known = [world.shared["first_customer_id"]]
    plant_duplicates(count=count, strangers=count, seed=world.seed, now=world.now, besides=known)
    start_duplicate_run(actor=None, now=world.now)
    go_on_with_duplicate_run()
    _decide(world)
    fold_duplicate_counts()


def _decide(world: World) -> None:
    actor = actor_by_number(SUPERVISOR, day=world.now.date())
    pairs = list(Duplicate.objects.order_by("-score", "id")[:MERGED])
    for pair in pairs:
        merge_customers(
            actor=actor, now=world.now, customer_id=pair.first_id, merged_id=pair.second_id,
            reason="证件与电话一致",
        )  # fmt: skip
    weakest = Duplicate.objects.filter(state="proposed").order_by("score", "id")[:DISMISSED]
    for pair, reason in zip(weakest, REASONS, strict=False):
        dismiss_duplicate(actor=actor, now=world.now, duplicate_id=pair.pk, reason=reason)


_FIGURES = """
SELECT count(*) FILTER (WHERE state = 'proposed'), count(*) FILTER (WHERE state = 'merged'),
       (SELECT coalesce(sum(n), 0) FROM (SELECT n FROM customers_duplicatecount
          UNION ALL SELECT n FROM customers_duplicatecountchange) k)
  FROM customers_duplicate
"""


def audit() -> Sequence[Finding]:
    """Whether there is something to decide, and the counts are right."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        waiting, merged, kept = cursor.fetchone()
    return [
        Finding("pairs that wait for a decision", str(waiting), "some", ok=waiting > 0),
        Finding("merged customers", str(merged), "some", ok=merged > 0),
        Finding("kept count of waiting pairs", str(kept), str(waiting), ok=kept == waiting),
    ]
