"""Files: checked at the door, stored once by content, served only through a right."""

import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from qiao.core import office
from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.rules.text import clean

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class FileRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """The file is too large, empty, or not of a type that is taken; `reason` says which."""

    def __init__(self, reason: str, file_name: str) -> None:
        super().__init__(f"{file_name}: {reason}")
        self.reason = reason
        self.file_name = file_name


@dataclass(frozen=True, slots=True)
class Accepted:
    """A checked file: bytes as they will be stored, and the type found by looking inside."""

    content: bytes
    content_type: str
    file_name: str


def check_upload(
    file: IO[bytes], *, file_name: str, allow: Iterable[str] = ("image", "pdf")
) -> Accepted:
    """Look inside an uploaded file and accept it, or raise `FileRefused`.

    Images are decoded whole, turned upright and written anew, which drops location data and
    anything hidden behind the picture. Office files without macros and password, and plain text,
    are taken where `allow` names ``office`` and ``text``. The sender's word on the type counts for
    nothing.
    """
    name = clean(Path(file_name).name or "file", field="file_name", max_length=200)
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise FileRefused("empty", name)
    if len(content) > MAX_BYTES:
        raise FileRefused("too_large", name)
    if content.startswith(b"%PDF-") and "pdf" in allow:
        return Accepted(content, office.PDF, name)
    if "office" in allow and content.startswith(_OFFICE):
        try:
            return Accepted(content, office.office_type(content), name)
        except office.NotOffice as refusal:
            raise FileRefused(refusal.reason, name) from refusal
    if "image" in allow and ("text" not in allow or content.startswith(_PICTURES)):
        return _check_image(content, name)
    if "text" in allow:
        return _check_text(content, name)
    raise FileRefused("wrong_type", name)


def _check_text(content: bytes, name: str) -> Accepted:
    try:
        office.plain_text(content)
    except office.NotOffice as refusal:
        raise FileRefused(refusal.reason, name) from refusal
    return Accepted(content, office.TEXT, name)


def _check_image(content: bytes, name: str) -> Accepted:
    try:
        with Image.open(io.BytesIO(content), formats=list(_IMAGES)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FileRefused("too_large", name)
            kind = str(image.format)
            # A camera writes how it was held beside the picture, where the place stands too.
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGB") if kind == "JPEG" else upright.copy()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused("wrong_type", name) from error
    out = io.BytesIO()
    plain.save(out, format=kind, **({"quality": 88} if kind == "JPEG" else {}))
    return Accepted(out.getvalue(), _IMAGES[kind], name)


def path_of(sha256: str) -> Path:
    """Where a file of that content lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def write(accepted: Accepted) -> str:
    """Write the file alone; its digest. Beforehand, where its row comes under a lock.

    One that lies there already is young again by that: `stray_files` leaves it to its row to come.
    """
    digest = hashlib.sha256(accepted.content).hexdigest()
    target = path_of(digest)
    try:
        os.utime(target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{id(accepted)}.part")
        part.write_bytes(accepted.content)
        part.replace(target)
    return digest


def move_to(owner_kind: str, owner_id: int, *, organisation_id: int) -> None:
    """The files of an owner that belongs to another unit now."""
    files = Attachment.objects.filter(owner_kind=owner_kind, owner_id=owner_id)
    files.update(organisation_id=organisation_id)


def store(
    accepted: Accepted,
    *,
    owner_kind: str,
    owner_id: int,
    organisation_id: int,
    actor: Actor,
    now: datetime,
    label: str = "",
) -> Attachment:
    """Write the file and its row. A file without a row is harmless; a row has its file."""
    digest = write(accepted)
    with transaction.atomic():
        return Attachment.objects.create(
            owner_kind=owner_kind,
            owner_id=owner_id,
            organisation_id=organisation_id,
            label=label,
            file_name=accepted.file_name,
            content_type=accepted.content_type,
            size_bytes=len(accepted.content),
            sha256=digest,
            created_by_id=actor.staff_id,
            created_at=now,
        )


def lend(
    kept: Attachment, *, owner_kind: str, owner_id: int, actor: Actor, now: datetime
) -> Attachment:
    """A row of its own for another owner of the same file, which is stored once."""
    return Attachment.objects.create(
        owner_kind=owner_kind,
        owner_id=owner_id,
        organisation_id=kept.organisation_id,
        label=kept.label,
        file_name=kept.file_name,
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        created_by_id=actor.staff_id,
        created_at=now,
    )
