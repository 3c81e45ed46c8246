"""Files on their way in, imports, and what became of every row; within the right to import."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.http import Http404

from qiao.core.actor import Actor
from qiao.customers.models import (
    AccountParty,
    CustomerImport,
    ImportAddition,
    ImportedRow,
    ImportFile,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

PERMISSION: Final = "customers.import"
MOST_WAITING: Final = 50
CHUNK: Final = 1_000
VIEWS: Final = ("refused", "created", "known", "added", "differs", "kept", "all")


def _imports(actor: Actor) -> "QuerySet[CustomerImport]":
    return CustomerImport.objects.filter(organisation_id__in=actor.organisations(PERMISSION))


def get_import_for(*, actor: Actor, import_id: int) -> CustomerImport:
    """An import of a unit in which the actor may import. Raises `Http404`."""
    found = _imports(actor).filter(pk=import_id).first()
    if found is None:
        raise Http404(f"import {import_id}")
    return found


def get_file_for(*, actor: Actor, file_id: int) -> ImportFile:
    """An uploaded file of such a unit. Raises `Http404`."""
    found = ImportFile.objects.filter(
        pk=file_id, organisation_id__in=actor.organisations(PERMISSION)
    ).first()
    if found is None:
        raise Http404(f"file {file_id}")
    return found


def file_of(job: CustomerImport) -> ImportFile | None:
    """The uploaded file that an import is read from; None once it ended, or from the shell."""
    return job.files.filter(is_on_disk=True).first()


def waiting_files(*, actor: Actor) -> list[ImportFile]:
    """Files that wait for their columns, their check or their start, the newest first."""
    state = ImportFile.State
    found = ImportFile.objects.filter(
        organisation_id__in=actor.organisations(PERMISSION),
        state__in=[state.READING, state.MAPPING, state.CHECKING, state.CHECKED, state.FAILED],
    )
    return list(found.order_by("-id")[:MOST_WAITING])


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Imports, and the id after which the next page begins; None at the end."""

    imports: list[CustomerImport]
    after: int | None


def list_imports(*, actor: Actor, after: int | None = None, limit: int = 30) -> ImportPage:
    """Imports of the units in which the actor may import, the newest first."""
    found = _imports(actor).order_by("-id")
    rows = list((found.filter(pk__lt=after) if after else found)[: limit + 1])
    shown = rows[:limit]
    return ImportPage(shown, shown[-1].pk if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What became of one row. Names and numbers that the actor may not see are empty."""

    row_number: int
    outcome: str
    is_new_customer: bool
    is_new_account: bool
    added: list[str]
    faults: list[dict[str, str]]
    undone: str
    kept_because: str
    customer_id: int | None
    customer_name: str
    account_number: str


_LINES = """
SELECT r.row_number, r.outcome, r.is_new_customer, r.is_new_account, r.added, r.undone,
       r.kept_because, c.id, coalesce(c.name, ''), coalesce(a.number, '')
  FROM customers_importedrow r
  LEFT JOIN customers_customer c ON c.id = r.customer_id AND EXISTS (
       SELECT 1 FROM customers_customerorganisation l
        WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(organisations)s))
  LEFT JOIN customers_account a
    ON a.id = r.account_id AND a.organisation_id = ANY(%(organisations)s)
 WHERE r.customer_import_id = %(import)s AND r.row_number = ANY(%(numbers)s)
 ORDER BY r.row_number
"""


@dataclass(frozen=True, slots=True)
class LinePage:
    """Rows of an import, and the row after which the next page begins; None at the end."""

    lines: list[ImportLine]
    after: int | None


def list_rows(
    *, actor: Actor, job: CustomerImport, view: str, after: int = 0, limit: int = 50
) -> LinePage:
    """Rows of an import in the file's order; `view` is one of `VIEWS`, but for ``differs``."""
    found = ImportedRow.objects.filter(customer_import=job, row_number__gt=after)
    if view == ImportedRow.Undone.KEPT:
        found = found.filter(undone=view)
    elif view == "added":
        found = found.exclude(added=[])
    elif view != "all":
        found = found.filter(outcome=view)
    faults = dict(found.order_by("row_number").values_list("row_number", "faults")[: limit + 1])
    numbers = list(faults)[:limit]
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES,
            {
                "import": job.pk,
                "numbers": numbers,
                "organisations": list(actor.organisations("customers.view")),
            },
        )
        lines = [_line(row, faults[row[0]]) for row in cursor.fetchall()]
    return LinePage(lines, numbers[-1] if len(faults) > limit else None)


def _line(row: Sequence[Any], faults: list[dict[str, str]]) -> ImportLine:
    number, outcome, is_new_customer, is_new_account, added, undone, because, *whom = row
    customer, name, account = whom
    return ImportLine(
        row_number=number,
        outcome=outcome,
        is_new_customer=is_new_customer,
        is_new_account=is_new_account,
        added=added,
        faults=faults,
        undone=undone,
        kept_because=because,
        customer_id=customer,
        customer_name=name,
        account_number=account,
    )


def refused_rows(job: CustomerImport) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """Row number and faults of every refused row, in the file's order, a chunk at a time."""
    after = 0
    refused = ImportedRow.objects.filter(
        customer_import=job, outcome=ImportedRow.Outcome.REFUSED
    ).order_by("row_number")
    while True:
        chunk = list(
            refused.filter(row_number__gt=after).values_list("row_number", "faults")[:CHUNK]
        )
        yield from chunk
        if len(chunk) < CHUNK:
            return
        after = chunk[-1][0]


def completed_customers(*, import_id: int, first_row: int, last_row: int) -> list[int]:
    """Customers to whom these rows of an import added something that tells who they are."""
    kinds = ("phone", "id_number", "address", "owner")
    found = ImportAddition.objects.filter(
        customer_import_id=import_id, row_number__range=(first_row, last_row), kind__in=kinds
    )
    return sorted(set(found.values_list("customer_id", flat=True)))


def completed_parties(
    *, import_id: int, first_row: int, last_row: int
) -> list[tuple[int, int, date]]:
    """The parts in accounts that these rows added: part, customer, and since when."""
    found = ImportAddition.objects.filter(
        customer_import_id=import_id, row_number__range=(first_row, last_row), kind="owner"
    )
    parties = AccountParty.objects.filter(pk__in=found.values("target_id"))
    return [(party.pk, party.customer_id, party.period.lower) for party in parties]
