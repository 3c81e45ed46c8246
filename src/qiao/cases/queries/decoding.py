"""JSON columns of hand-written statements: Django's connections hand them over as text."""

import json
from typing import Any, Final

LANGUAGE_KEYS: Final = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def language_key(code: str) -> str:
    """The key of a language in a table of names: ``zh-hant`` is kept under ``zh-Hant``."""
    return LANGUAGE_KEYS.get(code, "en")


def plain(value: Any) -> Any:
    """The value of a JSON column, decoded; None for NULL."""
    return json.loads(value) if isinstance(value, str | bytes) else value
