"""Keys of meters whose frames are encrypted, out of the file that the installation names."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from qiao.metering.rules.axdr import BadFrame
from qiao.metering.rules.ciphering import Keys, read_keys

UNREADABLE: Final = "keys_file"


def keys_of(name: str) -> Keys | None:
    """The keys of a meter; None without. Read again when the file has changed.

    Raises `BadFrame` where the file that is named cannot be read.
    """
    if not settings.QIAO_DLMS_KEYS:
        return None
    path = Path(settings.QIAO_DLMS_KEYS)
    try:
        about = path.stat()
    except OSError as error:
        raise BadFrame(UNREADABLE, error.strerror or "") from error
    return _read(path, about.st_mtime_ns, about.st_size).get(name.upper())


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _size: int) -> dict[str, Keys]:
    try:
        return read_keys(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFrame(UNREADABLE, error.strerror or "") from error
    except ValueError as error:
        line = error.args[0] if isinstance(error.args[0], int) else "?"
        raise BadFrame(UNREADABLE, f"line {line}") from error
