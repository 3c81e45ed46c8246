"""Files of a case, newest first, a page at a time; their number is kept, never counted."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from qiao.core.models import Attachment
from qiao.core.rules.ids import LARGEST_ID

NEWEST_FILES: Final = 8
PAGE_FILES: Final = 60


@dataclass(frozen=True, slots=True)
class FilesPage:
    """A part of the files of a case; `before` goes on with older ones, None at the end."""

    files: list[dict[str, Any]]
    before: int | None


@dataclass(frozen=True, slots=True)
class FileSeen:
    """One file with the ids of its neighbours, None at an end."""

    file: Attachment
    by: str
    newer: int | None
    older: int | None


_PAGE = """
SELECT a.id, a.label, a.file_name, a.content_type, a.size_bytes, a.created_at,
       coalesce(s.name, '')
  FROM core_attachment a LEFT JOIN staff_staff s ON s.id = a.created_by_id
 WHERE a.owner_kind = 'case' AND a.owner_id = %s AND a.id < %s
 ORDER BY a.id DESC LIMIT %s
"""
_NEIGHBOURS = """
SELECT (SELECT id FROM core_attachment WHERE owner_kind = 'case' AND owner_id = %(case)s
           AND id > %(file)s ORDER BY id LIMIT 1),
       (SELECT id FROM core_attachment WHERE owner_kind = 'case' AND owner_id = %(case)s
           AND id < %(file)s ORDER BY id DESC LIMIT 1),
       (SELECT name FROM staff_staff WHERE id = %(by)s)
"""
_KEYS: Final = ("id", "label", "file_name", "type", "size", "at", "by")


def files_page(*, case_id: int, before: int | None = None) -> FilesPage:
    """Files of a case that the caller may see, older than `before`."""
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [case_id, before or LARGEST_ID, PAGE_FILES + 1])
        rows = [dict(zip(_KEYS, row, strict=True)) for row in cursor.fetchall()]
    kept = rows[:PAGE_FILES]
    return FilesPage(kept, kept[-1]["id"] if len(rows) > PAGE_FILES else None)


def file_of(*, case_id: int, attachment_id: int) -> Attachment | None:
    """A file of a case that the caller may see; None when there is none such, or no more."""
    own = Attachment.objects.filter(owner_kind="case", owner_id=case_id)
    return own.filter(id=attachment_id).first()


def file_seen(*, case_id: int, file: Attachment) -> FileSeen:
    """A file of a case with its neighbours and who added it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, {"case": case_id, "file": file.pk, "by": file.created_by_id})
        newer, older, by = cursor.fetchone()
    return FileSeen(file, by or "", newer, older)
