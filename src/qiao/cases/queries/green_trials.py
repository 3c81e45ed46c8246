"""What a rule of the green channel would have caught: tried on recent cases, changing nothing."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.customers.queries.search import stands_for

DAYS: Final = 28
NAMED: Final = 5
_FITS: Final[Mapping[str, str]] = {
    "tiers": "u.tier = ANY(%(tiers)s::text[])",
    "protections": "u.flags && %(protections)s::text[]",
    "tags": "EXISTS (SELECT FROM customers_customertag x JOIN customers_tag g ON g.id = x.tag_id"
    " WHERE x.customer_id = u.id AND g.name = ANY(%(tags)s::text[]))",
    "types": "(t.key = ANY(%(types)s::text[])"
    " OR split_part(t.key, '.', 2) = ANY(%(types)s::text[]))",
    "groups": 't."group" = ANY(%(groups)s::text[])',
    "priorities": "c.priority = ANY(%(priorities)s::text[])",
}
_TRIED: Final = f"""
SELECT count(*), count(*) FILTER (WHERE x.fits),
       (array_agg(x.number ORDER BY x.id DESC) FILTER (WHERE x.fits))[1:{NAMED}]
  FROM (SELECT c.id, c.number, coalesce({{fits}}, false) AS fits
          FROM cases_case c
          JOIN cases_casetype t ON t.id = c.case_type_id
          LEFT JOIN customers_customer r ON r.id = c.customer_id
          LEFT JOIN customers_customer u ON u.id = {stands_for("r")}
         WHERE c.organisation_id = ANY(%(units)s) AND c.opened_at >= %(since)s
           AND c.opened_at <= %(now)s AND split_part(t.key, '.', 1) = %(pack)s) x
"""


@dataclass(frozen=True, slots=True)
class GreenTrial:
    """Of `total` cases opened in `DAYS` days `caught` are such as the rule asks for, by what is
    known of them today; the newest by number."""

    total: int
    caught: int
    numbers: tuple[str, ...]


def try_green_rule(
    *, pack: str, terms: Mapping[str, Sequence[str]], units: Sequence[int], now: datetime
) -> GreenTrial:
    """Try a rule alone, whatever rules stand before it, on the recent cases of these units."""
    asked = {key: list(values) for key, values in terms.items() if values}
    fits = " AND ".join(_FITS[key] for key in asked) or "false"
    about: dict[str, Any] = {
        "units": list(units), "since": now - timedelta(days=DAYS), "now": now, "pack": pack
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TRIED.format(fits=fits), about | asked)
        total, caught, numbers = cursor.fetchone()
    return GreenTrial(total, caught, tuple(numbers or ()))
