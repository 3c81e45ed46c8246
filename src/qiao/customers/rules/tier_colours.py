"""The colours of tiers for screens that do not know the tokens of the pages."""

from collections.abc import Mapping
from typing import Final

HEX: Final[Mapping[str, str]] = {
    "tier-a": "#9a6a00",
    "tier-b": "#0b7d7a",
    "tier-c": "#5b6b82",
    "tier-d": "#9a3390",
}
"""Token to its solid value in the light theme of ``frontend/css/tokens.css``."""
