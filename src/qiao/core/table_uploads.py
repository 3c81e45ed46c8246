"""Tables that somebody uploads: kept on the disk, looked into, known again by their digest.

A file lies in its module's folder by the id of its row until it was taken in. What needs its
whole length (a digest, a check) runs in the background, outside of transactions.
"""

import hashlib
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from qiao.core.rules.text import clean
from qiao.core.sheets import Sheet, SheetRefused, most_bytes
from qiao.core.uploads import NoRoom

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import Model

BLOCK: Final = 1 << 20
READ_AT_ONCE: Final = 4 * 1024 * 1024  # bytes; a larger file is read by the worker
SAMPLE_VALUES: Final = 3
SAMPLE_ROWS: Final = 200  # rows in which values for the samples are looked for
SAMPLE_LENGTH: Final = 40
STRANGE_FOR: Final = timedelta(days=7)
_COMING: Final = ".coming"  # the ending of a file that has no row yet
GONE: Final = "gone"
NO_ROOM: Final = "no_room"
CHANGED: Final = "changed"
Needed = Callable[[list[int]], Collection[int]]


class FileTooLarge(Exception):  # noqa: N818 - a refusal, not a fault
    """The file has more bytes than an import takes."""


class FileMovedOn(Exception):  # noqa: N818 - names the finding
    """The file is not in the state that this needs: checked already, started, discarded."""


class FileChanged(Exception):  # noqa: N818 - names the finding
    """The file is not the one that the import began with."""


class BadMapping(ValueError):  # noqa: N818 - a refusal, not a fault
    """The columns cannot be read like this; `faults` are pairs of a code and a field."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{code}: {key}" for code, key in faults))
        self.faults = list(faults)


UNREADABLE: Final = (SheetRefused, FileNotFoundError, FileChanged, NoRoom)
"""Why a file that lies here cannot be read, or not further; see `failure_of`."""


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """Where the uploads of one kind lie: a folder under the media folder."""

    name: str

    @property
    def path(self) -> Path:
        """The folder itself."""
        return Path(settings.MEDIA_ROOT) / self.name

    def path_of(self, file_id: int) -> Path:
        """Where one file lies."""
        return self.path / f"{file_id}.upload"

    @contextmanager
    def keep(self, upload: "UploadedFile[Any]") -> Iterator[Path]:
        """The uploaded bytes in this folder, moved or copied in blocks, never held; whoever does
        not give the file another name within the block lets it go.

        Raises `qiao.core.uploads.NoRoom` where the disk is full.
        """
        target = self.path / f"{uuid4().hex}{_COMING}"
        try:
            _write(upload, target)
            yield target
        finally:
            target.unlink(missing_ok=True)

    def let_go(self, file_id: int) -> None:
        """Remove a file once the running transaction is through; what a crash in between leaves
        is swept."""
        transaction.on_commit(partial(self.path_of(file_id).unlink, missing_ok=True))

    def sweep(self, now: datetime, model: "type[Model]") -> None:
        """Remove what has long belonged to no row of `model` that is ``is_on_disk``."""

        def needed(ids: list[int]) -> set[int]:
            rows = model._default_manager.filter(pk__in=ids, is_on_disk=True)  # noqa: SLF001 - Django's own way for any model
            return set(rows.values_list("pk", flat=True))

        for path in self.strangers(now, needed):
            path.unlink(missing_ok=True)

    def strangers(self, now: datetime, needed: Needed) -> list[Path]:
        """Files that have belonged to nothing for `STRANGE_FOR`: without a row that `needed`
        gives back of the ids that it is asked about."""
        old = (now - STRANGE_FOR).timestamp()
        ids = {int(p.stem): p for p in self._here(".upload") if p.stem.isdecimal()}
        kept = needed(list(ids))
        found = [path for pk, path in ids.items() if pk not in kept]
        return [path for path in (*found, *self._here(_COMING)) if path.stat().st_mtime < old]

    def _here(self, ending: str) -> list[Path]:
        return list(self.path.glob(f"*{ending}")) if self.path.is_dir() else []


def _write(upload: "UploadedFile[Any]", target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = getattr(upload, "temporary_file_path", None)
    try:
        if temporary is not None:
            shutil.move(temporary(), target)
            return
        with target.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
    except OSError as error:
        raise NoRoom(str(error)) from error


def name_of(upload: "UploadedFile[Any]") -> str:
    """What the file is called, without folders.

    Raises `FileTooLarge` and `qiao.core.rules.text.BadText`.
    """
    if (upload.size or 0) > most_bytes(upload.name or ""):
        raise FileTooLarge(upload.name)
    return clean(Path(upload.name or "file").name or "file", field="file_name", max_length=200)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def samples_of(sheet: Sheet) -> list[list[str]]:
    """A few different values of every column, out of its first rows."""
    found: list[list[str]] = [[] for _ in sheet.header]
    for row in islice(sheet.rows(), SAMPLE_ROWS):
        for column, text in enumerate(row.cells[: len(found)]):
            told = text[:SAMPLE_LENGTH]
            if told and len(found[column]) < SAMPLE_VALUES and told not in found[column]:
                found[column].append(told)
    return found


def failure_of(refusal: Exception) -> tuple[str, str]:
    """The code that is kept with a file that cannot be read, and the detail for the expert."""
    if isinstance(refusal, SheetRefused):
        return str(refusal.code), refusal.detail[:300]
    if isinstance(refusal, NoRoom):
        return NO_ROOM, str(refusal)[:300]
    return (CHANGED if isinstance(refusal, FileChanged) else GONE), ""
