"""What a customer says on the page of their case, in its history."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

Facts = Mapping[str, Any]
ICONS: Final = {"customer_said": ("message-2", "warn")}


def _said(data: Facts) -> dict[str, Any]:
    text = str(data.get("text", ""))
    return {
        "title": _("The customer says that it is not solved")
        if data.get("unsolved")
        else _("The customer says"),
        "detail": str(data.get("file_name", "")),
        "text": text,
        "box": bool(text),
        "attachment": data if data.get("attachment") else None,
    }


WORDS: Final[dict[str, Callable[[Facts], dict[str, Any]]]] = {"customer_said": _said}
