"""Numbers of cards as they come from readers and fingers, brought into one form."""

import re
import unicodedata

_FORM = re.compile("[0-9A-Z]{4,40}")
_SEPARATORS = re.compile(r"[\s\-_.·]+")


class BadCard(ValueError):  # noqa: N818 - names the finding
    """This cannot be the number of a card."""


def read_card(text: str) -> str:
    """The stored form: capital letters and digits, 4 to 40 of them.

    Full-width signs become plain ones; spaces, dashes, dots and a reader's ``;…?`` frame go.

    Raises:
        BadCard: anything else stands in it, or too little or too much.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    plain = plain.removeprefix(";").removesuffix("?")
    number = _SEPARATORS.sub("", plain)
    if not _FORM.fullmatch(number):
        raise BadCard(text)
    return number
