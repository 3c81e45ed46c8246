"""What an industry pack holds, after reading and checking. Plain values, no behaviour beyond
look-up.

Keys are local to their pack (``leak``) until `qiao.core.packs.merge` puts packs side by side and
qualifies them (``water.leak``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from qiao.core.packs import model_keys
from qiao.core.packs.causes import CauseSpec
from qiao.core.packs.green_rules import GreenRuleSpec
from qiao.core.packs.ladders import LadderSpec
from qiao.core.packs.queues import QueueSpec
from qiao.core.packs.risk_rules import RiskRuleSpec
from qiao.core.packs.segments import SegmentSpec
from qiao.core.packs.tier_rules import TierRuleSpec
from qiao.core.rules.conditions import Condition
from qiao.core.rules.texts import Text

GROUPS: Final = model_keys.GROUPS
PRIORITIES: Final = model_keys.PRIORITIES
FIELD_KINDS: Final = (
    "text",
    "long",
    "choice",
    "choices",
    "number",
    "money",
    "date",
    "datetime",
    "bool",
    "phone",
)
ANY_PRIORITY: Final = "*"
OUTCOME_AFTER: Final = ("case_opened", "case_continued")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a choice field may take."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a case type or of a process.

    `show_when` hides it until it matters, `required_when` asks for it only then. Numbers have
    bounds and a number of `decimals`; texts a length and a `pattern` with an `example` that fits;
    a date may not lie in the future, or not before a day or another field of the form. A text
    may be the number of an ``account`` or ``meter`` of the customer (`of_customer`). Lists of
    cases can be filtered by a `listed` field.
    """

    key: str
    label: Text
    kind: str
    choices: tuple[Choice, ...] = ()
    required: bool = False
    show_when: Condition | None = None
    hint: Text | None = None
    unit: str = ""
    required_when: Condition | None = None
    least: float | None = None
    most: float | None = None
    decimals: int | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    example: str = ""
    not_future: bool = False
    not_before: str = ""
    of_customer: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """Answers that make a new case at least this urgent. `name` is the reason that people read
    (“Smell of gas”); the house never lowers a priority by a rule."""

    key: str
    name: Text
    priority: str
    when: Condition | None


@dataclass(frozen=True, slots=True)
class TargetWindow:
    """Other targets for clocks that start between two local times (``22:00`` to ``06:00``)."""

    start: str
    end: str
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TierTargets:
    """Other targets for customers of a tier, from the day `since` on, and where they come from."""

    tier: str
    targets: Mapping[str, int]
    source: Text
    since: date


