"""Files by which the billing of accounts begins, and their refused rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qiao.billing.models import AccountFile, RefusedAccount
from qiao.billing.queries.terms_shown import TERMS
from qiao.core.actor import Actor

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHUNK: Final = 1_000


class FileMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such file within the actor's right."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """Files, and the id after which the next page begins."""

    rows: list[AccountFile]
    after: int | None


def _files(actor: Actor) -> "QuerySet[AccountFile]":
    return AccountFile.objects.filter(organisation_id__in=actor.organisations(TERMS))


def file_for(*, actor: Actor, file_id: int) -> AccountFile:
    """A file of a unit in which the actor says how accounts are billed. Raises `FileMissing`."""
    found = _files(actor).filter(pk=file_id).first()
    if found is None:
        raise FileMissing(file_id)
    return found


def list_files(*, actor: Actor, after: int = 0, limit: int = 30) -> FilePage:
    """Files that were not thrown away, the newest first."""
    found = _files(actor).exclude(state=AccountFile.State.DISCARDED).order_by("-id")
    rows = list((found.filter(pk__lt=after) if after else found)[: limit + 1])
    return FilePage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def refused_rows(
    file: AccountFile, *, after: int = 0, limit: int | None = None
) -> Iterator[tuple[int, str, list[dict[str, Any]]]]:
    """The refused rows of a file that the caller may see: row, account and faults, in order."""
    found = RefusedAccount.objects.filter(file=file, row_number__gt=after).order_by("row_number")
    rows = found.values_list("row_number", "account_number", "faults")
    yield from (rows[:limit] if limit else rows.iterator(CHUNK))
