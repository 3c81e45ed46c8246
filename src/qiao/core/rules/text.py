"""The door for text: what may be stored, and the one form it is stored in.

PostgreSQL refuses NUL and lone surrogates with an error of its own; control characters break
exports and printers; two spellings of one letter break search. So every text is brought to NFC
(Unicode Standard Annex 15), line ends to `\\n`, outer spaces and invisible marks away, and the
rest is either right or refused with a reason that the caller translates.
"""

from enum import StrEnum
from re import compile as pattern
from unicodedata import is_normalized, normalize

# Direction marks, zero-width spaces and byte order marks come along with copied telephone numbers.
# The joiners U+200C and U+200D stay: they shape emoji and the letters of some scripts.
_INVISIBLE = pattern("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = pattern("[\u0001-\u0008\u000b-\u001f\u007f-\u009f]")
_SURROGATE = pattern("[\ud800-\udfff]")
_LINE_END = pattern("\r\n?")
# Composing shortens a text at most threefold (UAX 15); more is too long whatever it becomes.
_WORST_SHRINKING = 4


class TextFault(StrEnum):
    """Why a text is refused: a stable identifier for the caller's translation."""

    NOT_TEXT = "not-text"
    NUL = "nul"
    SURROGATE = "lone-surrogate"
    CONTROL = "control-character"
    TOO_LONG = "too-long"
    EMPTY = "empty"
    LINE_BREAK = "line-break"


_MESSAGES = {
    TextFault.NOT_TEXT: "This is not text.",
    TextFault.NUL: "The text contains a NUL character.",
    TextFault.SURROGATE: "The text contains half a character.",
    TextFault.CONTROL: "The text contains a control character.",
    TextFault.TOO_LONG: "The text is longer than %(limit)d characters.",
    TextFault.EMPTY: "The text is empty.",
    TextFault.LINE_BREAK: "The text must stand on one line.",
}


class BadText(ValueError):  # noqa: N818 - a refusal, not a fault
    """A text that cannot be stored.

    Attributes:
        field: the caller's name of the field, may be empty.
        reason: a `TextFault`.
        message: the English message, which is also the msgid; may hold `%(limit)d`.
        params: what the message's placeholders take.
        position: the place of the fault in the text, -1 when it is not one place.
    """

    def __init__(
        self, field: str, reason: TextFault, *, limit: int = 0, position: int = -1
    ) -> None:
        self.field = field
        self.reason = reason
        self.message = _MESSAGES[reason]
        self.params = {"limit": limit}
        self.position = position
        text = self.message % self.params
        super().__init__(f"{field}: {text}" if field else text)


def clean(
    text: str,
    *,
    max_length: int,
    field: str = "",
    one_line: bool = False,
    required: bool = False,
) -> str:
    """Bring a text into the stored form or refuse it.

    Args:
        text: what came in; white space around it and invisible marks are dropped.
        max_length: the most Unicode code points, counted in the stored form.
        field: named in the refusal.
        one_line: refuse line breaks and turn tabs into spaces.
        required: refuse an empty text.

    Raises:
        BadText: with field and reason; the first fault found.
    """
    if not isinstance(text, str):
        raise BadText(field, TextFault.NOT_TEXT)
    text = text.strip()
    if len(text) > _WORST_SHRINKING * max_length + 100:
        raise BadText(field, TextFault.TOO_LONG, limit=max_length)
    _refuse_unstorable(text, field)
    text = _fold(text)
    control = _CONTROL.search(text)
    if control:
        raise BadText(field, TextFault.CONTROL, position=control.start())
    if one_line:
        text = text.replace("\t", " ")
        if "\n" in text:
            raise BadText(field, TextFault.LINE_BREAK, position=text.index("\n"))
    if len(text) > max_length:
        raise BadText(field, TextFault.TOO_LONG, limit=max_length, position=max_length)
    if required and not text:
        raise BadText(field, TextFault.EMPTY)
    return text


def _refuse_unstorable(text: str, field: str) -> None:
    if "\0" in text:
        raise BadText(field, TextFault.NUL, position=text.index("\0"))
    surrogate = None if text.isascii() else _SURROGATE.search(text)
    if surrogate:
        raise BadText(field, TextFault.SURROGATE, position=surrogate.start())


def _fold(text: str) -> str:
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text)
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
    return text.strip()
