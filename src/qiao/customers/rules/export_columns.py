"""Which columns a list of customers may have, in their order, and which of them are usual."""

from collections.abc import Iterable
from typing import Final

COLUMNS: Final = (
    "number", "name", "kind", "gender", "tier", "flags", "phones", "accounts", "services",
    "addresses", "opened_date", "created_at",
)  # fmt: skip
USUAL: Final = ("number", "name", "tier", "phones", "accounts", "addresses")


def in_order(chosen: Iterable[str]) -> list[str]:
    """The chosen columns in the order of the file; unknown ones are dropped."""
    wanted = set(chosen)
    return [column for column in COLUMNS if column in wanted]
