"""Rows of a file that say otherwise than what is held, beside what is held now."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.customers.models import CustomerImport
from qiao.customers.rules.columns import folded

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class DifferenceNow:
    """A field: what is held now, what the file says, and whether it is the same by now.

    Identity numbers are masked on both sides.
    """

    field: str
    held: str
    found: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """A row with its customer and account; empty and None where the actor may not see them."""

    row_number: int
    customer_id: int | None
    customer_name: str
    account_number: str
    differences: list[DifferenceNow]


_ROWS = """
SELECT r.row_number, r.differs, c.id, coalesce(c.name, ''), coalesce(a.number, ''),
       jsonb_build_object(
           'name', c.name, 'kind', c.kind, 'gender', c.gender, 'service', a.service,
           'use', a.use, 'status', a.status, 'opened_date', a.opened_date,
           'address', w.full_text, 'region', w.region, 'community', w.community,
           'meter_number', s.meter_number, 'meter_size', s.meter_size,
           'id_number', (
               SELECT string_agg(i.hint, ', ' ORDER BY i.id) FROM customers_customeridentity i
                WHERE i.customer_id = ANY(customers_held_as(c.id))
                  AND i.kind IN ('id_card', 'credit_code')))
  FROM customers_importedrow r
  LEFT JOIN customers_customer c ON c.id = customers_survivor(r.customer_id) AND EXISTS (
       SELECT FROM customers_customerorganisation l
        WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(organisations)s))
  LEFT JOIN customers_account a
    ON a.id = r.account_id AND a.organisation_id = ANY(%(organisations)s)
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises w ON w.id = s.premises_id
 WHERE r.customer_import_id = %(import)s AND r.row_number > %(after)s AND r.differs <> '[]'
 ORDER BY r.row_number LIMIT %(limit)s
"""


def differing_rows(
    *, actor: Actor, job: CustomerImport, after: int = 0, limit: int = 50
) -> list[DifferingRow]:
    """The next `limit` differing rows behind row `after`, in the file's order."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "import": job.pk,
                "after": after,
                "limit": limit,
                "organisations": list(actor.organisations("customers.view")),
            },
        )
        return [_row(row) for row in cursor.fetchall()]


def all_differing_rows(*, actor: Actor, job: CustomerImport) -> Iterator[DifferingRow]:
    """All of them, a chunk at a time."""
    after = 0
    while chunk := differing_rows(actor=actor, job=job, after=after, limit=CHUNK):
        yield from chunk
        after = chunk[-1].row_number


def _row(row: Sequence[Any]) -> DifferingRow:
    number, differs, customer, name, account, held = row
    values = {key: value or "" for key, value in _loaded(held).items()}
    told = [
        DifferenceNow(
            field=entry["field"],
            held=values.get(entry["field"], ""),
            found=entry["found"],
            is_settled=folded(values.get(entry["field"], "")) == folded(entry["found"]),
        )
        for entry in _loaded(differs)
    ]
    return DifferingRow(number, customer, name, account, told)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
