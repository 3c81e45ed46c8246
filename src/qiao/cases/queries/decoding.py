"""JSON columns of hand-written statements: Django's connections hand them over as text."""

import json
from typing import Any


def plain(value: Any) -> Any:
    """The value of a JSON column, decoded; None for NULL."""
    return json.loads(value) if isinstance(value, str | bytes) else value
