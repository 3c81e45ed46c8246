"""The zip directory of a workbook, checked before anything is unpacked.

Source: APPNOTE.TXT 6.3.10, 4.3.14-4.3.16. A part never yields more bytes than it declares
(Python's zipfile stops there and compares the checksum), so the declared sums are true bounds.
"""

import errno
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from struct import unpack_from
from zipfile import BadZipFile, ZipFile

from qiao.core.sheets.refusals import (
    MOST_PACKED_BYTES,
    MOST_PARTS,
    MOST_RATIO,
    MOST_UNPACKED_BYTES,
    Refusal,
    SheetRefused,
)

_MOST_DIRECTORY_BYTES = 4_000_000
_SMALL = 10_000_000
_BLOCK = 1 << 16
# What zipfile and its decompressors raise on damaged bytes. RuntimeError: only the part's own head
# calls it encrypted, or it is packed in a way that nobody reads; ValueError: places that are none.
_BROKEN = (BadZipFile, zlib.error, LZMAError, EOFError, RuntimeError, ValueError)


@contextmanager
def _damage_told(about: str) -> Iterator[None]:
    """Tell damaged bytes as `damaged`. A disk that fails is no fault of the file, and goes up."""
    try:
        yield
    except _BROKEN as error:
        raise SheetRefused(Refusal.DAMAGED, f"{about}: {error}") from None
    except OSError as error:
        if error.errno not in {None, errno.EINVAL}:
            raise
        raise SheetRefused(Refusal.DAMAGED, f"{about}: {error}") from None


class Archive:
    """A zip whose declared sizes are reasonable."""

    def __init__(self, path: Path) -> None:
        """Check size and directory.

        Raises:
            SheetRefused: `too_large`, `zip_bomb`, `encrypted` or `damaged`.
        """
        if path.stat().st_size > MOST_PACKED_BYTES:
            raise SheetRefused(Refusal.TOO_LARGE, f"a workbook above {MOST_PACKED_BYTES} bytes")
        _check_directory_size(path)
        self.path = path
        with _damage_told("zip"), ZipFile(path) as zipped:
            parts = zipped.infolist()
        if len(parts) > MOST_PARTS:
            raise SheetRefused(Refusal.ZIP_BOMB, f"{len(parts)} parts")
        if any(part.flag_bits & 1 for part in parts):
            raise SheetRefused(Refusal.ENCRYPTED, "the zip asks for a password")
        total = sum(part.file_size for part in parts)
        if total > MOST_UNPACKED_BYTES:
            raise SheetRefused(Refusal.ZIP_BOMB, f"the parts declare {total} bytes")
        for part in parts:
            if part.file_size > max(_SMALL, MOST_RATIO * part.compress_size):
                detail = f"{part.filename[:80]}: {part.compress_size} to {part.file_size} bytes"
                raise SheetRefused(Refusal.ZIP_BOMB, detail)
        # Writers disagree on the case of part names; the format says it does not count.
        self._names = {part.filename.lstrip("/").lower(): part.filename for part in parts}

    def has(self, name: str) -> bool:
        """Say whether there is such a part."""
        return name.lower() in self._names

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a part unpacked, in blocks of 64 KiB.

        Raises:
            SheetRefused: `damaged`.
        """
        stored = self._names.get(name.lower())
        if stored is None:
            raise SheetRefused(Refusal.DAMAGED, f"{name[:80]} is missing")
        # What goes wrong with whoever asks for the blocks never comes in here.
        with (
            _damage_told(name[:80]),
            ZipFile(self.path) as zipped,
            zipped.open(stored) as part,
        ):
            while block := part.read(_BLOCK):
                yield block


def _check_directory_size(path: Path) -> None:
    """Refuse a huge directory before it becomes objects in memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 66_000))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise SheetRefused(Refusal.DAMAGED, "the zip directory is missing: is the file cut off?")
    declared = unpack_from("<I", tail, end + 12)[0]
    large = tail.rfind(b"PK\x06\x06", 0, end)
    if large >= 0 and end - large >= 56:
        declared = max(
            declared if declared != 0xFFFFFFFF else 0, *unpack_from("<Q", tail, large + 40)
        )
    if declared > _MOST_DIRECTORY_BYTES:
        raise SheetRefused(Refusal.ZIP_BOMB, f"a zip directory of {declared} bytes")
