"""Uploaded tables of billing in pages, and their refused rows: the same for every kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from qiao.core.table_models import KeptTable, TableState

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

K = TypeVar("K", bound=KeptTable)
CHUNK: Final = 1_000
RefusedRow = tuple[int, str, list[dict[str, Any]]]
"""The number of a row, the account that it names, and its faults."""


class FileMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such file within the actor's right."""


@dataclass(frozen=True, slots=True)
class FilePage(Generic[K]):
    """Files, and the id after which the next page begins."""

    rows: list[K]
    after: int | None


def one_of(files: "QuerySet[K]", file_id: int) -> K:
    """A file among those that the actor may see. Raises `FileMissing`."""
    found = files.filter(pk=file_id).first()
    if found is None:
        raise FileMissing(file_id)
    return found


def page_of(files: "QuerySet[K]", *, after: int, limit: int) -> FilePage[K]:
    """Files among those that the actor may see that were not thrown away, the newest first."""
    found = files.exclude(state=TableState.DISCARDED).order_by("-pk")
    rows = list((found.filter(pk__lt=after) if after else found)[: limit + 1])
    return FilePage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def refused_of(
    refused: "QuerySet[Model]", *, after: int, limit: int | None
) -> Iterator[RefusedRow]:
    """The refused rows of a file that the caller may see, in order."""
    found = refused.filter(row_number__gt=after).order_by("row_number")
    rows = found.values_list("row_number", "account_number", "faults")
    yield from (rows[:limit] if limit else rows.iterator(CHUNK))
