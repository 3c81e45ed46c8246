"""How files and rows of customers go when their time is over; see `qiao.core.retention`.

A file goes before its row says so: a job that is killed in between finds it gone and goes on.
Uploads go once that is committed, as everywhere; what a crash leaves of them is swept.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from qiao.core.models import Attachment
from qiao.core.retention import nothing_holds
from qiao.core.thumbnails import remove_content
from qiao.customers.models import Document, ImportFile, SubjectExport
from qiao.customers.operations import subject_access
from qiao.customers.operations.import_files import FILES
from qiao.customers.queries.documents import OWNER_KIND
from qiao.customers.queries.holds import IDS_OF_ROW


def let_subject_files_go(idents: Sequence[Any], _now: datetime) -> None:
    """Remove the files that were handed out to people; the record stays."""
    for ident in idents:
        subject_access.file_of(ident).unlink(missing_ok=True)
    SubjectExport.objects.filter(pk__in=idents).update(state=SubjectExport.State.REMOVED)


def let_uploads_go(idents: Sequence[Any], _now: datetime) -> None:
    """Discard uploaded files that nobody started."""
    for file in ImportFile.objects.select_for_update().filter(pk__in=idents):
        file.state = ImportFile.State.DISCARDED
        FILES.drop(file)


_FINDINGS = """
UPDATE customers_importedrow SET faults = '[]', differs = '[]'
 WHERE customer_import_id = ANY(%(ids)s) AND (faults <> '[]' OR differs <> '[]')
"""


def let_findings_go(idents: Sequence[Any], _now: datetime) -> None:
    """Forget what stood in refused and differing rows of imports; their outcome stays."""
    with connection.cursor() as cursor:
        cursor.execute(_FINDINGS, {"ids": list(idents)})


def let_documents_go(idents: Sequence[Any], _now: datetime) -> Sequence[Any]:
    """Delete documents with their contents; a content that others hold as well stays.

    Gives those that stay: their customers have come under a hold since the batch was read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_document r"  # noqa: S608 - the condition is the manifests'
            f" WHERE r.id = ANY(%(ids)s) AND {nothing_holds(IDS_OF_ROW)}"
            " RETURNING r.id, r.attachment_id",
            {"ids": list(idents)},
        )
        gone: dict[int, int] = dict(cursor.fetchall())
    Document.objects.filter(replaced_by__in=gone).update(replaced_by=None)
    _drop_contents(list(gone.values()))
    return [ident for ident in idents if ident not in gone]


def _drop_contents(files: list[int]) -> None:
    own = Attachment.objects.filter(pk__in=files, owner_kind=OWNER_KIND)
    digests = set(own.values_list("sha256", flat=True))
    own.delete()
    held = set(Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    for digest in digests - held:
        remove_content(digest)
