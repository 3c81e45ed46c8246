"""Customers held twice are looked for among all; what was planted is known, so that precision and
recall are told beside the seconds."""

import time
from collections.abc import Iterator

import psycopg
from django.db import transaction
from django.utils import timezone
from measuring.databases import connected_to, say, url_of
from measuring.timing import Limits, Result, once

from customers_parts.world import copy, ensure
from qiao.customers.models import Duplicate
from qiao.customers.operations.duplicate_finding import (
    go_on_with_duplicate_run,
    start_duplicate_run,
)
from qiao.customers.operations.planting import Planted, plant_duplicates, planted_figures

LIMITS = Limits(most={"seconds": 600}, least={"precision": 0.98, "recall": 0.9})
PLANTED_SHARE = 0.01
SEED = 2027  # not one that the weights were set on
PLANTED = "customers_dedupe"


def measure(customers: int) -> Iterator[Result]:
    """Plant second records and lookalikes among so many customers, then look for them."""
    source = ensure(customers)
    copy(source, PLANTED)
    with connected_to(PLANTED):
        planted = _plant(int(customers * PLANTED_SHARE))
        began = time.monotonic()
        with transaction.atomic():
            start_duplicate_run(actor=None, now=timezone.now())
        run = go_on_with_duplicate_run(progress=say)
        seconds = time.monotonic() - began
        proposed = list(
            Duplicate.objects.filter(state="proposed").values_list("first_id", "second_id")
        )
    figures = planted_figures(planted, proposed)
    left_out = sum(group["customers"] for group in run.left_out) if run else 0
    yield once("dedupe", seconds, limits=LIMITS, customers=customers, left_out=left_out,
               pairs=run.pair_count if run else 0, **figures)  # fmt: skip


def _plant(count: int) -> Planted:
    began = time.monotonic()
    with transaction.atomic():
        planted = plant_duplicates(count=count, strangers=count, seed=SEED, now=timezone.now())
    with psycopg.connect(url_of(PLANTED), autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    say(f"  planted in {time.monotonic() - began:.1f} s")
    return planted
