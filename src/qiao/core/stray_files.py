"""Contents on the disk that belong to no row: of refused forms, and of what a crash left."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings

from qiao.core.attachments import path_of
from qiao.core.incoming_files import INCOMING
from qiao.core.models import Attachment
from qiao.core.thumbnails import SUFFIX as SMALL

STRANGE_FOR: Final = timedelta(hours=24)  # far longer than any form takes from file to row
BATCH: Final = 1_000
ASIDE: Final = ".stray"
_FOLDER: Final = "[0-9a-f][0-9a-f]"
_NAME: Final = re.compile(r"([0-9a-f]{64})(\.\d+\.part|\.stray|\.small)?")
log = structlog.get_logger(__name__)


def sweep_contents(now: datetime) -> int:
    """Remove contents older than `STRANGE_FOR` without a row, `BATCH` at a time; how many went.

    A content that is stored again meanwhile is young by that and stays; see `attachments.write`.
    """
    old = (now - STRANGE_FOR).timestamp()
    count, found = _forget_brought(old), _old_ones(old)
    while some := list(islice(found, BATCH)):
        digests = {path.name[:64] for path in some}
        kept = set(Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        count += sum(_let_go(path, old, is_kept=path.name[:64] in kept) for path in some)
    if count:
        log.info("stray_contents_removed", count=count)
    return count


def _old_ones(old: float) -> Iterator[Path]:
    """Files by content that were written before a moment; other folders are others' matter."""
    for path in Path(settings.MEDIA_ROOT).glob(f"{_FOLDER}/{_FOLDER}/*"):
        if _NAME.fullmatch(path.name) and _written(path) < old:
            yield path


def _forget_brought(old: float) -> int:
    """Remove what jobs brought and never came back for; how many files went."""
    left = [p for p in Path(settings.MEDIA_ROOT).glob(f"{INCOMING}/*") if _written(p) < old]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # let go of by somebody else just now
        return float("inf")


def _let_go(path: Path, old: float, *, is_kept: bool) -> bool:
    """Remove a file, or put it (back) in its place if it is needed; whether it went."""
    place = path_of(path.name[:64])
    if path.suffix == SMALL:
        if not is_kept:
            path.unlink(missing_ok=True)
        return not is_kept
    if path.suffix == ".part" or (is_kept and path.suffix == ASIDE and place.exists()):
        path.unlink(missing_ok=True)
        return True
    if is_kept:
        if path != place:
            path.replace(place)
        return False
    # Whoever stores the same content makes it young first: that is asked once nobody finds it.
    aside = place.with_suffix(ASIDE)
    try:
        path.replace(aside)
    except FileNotFoundError:
        return False
    if _written(aside) < old:
        aside.unlink(missing_ok=True)
        return True
    aside.replace(place)
    return False


def sweep(now: datetime) -> None:
    """The nightly job."""
    sweep_contents(now)
