"""Files of a case in words: what they are, why one was refused, what became of one."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.core import office
from qiao.core.attachments import MAX_BYTES, FileRefused

Look = str
ICONS: Final[dict[str, tuple[str, str]]] = {"file_removed": ("file-off", "warn")}
TAKEN: Final = ("image", "pdf", "office", "text")
_OFFICE: Final = frozenset({office.DOCX, office.XLSX, office.PPTX})
MEGABYTE: Final = 1024 * 1024


def look_of(content_type: str) -> Look:
    """How a file is looked at in the page: ``image``, ``pdf``, ``text``, or ``words`` where only
    what an office file says can be shown."""
    if content_type.startswith("image/"):
        return "image"
    if content_type == office.PDF:
        return "pdf"
    return "words" if content_type in _OFFICE else "text"


def show_file(item: Mapping[str, Any]) -> dict[str, Any]:
    """A file with what its line needs."""
    look = look_of(str(item["type"]))
    icon = {"pdf": "file-type-pdf", "words": "file-description"}.get(look, "file-text")
    return {**item, "is_image": look == "image", "icon": icon}


def file_words(refusal: FileRefused) -> str:
    """Which file was refused, what was expected, and what to do."""
    say = _REFUSED.get(refusal.reason)
    return f"{refusal.file_name}: {say() if say else refusal.reason}"


def _limit() -> dict[str, int]:
    return {"limit": MAX_BYTES // MEGABYTE}


_REFUSED: Final[dict[str, Callable[[], str]]] = {
    "empty": lambda: _("The file is empty. Choose it again, or ask for it once more."),
    "too_large": lambda: (
        _(
            "The file is larger than %(limit)d MB, or a picture of more than 50 million points."
            " Make it smaller, or split it."
        )
        % _limit()
    ),
    "wrong_type": lambda: _(
        "Pictures (JPEG, PNG, WebP), PDF, Word, Excel, PowerPoint and plain text are kept."
        " Save it as one of them."
    ),
    "encrypted": lambda: _("The file has a password, or an old format. Save it without, as new."),
    "macros": lambda: _("The file holds macros. Save it without them."),
    "damaged": lambda: _("The file is damaged. Open it, save it anew, and add that."),
    "no_room": lambda: _("The server has no room for files now. Tell the administrator."),
}


def removed_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of the history that tells of a removed file."""
    return {
        "title": _("File removed"),
        "detail": str(data.get("file_name", "")),
        "text": str(data.get("reason", "")),
        "box": True,
    }
