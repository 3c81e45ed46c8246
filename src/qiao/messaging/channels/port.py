"""The port: what every channel that sends by itself can do, and in which ways it fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along: one on the disk, read when the message is handed over, or one that
    was made for it."""

    file_name: str
    content_type: str
    path: Path | None = None
    made: bytes = b""

    def read(self) -> bytes:
        """Its bytes. Raises `OSError`."""
        return self.made if self.path is None else self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel needs it. `thread` is one for all messages about one subject;
    `stop_url` is where its receiver says that they want no more of its kind, empty for nowhere."""

    message_id: int
    message_ref: str
    kind: str
    subject_id: int | None
    thread: str
    sender: str
    to_name: str
    to_address: str
    title: str
    body: str
    language: str
    is_automatic: bool
    is_bulk: bool
    stop_url: str = ""
    files: Sequence[Enclosure] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took the message, with these words."""

    words: str
    code: int | None = None


class Failure(Exception):  # noqa: N818 - what came of it
    """A message was not handed over; `code` and `words` are the other side's."""

    def __init__(self, words: str, code: int | None = None) -> None:
        super().__init__(f"{code or ''} {words}".strip())
        self.words = words
        self.code = code


class Refused(Failure):
    """For good. `is_address`: because of the receiver's address, not of the message."""

    def __init__(self, words: str, code: int | None = None, *, is_address: bool = True) -> None:
        super().__init__(words, code)
        self.is_address = is_address


class Unmade(Failure):
    """The message cannot be made into what the channel takes; nothing was handed over."""


class NotNow(Failure):
    """This receiver later."""


class ChannelDown(Failure):
    """Nothing can be sent to anybody. `cause`: ``down``, ``slow``, ``refusing``, ``unset``."""

    def __init__(self, cause: str, words: str, code: int | None = None) -> None:
        super().__init__(words, code)
        self.cause = cause


class Ambiguous(Failure):
    """The text was handed over and no answer came: perhaps it was taken."""


class Session(Protocol):
    """An open way to the other side, for one batch."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one message over. Raises the failures of this file."""

    def close(self) -> None:
        """Let it go; never raises."""


class Channel(Protocol):
    """A channel that sends by itself."""

    key: str

    def open(self) -> Session:
        """Reach the other side. Raises `ChannelDown`."""
