"""Small pictures of pictures: made once per content, beside what is stored.

They are made where a file comes in, before its transaction. Contents that came before there were
any get theirs when somebody first looks at them, one at a time in each process: a large picture
takes a second of a core and 200 MB while it is decoded.
"""

import threading
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from qiao.core.attachments import MAX_PIXELS, path_of

SIDE: Final = 320
TYPE: Final = "image/webp"
SUFFIX: Final = ".small"
_one_at_a_time = threading.Lock()


def small_path(sha256: str) -> Path:
    """Where the small picture of that content lies, if it was made."""
    return path_of(sha256).with_suffix(SUFFIX)


def make_small(sha256: str) -> Path | None:
    """Make the small picture of a stored content unless it is there; None where there is none to
    make: the content is no picture, is too large, or is gone."""
    target = small_path(sha256)
    if target.exists():
        return target
    with _one_at_a_time:
        try:
            with Image.open(path_of(sha256), formats=("JPEG", "PNG", "WEBP")) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded at an eighth
                small = image.convert("RGBA" if image.has_transparency_data else "RGB")
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
            return None
        small.thumbnail((SIDE, SIDE))
        part = target.with_suffix(f".{id(small)}.part")
        small.save(part, format="WEBP", quality=80)
        part.replace(target)
    return target


def remove_content(sha256: str) -> None:
    """Take a content that nobody holds any more from the disk, and its small picture first."""
    small_path(sha256).unlink(missing_ok=True)
    path_of(sha256).unlink(missing_ok=True)
