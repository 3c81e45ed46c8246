"""Words that data bring along, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import get_language

from qiao.core.rules.texts import Text, language_key


def reader_key() -> str:
    """The key of the language in force: ``en``, ``zh-Hans`` or ``zh-Hant``."""
    return language_key(get_language() or "en")


def said(text: Text | None) -> str:
    """A pack's text; nothing for None."""
    return text.data()[reader_key()] if text else ""


def from_names(names: Mapping[str, str] | None, otherwise: str = "") -> str:
    """A name kept as a table by language; `otherwise` where the reader's language has none."""
    return str((names or {}).get(reader_key()) or otherwise)
