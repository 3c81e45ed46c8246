"""A file on its way in: checked, written and drawn small before any lock is held, then a row."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.attachments import check_upload, path_of, write
from qiao.core.models import Attachment
from qiao.core.thumbnails import make_small
from qiao.core.transactions import outside, required

INCOMING: Final = "incoming"  # a folder beside the contents: files that are still being brought


@dataclass(frozen=True, slots=True)
class Written:
    """A checked file on the disk that has no row yet; without one it is swept by night."""

    file_name: str
    content_type: str
    size_bytes: int
    sha256: str


def take_file(
    file: IO[bytes], *, file_name: str, allow: Iterable[str] = ("image", "pdf")
) -> Written:
    """Check a file, write it, and make its small picture. Takes long, and so raises
    `RuntimeError` inside a request's transaction; `FileRefused` for what is not taken."""
    outside()
    accepted = check_upload(file, file_name=file_name, allow=allow)
    digest = write(accepted)
    if accepted.content_type.startswith("image/"):
        make_small(digest)
    return Written(accepted.file_name, accepted.content_type, len(accepted.content), digest)


def place_for(name: str) -> Path:
    """Where a file is written that a job brings, under a name of the job's own choosing: the job
    that runs again writes over what one that was killed has left. What nobody comes back for is
    swept by night."""
    folder = Path(settings.MEDIA_ROOT) / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def take_brought(brought: Path, *, file_name: str, content_type: str) -> Written:
    """Move a file that a job has brought and looked into to the contents. It is on the disk for
    certain afterwards, so that whoever gave it may be told to forget it. Takes long, and so raises
    `RuntimeError` inside a request's transaction; `OSError` where the disk does not take it."""
    outside()
    with brought.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        size = file.tell()
    target = path_of(digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    brought.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Written(file_name, content_type, size, digest)


def keep_file(
    written: Written,
    *,
    owner_kind: str,
    owner_id: int,
    organisation_id: int,
    actor: Actor,
    now: datetime,
    label: str = "",
) -> Attachment:
    """Give a written file its row, in the caller's transaction."""
    required()
    return Attachment.objects.create(
        owner_kind=owner_kind,
        owner_id=owner_id,
        organisation_id=organisation_id,
        label=label,
        file_name=written.file_name,
        content_type=written.content_type,
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        created_by_id=actor.staff_id,
        created_at=now,
    )
