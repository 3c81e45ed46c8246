"""Head-ends and messages that were put aside, in words: what is wrong, where, and what to do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.wire import fault_words
from qiao.metering.models import AsideMessage
from qiao.metering.showing.intervals import CODES, FIELDS
from qiao.metering.showing.words import expected_words, fault_word, rule_word, seen_words

MOST_SHOWN: Final = 4_000  # letters of a payload
_WIDTH: Final = 16  # bytes a line, where it is no text
_PER_GROUP: Final = -4  # from the beginning

REASONS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "json": (
        gettext_lazy("No JSON"),
        gettext_lazy("Have the head-end send JSON in UTF-8, then let this message go."),
    ),
    "shape": (
        gettext_lazy("Does not fit its description"),
        gettext_lazy(
            "Have the head-end send what the reference of programs describes, under a new key."
        ),
    ),
    "too_large": (
        gettext_lazy("Too large"),
        gettext_lazy("Have the head-end send less at once; of this one only the beginning is"
                     " kept."),
    ),
    "no_head_end": (
        gettext_lazy("Nobody's topic"),
        gettext_lazy("Name a head-end with this topic, then try again."),
    ),
    "off": (
        gettext_lazy("The head-end is switched off"),
        gettext_lazy("Switch it on, then try again."),
    ),
    "refused": (
        gettext_lazy("Rows were refused"),
        gettext_lazy("Mend what is told below, then try again: only these rows are taken in."),
    ),
    "frame": (
        gettext_lazy("The frame cannot be read"),
        gettext_lazy("Mend what is told below, then try again: what is known counts once."),
    ),
    "text": (
        gettext_lazy("Text that cannot be kept"),
        gettext_lazy("Have the head-end send it right, then let this message go."),
    ),
    "fault": (
        gettext_lazy("A fault of this house"),
        gettext_lazy("Tell whoever looks after the house; try again after the next release."),
    ),
}  # fmt: skip
FRAMES: Final[Mapping[str, Promise]] = {
    "short": gettext_lazy("It ends too soon"),
    "long": gettext_lazy("Bytes are left after its end"),
    "length": gettext_lazy("A length is none"),
    "large": gettext_lazy("Nested too deep, or too many values"),
    "tag": gettext_lazy("A kind of value that is not understood"),
    "text": gettext_lazy("A text is none"),
    "clock": gettext_lazy("A clock tells no moment"),
    "hdlc": gettext_lazy("An HDLC frame: have the head-end send what is within"),
    "ciphering": gettext_lazy("Protected in a way that is not understood"),
    "encrypted": gettext_lazy("Encrypted, and no key of this meter is named"),
    "unauthenticated": gettext_lazy("Encrypted only: anybody could have changed it"),
    "key": gettext_lazy("The keys do not fit: it was made with others, or changed"),
    "keys_file": gettext_lazy("The file of the keys cannot be read"),
    "apdu": gettext_lazy("No data notification"),
    "body": gettext_lazy("A push of a form that is not understood"),
    "nothing": gettext_lazy("Nothing in it is known here"),
    "meter": gettext_lazy("It does not say of which meter it is"),
    "moment": gettext_lazy("It does not say when"),
    "clock_invalid": gettext_lazy("The meter says that its clock is wrong"),
    "unit": gettext_lazy("Scaler and unit are missing, or are not those of the register"),
    "number": gettext_lazy("No number that a register shows"),
    "columns": gettext_lazy("Columns and values do not fit, or are not described"),
    "period": gettext_lazy("Entries of a profile lie apart as no interval does"),
}
STATES: Final[Mapping[str, Promise]] = {
    "none": gettext_lazy("No listener has been started yet"),
    "away": gettext_lazy("No listener is running"),
    "connecting": gettext_lazy("The listener does not reach the broker"),
    "connected": pgettext_lazy("listener", "Listening"),
}
TONES: Final = {"connected": "ok", "connecting": "bad", "away": "bad", "none": "warn"}


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong with a part of a message: where, what, what was found, what was expected."""

    where: str
    what: str
    found: str = ""
    expected: str = ""


