"""Dated configuration: every rate, limit, promise and rule that law, company or region sets.

A value is found by key for a day: the organisation's own value first, then its region's, then
the one for all. Values carry their source, so that a page can show where a figure comes from.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.models import Setting


class SettingMissing(Exception):  # noqa: N818 - names the finding
    """No value of this key is in force on that day."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value in force, with the day it began and where it comes from."""

    value: Any
    valid_from: date | None
    source: str


_FIND = """
SELECT value, lower(valid), source FROM core_setting
 WHERE key = %(key)s AND valid @> %(day)s::date
   AND (organisation_id = ANY(%(organisations)s) OR organisation_id IS NULL)
   AND region IN ('', %(region)s)
 ORDER BY array_position(%(organisations)s::bigint[], organisation_id) NULLS LAST, region DESC
 LIMIT 1
"""


def find(
    key: str, *, day: date, organisation_ids: tuple[int, ...] = (), region: str = ""
) -> Value:
    """The value of `key` in force on `day`.

    `organisation_ids` runs from the unit itself up to the company: the nearest one wins, then
    the region, then the value for all. Raises `SettingMissing`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND,
            {"key": key, "day": day, "organisations": list(organisation_ids), "region": region},
        )
        row = cursor.fetchone()
    if row is None:
        raise SettingMissing(f"no value of {key} is in force on {day}")
    return Value(json.loads(row[0]), row[1], row[2])


def put(
    key: str,
    value: Any,
    *,
    valid_from: date,
    source: str,
    actor: Actor | None,
    now: datetime,
    organisation_id: int | None = None,
    region: str = "",
) -> None:
    """Let `value` hold from `valid_from` on; what held before ends the day it begins.

    A later value that is already planned stays as it is. Raises `ValueError` without a source.
    """
    if not source.strip():
        raise ValueError("a configured value needs its source: a law, a contract, a decision")
    with transaction.atomic(), connection.cursor() as cursor:
        same = Setting.objects.filter(key=key, organisation_id=organisation_id, region=region)
        same.filter(valid__startswith=valid_from).delete()
        cursor.execute(
            "UPDATE core_setting SET valid = daterange(lower(valid), %s) WHERE key = %s"
            " AND organisation_id IS NOT DISTINCT FROM %s AND region = %s AND valid @> %s::date",
            [valid_from, key, organisation_id, region, valid_from],
        )
        later = (
            same.filter(valid__startswith__gt=valid_from)
            .order_by("valid")
            .values_list("valid", flat=True)
            .first()
        )
        Setting.objects.create(
            key=key,
            organisation_id=organisation_id,
            region=region,
            valid=DateRange(valid_from, later.lower if later else None),
            value=value,
            source=source,
            changed_by_id=actor.staff_id if actor else None,
            changed_at=now,
        )
