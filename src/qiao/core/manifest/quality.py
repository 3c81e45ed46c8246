"""What a module contributes to the judging of finished work: kinds of work with their story."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.core.manifest.pages import Text


@dataclass(frozen=True, slots=True)
class FinishedWork:
    """A piece of work that is over, and whose it was.

    `touched_by` are all who had a hand in it: none of them may judge it.
    """

    subject_id: int
    number: str
    organisation_id: int
    team_id: int | None
    person_id: int
    kind_key: str
    is_complaint: bool
    was_reopened: bool
    touched_by: frozenset[int]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened, in the reader's words.

    `seq` names it within its story, 0 where it cannot be named. `url` opens what it tells of;
    `fragment` is the address of a part that is drawn below it, such as the player of a recording.
    """

    seq: int
    at: datetime
    title: str
    detail: str
    text: str
    who: str
    icon: str
    tone: str
    side: str
    url: str = ""
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class StorySource:
    """What a module adds to the story of a piece of work that another module tells.

    `subject` is the key of the kind of work; `lines` gives what the actor may see of one piece,
    none for holders of no such right.
    """

    key: str
    subject: str
    lines: Callable[..., Sequence[StoryLine]]  # (*, actor, subject_id, now)


@dataclass(frozen=True, slots=True)
class Story:
    """A piece of work with all that happened, oldest first; `facts` are labels with values."""

    number: str
    title: str
    url: str
    organisation_id: int
    facts: tuple[tuple[Text, str], ...]
    lines: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True)
class EvaluationSubject:
    """A kind of finished work that is judged by score cards.

    `pool` gives what was finished in these units within days, both inclusive; `story` one piece
    as the actor may see it at a moment, or None.
    """

    key: str
    label: Text
    pool: Callable[..., Sequence[FinishedWork]]  # (*, organisation_ids, since, until)
    story: Callable[..., Story | None]  # (*, actor, subject_id, now)
    kinds: Callable[[], Sequence[tuple[str, Text]]]