def reason_words(reason: str) -> str:
    """Why a message was put aside."""
    return str(REASONS[reason][0]) if reason in REASONS else reason


def advice(reason: str) -> str:
    """What is to be done about it."""
    return str(REASONS[reason][1]) if reason in REASONS else ""


def fault_lines(message: AsideMessage) -> list[FaultLine]:
    """What is wrong with a message, line by line."""
    return [_line(message.reason, each) for each in message.faults]


def _line(reason: str, fault: Mapping[str, Any]) -> FaultLine:
    if "kind" in fault:  # a field that does not fit
        return FaultLine(fault["path"], fault_words(fault["kind"]), "", fault["expected"])
    if "rule" in fault:
        return _of_reading(fault)
    if "field" in fault:
        found = " ".join(word for word in (fault["meter"], fault["at"], fault["value"]) if word)
        what = f"{FIELDS.get(fault['field'], fault['field'])}: {CODES.get(fault['code'], '')}"
        return FaultLine(_place(fault), what, found)
    if "code" in fault:
        return FaultLine("", str(FRAMES.get(fault["code"], fault["code"])), fault["detail"])
    return FaultLine(fault.get("path", ""), reason_words(reason), fault.get("detail", ""))


def _of_reading(fault: Mapping[str, Any]) -> FaultLine:
    code = fault["seen"].get("code")
    what = fault_word(code) if code else rule_word(fault["rule"])
    seen = seen_words(fault["rule"], fault["seen"], "")
    found = " ".join(dict.fromkeys(w for w in (fault["meter"], fault["value"], seen) if w))
    return FaultLine(
        _place(fault), what, found, expected_words(fault["rule"], fault["expected"], "")
    )


def _place(fault: Mapping[str, Any]) -> str:
    key = fault.get("key", "")
    return f"{fault['place']} · {key}" if key else str(fault["place"])


def payload_text(message: AsideMessage) -> str:
    """What was sent, as far as it is shown: JSON in lines, other text as it is, bytes in
    hexadecimal digits."""
    data = bytes(message.payload)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _clipped(_bytes_of(data[: MOST_SHOWN // 2]), whole=len(data) * 2 <= MOST_SHOWN)
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        text = "".join(each if each.isprintable() or each == "\n" else "·" for each in text)
    return _clipped(text, whole=len(text) <= MOST_SHOWN)


def _bytes_of(data: bytes) -> str:
    rows = (data[n : n + _WIDTH] for n in range(0, len(data), _WIDTH))
    return "\n".join(row.hex(" ", _PER_GROUP) for row in rows)


def _clipped(text: str, *, whole: bool) -> str:
    return text if whole else f"{text[:MOST_SHOWN]}\n…"


def reasons_of(messages: Sequence[AsideMessage]) -> list[tuple[AsideMessage, str, str]]:
    """Messages with why they were put aside, and the first thing that is wrong."""
    found = []
    for each in messages:
        lines = fault_lines(each)
        found.append((each, reason_words(each.reason), lines[0].what if lines else ""))
    return found


def refusal_words(code: str) -> str:
    """Why a message is not tried again, or not let go."""
    words = {
        "done": _("Somebody has seen to this message meanwhile."),
        "cut": _("It was too large to be kept whole: it cannot be tried again."),
        "no_head_end": _("No head-end has this topic yet: name one first."),
        "off": _("Its head-end is switched off: switch it on first."),
    }
    return words[code]


def filter_words(code: str) -> str:
    """What is wrong with the topics of a head-end."""
    words = {
        "empty": _("Name the topics."),
        "long": _("At most 200 letters."),
        "letters": _("Letters that cannot be seen are no part of a topic."),
        "own": _("What begins with $ is the broker's own."),
        "level": _("+ and # each stand alone between slashes."),
        "rest": _("# stands at the end only."),
    }
    return words[code]
