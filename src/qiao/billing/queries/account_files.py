"""Files by which the billing of accounts begins, and their refused rows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qiao.billing.models import AccountFile, RefusedAccount
from qiao.billing.queries.terms_shown import TERMS
from qiao.billing.queries.uploaded import FilePage, RefusedRow, one_of, page_of, refused_of
from qiao.core.actor import Actor

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _files(actor: Actor) -> "QuerySet[AccountFile]":
    return AccountFile.objects.filter(organisation_id__in=actor.organisations(TERMS))


def file_for(*, actor: Actor, file_id: int) -> AccountFile:
    """A file of a unit in which the actor says how accounts are billed. Raises `FileMissing`."""
    return one_of(_files(actor), file_id)


def list_files(*, actor: Actor, after: int = 0, limit: int = 30) -> FilePage[AccountFile]:
    """Files that were not thrown away, the newest first."""
    return page_of(_files(actor), after=after, limit=limit)


def refused_rows(
    file: AccountFile, *, after: int = 0, limit: int | None = None
) -> Iterator[RefusedRow]:
    """The refused rows of a file that the caller may see: row, account and faults, in order."""
    return refused_of(RefusedAccount.objects.filter(file=file), after=after, limit=limit)
