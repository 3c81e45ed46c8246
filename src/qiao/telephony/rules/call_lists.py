"""Lists of people to call: what a result leads to, when they may be called, what is proposed.

A list calls nobody twice whom it has reached. Whoever was not reached is tried again after a wait,
so many times, within the hours of the list; a time that was agreed comes before all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal

Kind = Literal["reached", "not_reached", "refused", "wrong_number"]
KINDS: Final[tuple[Kind, ...]] = ("reached", "not_reached", "refused", "wrong_number")
MOST_ENTRIES: Final = 100_000  # in one list
MOST_CODES: Final = 9  # each has a key of its own
LANGUAGES: Final = ("zh-hans", "zh-hant", "en")
KEY_LENGTH: Final = 30
NAME_LENGTH: Final = 40


class CodesWrong(Exception):  # noqa: N818 - names the finding
    """Result codes that cannot be used. `reason`: ``none``, ``many``, ``key``, ``name``, ``kind``,
    ``twice``, ``no_reached``, ``no_unreached``."""

    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(f"{reason} {key}".strip())
        self.reason = reason
        self.key = key


@dataclass(frozen=True, slots=True)
class Code:
    """A result that a call may have: its names by language, its kind, and the ends of calls (see
    `calls.UNREACHED`) that mean it without anybody saying so."""

    key: str
    names: Mapping[str, str]
    kind: Kind
    ends: tuple[str, ...] = ()

    def name_in(self, language: str) -> str:
        """Its name in a language, else in the first that has one."""
        wanted = self.names.get(language.lower(), "")
        return wanted or next((self.names[each] for each in LANGUAGES if each in self.names), "")

    @property
    def data(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "key": self.key, "names": dict(self.names), "kind": self.kind,
            "ends": list(self.ends),
        }  # fmt: skip


USUAL: Final = (
    Code("done", {"zh-hans": "已办妥", "zh-hant": "已辦妥", "en": "Done"}, "reached"),
    Code(
        "follow_up", {"zh-hans": "需跟进", "zh-hant": "需跟進", "en": "To follow up"}, "reached"
    ),
    Code("refused", {"zh-hans": "拒绝沟通", "zh-hant": "拒絕溝通", "en": "Refused"}, "refused"),
    Code(
        "no_answer", {"zh-hans": "无人接听", "zh-hant": "無人接聽", "en": "No answer"},
        "not_reached", ("no_answer", "rejected"),
    ),
    Code("busy", {"zh-hans": "忙线", "zh-hant": "忙線", "en": "Busy"}, "not_reached", ("busy",)),
    Code(
        "off", {"zh-hans": "关机", "zh-hant": "關機", "en": "Switched off"}, "not_reached",
        ("unreachable",),
    ),
    Code(
        "wrong_number", {"zh-hans": "空号错号", "zh-hant": "空號錯號", "en": "Wrong number"},
        "wrong_number", ("no_number",),
    ),
)  # fmt: skip
"""The codes that a new list begins with."""
LATER: Final = Code(
    "later", {"zh-hans": "约定再打", "zh-hant": "約定再打", "en": "At an agreed time"}, "reached"
)
"""The result of every list that a time was agreed for another call."""


def read_codes(data: Sequence[Mapping[str, Any]]) -> tuple[Code, ...]:
    """The codes that are stored, or written by somebody. Raises `CodesWrong`."""
    codes = tuple(
        Code(
            str(each.get("key", "")).strip(),
            {
                language: str(name).strip()
                for language, name in dict(each.get("names") or {}).items()
                if language in LANGUAGES and str(name).strip()
            },
            each.get("kind", ""),
            tuple(each.get("ends") or ()),
        )
        for each in data
    )
    _check(codes)
    return codes


def _check(codes: Sequence[Code]) -> None:
    if not codes:
        raise CodesWrong("none")
    if len(codes) > MOST_CODES:
        raise CodesWrong("many")
    for code in codes:
        _check_one(code)
    if len({code.key for code in codes}) < len(codes):
        raise CodesWrong("twice")
    if not any(code.kind == "reached" for code in codes):
        raise CodesWrong("no_reached")
    if not any(code.kind == "not_reached" for code in codes):
        raise CodesWrong("no_unreached")


def _check_one(code: Code) -> None:
    is_own = code.key.isidentifier() and code.key != LATER.key
    if not is_own or len(code.key) > KEY_LENGTH:
        raise CodesWrong("key", code.key)
    too_long = any(len(name) > NAME_LENGTH for name in code.names.values())
    if too_long or set(code.names) != set(LANGUAGES):
        raise CodesWrong("name", code.key)
    if code.kind not in KINDS:
        raise CodesWrong("kind", code.key)


def code_of_end(codes: Sequence[Code], end: str) -> Code | None:
    """The result that the end of a call means by itself; None where somebody must say it."""
    return next((code for code in codes if end in code.ends), None)


@dataclass(frozen=True, slots=True)
class ListTerms:
    """How a list tries again: so often at most, after so many minutes (another wait after a busy
    line), and only between two times of day."""

    most_tries: int
    wait_minutes: int
    busy_minutes: int
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of somebody after a result: ``done``, or ``waiting`` until `at`."""

    state: Literal["done", "waiting"]
    at: datetime | None = None


def after_result(
    kind: Kind, *, is_busy: bool, tries: int, terms: ListTerms, now: datetime
) -> Next:
    """What a result leads to; `tries` counts this one, `now` is local."""
    if kind != "not_reached" or tries >= terms.most_tries:
        return Next("done")
    wait = terms.busy_minutes if is_busy else terms.wait_minutes
    return Next("waiting", within_hours(now + timedelta(minutes=wait), terms))


def within_hours(moment: datetime, terms: ListTerms) -> datetime:
    """The first moment from a local one on at which the list calls."""
    clock = moment.timetz().replace(tzinfo=None)
    if terms.begins <= clock < terms.ends:
        return moment
    day = moment.date() if clock < terms.begins else moment.date() + timedelta(days=1)
    return datetime.combine(day, terms.begins, moment.tzinfo)


def may_call_at(moment: datetime, terms: ListTerms) -> bool:
    """Whether the list calls at a local moment."""
    return within_hours(moment, terms) == moment


def is_quiet(last_called_at: datetime | None, *, quiet_days: int, now: datetime) -> bool:
    """Whether somebody whom any other list has called then is left in peace now."""
    if last_called_at is None or quiet_days == 0:
        return False
    return now - last_called_at < timedelta(days=quiet_days)
