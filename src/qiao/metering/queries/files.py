"""Files of readings, and their refused rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qiao.core.actor import Actor
from qiao.metering.models import ReadingFile, RefusedRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

READ: Final = "metering.read"
CHUNK: Final = 1_000


class FileUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such file within the actor's right."""


def _files(actor: Actor) -> "QuerySet[ReadingFile]":
    return ReadingFile.objects.filter(organisation_id__in=actor.organisations(READ))


def file_for(*, actor: Actor, file_id: int) -> ReadingFile:
    """A file of a unit in which the actor may take readings in. Raises `FileUnknown`."""
    found = _files(actor).filter(pk=file_id).first()
    if found is None:
        raise FileUnknown(file_id)
    return found


@dataclass(frozen=True, slots=True)
class FilePage:
    """Files, and the id after which the next page begins."""

    rows: list[ReadingFile]
    after: int | None


def list_files(*, actor: Actor, after: int = 0, limit: int = 30) -> FilePage:
    """Files that were not thrown away, the newest first."""
    found = _files(actor).exclude(state=ReadingFile.State.DISCARDED).order_by("-id")
    rows = list((found.filter(pk__lt=after) if after else found)[: limit + 1])
    return FilePage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def refused_rows(
    file: ReadingFile, *, after: int = 0, limit: int | None = None
) -> Iterator[tuple[int, str, list[dict[str, Any]]]]:
    """The refused rows of a file that the caller may see: row, meter and faults, in order."""
    found = RefusedRow.objects.filter(file=file, row_number__gt=after).order_by("row_number")
    rows = found.values_list("row_number", "meter", "faults")
    yield from (rows[:limit] if limit else rows.iterator(CHUNK))
