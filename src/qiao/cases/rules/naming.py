"""Whether a text gives somebody away."""

import re
from collections.abc import Iterable
from typing import Final

SHORTEST: Final = 2
_BETWEEN: Final = re.compile(r"[\s\-·()（）]")


def names_somebody(text: str, names: Iterable[str]) -> str:
    """The first of these names or numbers that stands in the text, spaced or not; empty for none.

    A telephone number is found with and without the prefix of the country.
    """
    plain = _BETWEEN.sub("", text).casefold()
    for name in names:
        wanted = _BETWEEN.sub("", name).casefold().removeprefix("+86")
        if len(wanted) >= SHORTEST and wanted in plain:
            return name
    return ""
