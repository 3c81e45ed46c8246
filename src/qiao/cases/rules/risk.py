"""Signs that a customer is about to go to government, media or court, in what was said and done.

Plain calculation: rules, words and counts in, findings with their reasons out. Nothing here
decides: a finding is a suggestion that a person acknowledges or refuses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

NONE, WATCH, HIGH = "", "watch", "high"
RANK: Final = {NONE: 0, WATCH: 1, HIGH: 2}
ENOUGH_WATCHED: Final = 2  # so many lighter signs together weigh as much as a grave one
AROUND: Final = 14  # characters shown on each side of a phrase
COMPLAINT: Final = "complaint"

# Words that turn what follows into its opposite, as far as the next clause; and words that show
# that a threat follows all the same (不解决就…, otherwise …).
_NOT: Final = re.compile(
    r"(?:不会|不會|不想|不打算|不准备|不準備|不需要|并非|並非|不是|无意|無意|不要|别去|別去|不再|不必|从未|從未"
    r"|没有去|沒有去|没打算|沒打算|没想|沒想|\bnot\b|\bnever\b|\bwon'?t\b|\bdon'?t\b|\bdidn'?t\b"
    r"|\bwithout\b|\bno need\b)"
    r"(?P<gap>[^，。；、！？,.;!?\n]*)$"
)
_ALL_THE_SAME: Final = re.compile(r"就|否则|否則|不然|只好|只能|otherwise|then|else|unless")
REACH: Final = 24  # how far back a negation is looked for
GAP_CJK: Final = 6
_WORDISH: Final = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class RiskRule:
    """A rule in force. See `qiao.core.packs.risk_rules` for what each kind looks at."""

    key: str
    kind: str
    level: str
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    not_channels: tuple[str, ...] = ()
    count: int = 0
    days: int = 0
    same: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one entry of the history. `seq` is its place; 0 for the request itself."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that a rule found: where, as it was written, and a little of what stands around."""

    seq: int
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is counted. `repeats` gives by (same, days) how many complaints there were with this
    one; `protections` are the kinds of protection of the customer."""

    group: str
    channel: str = ""
    chased: int = 0
    reopened: int = 0
    late: bool = False
    repeats: Mapping[tuple[str, int], int] | None = None
    protections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds, with what made it hold: the phrases found, or how many were counted."""

    rule: RiskRule
    phrases: tuple[Phrase, ...] = ()
    count: int = 0
    protections: tuple[str, ...] = ()


def assess(
    rules: Iterable[RiskRule], said: Sequence[Said], facts: Circumstances
) -> tuple[Finding, ...]:
    """All rules that hold, in their order.

    Words weigh in every kind of case; what is counted weighs in complaints only.
    """
    found = []
    for rule in rules:
        if rule.kind == "words":
            finding = _heard(rule, said, facts)
        elif facts.group == COMPLAINT:
            finding = _counted(rule, facts)
        else:
            finding = None
        if finding is not None:
            found.append(finding)
    return tuple(found)


def level_of(levels: Iterable[str]) -> str:
    """The level of a case by the levels of what was found and not refused.

    One grave sign makes it high, and so do two lighter ones.
    """
    listed = list(levels)
    if HIGH in listed or listed.count(WATCH) >= ENOUGH_WATCHED:
        return HIGH
    return WATCH if listed else NONE


def _heard(rule: RiskRule, said: Sequence[Said], facts: Circumstances) -> Finding | None:
    if facts.channel in rule.not_channels:
        return None
    phrases = tuple(phrase for each in said for phrase in find_phrases(rule, each))
    return Finding(rule, phrases) if phrases else None


def _counted(rule: RiskRule, facts: Circumstances) -> Finding | None:
    if rule.kind == "late":
        return Finding(rule) if facts.late else None
    if rule.kind == "vulnerable":
        return Finding(rule, protections=facts.protections) if facts.protections else None
    count = {
        "chased": facts.chased,
        "reopened": facts.reopened,
        "repeat": (facts.repeats or {}).get((rule.same, rule.days), 0),
    }[rule.kind]
    return Finding(rule, count=count) if count >= rule.count else None


@lru_cache(maxsize=8)  # the rules look at the same text one after another
def fold(text: str) -> str:
    """The text for comparing: small letters, half-width signs; every character keeps its place."""
    return "".join(_fold_one(each) for each in text)


def _fold_one(character: str) -> str:
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:  # full-width forms of ASCII
        character = chr(code - 0xFEE0)
    small = character.lower()
    return small if len(small) == 1 else character


def find_phrases(rule: RiskRule, said: Said) -> Iterator[Phrase]:
    """Where a rule's words stand in a text, without harmless uses and without what is denied.

    Of words that overlap the first and longest counts.
    """
    text = fold(said.text)
    harmless = [span for each in rule.unless for span in _spans(each, text)]
    end = 0
    hits = sorted({span for word in rule.words for span in _spans(word, text)}, key=_first_longest)
    for start, stop in hits:
        if start < end or any(a <= start and stop <= b for a, b in harmless):
            continue
        if _is_denied(text[max(0, start - REACH) : start]):
            continue
        end = stop
        yield Phrase(
            said.seq,
            said.text[start:stop],
            said.text[max(0, start - AROUND) : start].lstrip(),
            said.text[stop : stop + AROUND].rstrip(),
        )


def _first_longest(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _spans(word: str, text: str) -> Iterator[tuple[int, int]]:
    for found in _pattern(word).finditer(text):
        yield found.span()


@lru_cache(maxsize=4_096)
def _pattern(word: str) -> "re.Pattern[str]":
    """The word with any spaces between its parts; Latin letters and digits only as whole words."""
    parts = [re.escape(each) for each in fold(word) if not each.isspace()]
    wordish = [bool(_WORDISH.match(each)) for each in fold(word).strip()]
    first = r"(?<![a-z0-9])" if wordish and wordish[0] else ""
    last = r"(?![a-z0-9])" if wordish and wordish[-1] else ""
    return re.compile(first + r"\s*".join(parts) + last)


def _is_denied(before: str) -> bool:
    found = _NOT.search(before)
    if found is None:
        return False
    gap = found["gap"]
    is_cjk = ord(found[0][0]) > 0x2E7F
    return not _ALL_THE_SAME.search(gap) and (not is_cjk or len(gap.strip()) <= GAP_CJK)