@dataclass(frozen=True, slots=True)
class PromiseSpec:
    """A promise of a case type: what starts and stops it, and seconds allowed by priority.

    `targets` maps a priority, or ``*`` for every other one, to seconds counted in `calendar`.
    `source` says where the figure comes from (public commitment, regulation, company rule);
    `public` is what the company has told everybody, and may not take back by itself.
    """

    key: str
    name: Text
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    targets: Mapping[str, int]
    calendar: str
    source: Text
    pausable: bool = True
    warn_percent: tuple[int, int] = (60, 85)
    windows: tuple[TargetWindow, ...] = ()
    tiers: tuple[TierTargets, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class CaseType:
    """A kind of case: its form, clock and path.

    `duty` is the team duty that takes the work in the case's area (``network``, ``billing``);
    empty means it stays with the first person. `safety` are the words said before any data is
    typed. `words` are search words beside the name. Reports of types with the same `alike`
    (``supply``) from one area may have one cause; empty where each stands for itself. `rules`
    raise the priority by what is answered. The type that `takes_remarks` holds what staff say of
    the product itself.
    """

    key: str
    group: str
    name: Text
    customer_name: Text
    process: str
    default_priority: str
    fields: tuple[Field, ...] = ()
    promises: tuple[PromiseSpec, ...] = ()
    duty: str = ""
    skill: str = ""
    icon: str = ""
    needs_follow_up: bool = False
    emergency: bool = False
    safety: tuple[Text, ...] = ()
    words: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    alike: str = ""
    rules: tuple[PriorityRule, ...] = ()
    takes_remarks: bool = False


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """Working time by weekday: spans ``("08:30", "12:00")`` in `zone`.

    `round_the_clock` counts every second and has no spans. `holidays` names a table of public
    holidays with shifted working days (``cn``), or is empty.
    """

    key: str
    name: Text
    zone: str
    week: Mapping[str, tuple[tuple[str, str], ...]]
    round_the_clock: bool = False
    holidays: str = ""

    @property
    def day_seconds(self) -> int:
        """Working seconds of a standard day: the longest of the week, or 86,400."""
        if self.round_the_clock:
            return 86_400
        return max(
            (sum(_seconds(end) - _seconds(start) for start, end in spans))
            for spans in self.week.values()
        )


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


@dataclass(frozen=True, slots=True)
class Named:
    """A key with a name: a term, role, skill, duty, cause."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class Channel:
    """A way a contact comes in. `medium` is one of phone, counter, letter, email, visit, web,
    chat. Somebody who takes contacts has so many of it `at_once` as long as they have no other."""

    key: str
    name: Text
    medium: str
    icon: str
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Tier:
    """A customer tier: letter, word and colour token; `rank` 1 is the highest.

    `advice` is one sentence for whoever has the customer before them, at any desk.
    """

    letter: str
    word: Text
    colour: str
    rank: int
    advice: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """A wrap-up result of a contact; `resolved` means the customer had the answer at once.

    `after` is what it is proposed for, of `OUTCOME_AFTER`; empty for what only a person can say.
    `is_abusive` counts it as a strain on whoever had the contact.
    """

    key: str
    name: Text
    resolved: bool
    after: str = ""
    is_abusive: bool = False


@dataclass(frozen=True, slots=True)
class DemoLine:
    """A number that the demo's customers dial, with the queue that it leads to, and the voice menu
    that speaks first, if one does."""

    number: str
    name: Text
    queue: str
    weight: int
    is_emergency: bool
    menu: str


@dataclass(frozen=True, slots=True)
class DemoScene:
    """What a played caller of the demo has on their mind: a small part for whoever plays the
    agent.

    They press `keys` in a voice menu; on a line without one, or where they press none, they come
    to `queue`. `says` are their first words, `wants` what they want, `asked` what they answer, and
    `glad` what makes a good end of it. `mood` is one of `MOODS`, `language` that which they would
    rather speak, empty for the company's.
    """

    key: str
    queue: str
    keys: str
    weight: int
    mood: str
    language: str
    says: Text
    wants: Text
    asked: Text
    glad: Text


MOODS = ("calm", "hurried", "worried", "angry")


@dataclass(frozen=True, slots=True)
class Demo:
    """Hints for a believable demo world: relative weights, any unit.

    `monthly` has 12 values from January, `weekly` 7 from Monday, `hourly` 24 from midnight.
    `types` maps case type keys, `channels` channel keys to weights. `seasons` maps a type to its
    own monthly weights.
    """

    monthly: tuple[int, ...] = ()
    weekly: tuple[int, ...] = ()
    hourly: tuple[int, ...] = ()
    types: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    seasons: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lines: tuple[DemoLine, ...] = ()
    scenes: tuple[DemoScene, ...] = ()
    phrases: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """Words for a situation in each language, as Markdown source."""

    key: str
    title: Text
    body: Text


@dataclass(frozen=True, slots=True)
class ProcessSource:
    """A process as written in the pack: the file, its place in it, and the plain data."""

    key: str
    file: str
    place: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MenuSource:
    """A voice menu as written in the pack: the file, its place in it, and the plain data."""

    key: str
    file: str
    place: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Pack:
    """An industry pack. Sections that a pack does not have are empty."""

    key: str
    version: int
    name: Text
    services: tuple[Named, ...] = ()
    terms: Mapping[str, Text] = field(default_factory=dict)
    case_types: tuple[CaseType, ...] = ()
    processes: tuple[ProcessSource, ...] = ()
    calendars: tuple[CalendarSpec, ...] = ()
    tiers: tuple[Tier, ...] = ()
    tier_rules: tuple[TierRuleSpec, ...] = ()
    segments: tuple[SegmentSpec, ...] = ()
    risk_rules: tuple[RiskRuleSpec, ...] = ()
    green_rules: tuple[GreenRuleSpec, ...] = ()
    causes: tuple[CauseSpec, ...] = ()
    roles: tuple[Named, ...] = ()
    duties: tuple[Named, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    channels: tuple[Channel, ...] = ()
    skills: tuple[Named, ...] = ()
    languages: tuple[Named, ...] = ()
    queues: tuple[QueueSpec, ...] = ()
    ladders: tuple[LadderSpec, ...] = ()
    scripts: tuple[Script, ...] = ()
    demo: Demo = Demo()
    menus: tuple[MenuSource, ...] = ()

    def case_type(self, key: str) -> CaseType:
        """The case type with this key.

        Raises:
            KeyError: the pack has no such type.
        """
        for item in self.case_types:
            if item.key == key:
                return item
        raise KeyError(key)

    def calendar(self, key: str) -> CalendarSpec:
        """The calendar with this key.

        Raises:
            KeyError: the pack has no such calendar.
        """
        for item in self.calendars:
            if item.key == key:
                return item
        raise KeyError(key)
