"""What a module contributes to the notices that members of staff are given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qiao.core.actor import Actor
from qiao.core.manifest.pages import Text


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice of a person as its kind reads it: what it is about, and the facts of then."""

    notice_id: int
    subject_id: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What a notice says in the reader's language, and the page that opening it leads to.

    `tone` is ``ok``, ``warn``, ``bad`` or empty.
    """

    title: Text
    text: Text
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice to staff, written with `staff.operations.notify`.

    `words` puts many notices into words at once, by their ids, in few statements and within the
    rights of the actor: one that it leaves out is shown as about something they may not see.
    """

    key: str
    label: Text
    icon: str
    words: Callable[[Actor, Sequence[NoticeRow]], Mapping[int, NoticeWords]]
