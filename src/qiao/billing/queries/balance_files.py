"""Files by which balances of a former billing system are taken over, and their refused rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qiao.billing.models import BalanceFile, RefusedBalance
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.uploaded import FilePage, RefusedRow, one_of, page_of, refused_of
from qiao.core.actor import Actor

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _files(actor: Actor) -> "QuerySet[BalanceFile]":
    return BalanceFile.objects.filter(organisation_id__in=actor.organisations(ISSUE))


def file_for(*, actor: Actor, file_id: int) -> BalanceFile:
    """A file of a unit in which the actor issues bills. Raises `FileMissing`."""
    return one_of(_files(actor), file_id)


def list_files(*, actor: Actor, after: int = 0, limit: int = 30) -> FilePage[BalanceFile]:
    """Files that were not thrown away, the newest first."""
    return page_of(_files(actor), after=after, limit=limit)


def refused_rows(
    file: BalanceFile, *, after: int = 0, limit: int | None = None
) -> Iterator[RefusedRow]:
    """The refused rows of a file that the caller may see: row, account and faults, in order."""
    return refused_of(RefusedBalance.objects.filter(file=file), after=after, limit=limit)
