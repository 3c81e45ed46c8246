"""Filling the customer tables by the million: drawn by a seed, written by COPY."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from qiao.core.copying import reserve_ids
from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.customers.events import CustomersImported
from qiao.customers.operations.bulk_tables import Tables, unhindered
from qiao.customers.operations.bulk_world import Builder
from qiao.customers.operations.protection_terms import terms_of

CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: how many, and the ids from first to last (both included)."""

    count: int
    first_id: int
    last_id: int


def build_customers(
    *,
    count: int,
    organisation_ids_by_area: Mapping[str, int],
    seed: int,
    now: datetime,
    area_names: Mapping[str, str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Built:
    """Build exactly `count` customers with phones, homes, accounts and parts, and link them.

    `organisation_ids_by_area` gives the branch of each region code, the most populous first;
    `area_names` their names. The first customer is always 陈慧敏 of 翠湖花园 in the first area.
    Equal seeds give equal people. Publishes one event for all. Raises `ValueError` without areas.
    """
    required()
    if not organisation_ids_by_area or count < 1:
        raise ValueError("at least one area and one customer are needed")
    first = reserve_ids("customers_customer", count)
    builder = Builder(
        seed=seed,
        today=timezone.localtime(now).date(),
        now=now,
        organisations=dict(organisation_ids_by_area),
        names=dict(area_names or {}),
        first_customer_id=first,
        count=count,
        terms=terms_of(
            organisation_id=next(iter(organisation_ids_by_area.values())),
            day=timezone.localtime(now).date(),
        ),
    )
    with connection.cursor() as cursor, unhindered(cursor, count):
        done = 0
        while done < count:
            tables = Tables()
            done += builder.fill(tables, min(CHUNK, count - done))
            tables.write(cursor)
            if progress is not None:
                progress(f"{done:,} of {count:,} customers")
    publish(
        CustomersImported(first, first + count - 1, count),
        organisation_id=next(iter(organisation_ids_by_area.values())),
        actor=None,
        now=now,
    )
    return Built(count, first, first + count - 1)
