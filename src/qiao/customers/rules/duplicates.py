"""Whether two customers are one: evidence, each piece weighed, against the innocent explanations.

The weight of a piece of evidence is a log-likelihood ratio in bits, log2(m / u), after Fellegi and
Sunter, A Theory for Record Linkage, JASA 64 (1969). `m` is how often two records of one customer
agree so; `u` how often two different customers do. Two explanations other than "the same" are
weighed apart, because people of one household share number, door and surname *together*, and a sum
over strangers would count that three times:

- strangers: `u` comes from the data. A name that 80 of a million bear weighs less than one
  that two bear (Winkler, Frequency-Based Matching, 1989); so do a number, a door, a community.
- one household, or one firm's staff: `u` are the constants of `_HOUSEHOLD` below.

The score is the worse of the two: prior odds plus all weights. It is proposed from `LEAST` bits
on, and only if two independent signs speak for it.

Where `m` comes from: judged by the slips that Chinese input makes (a homophone picked from the
list, the other script, a given name alone, two digits swapped), set on the planted pairs of
`rules.planting` with one seed and measured on others (`tests/test_dedupe.py`, `./qiao bench
customers --only dedupe`). Shares of one feature sum to about one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2

from qiao.customers.rules.likeness import (
    Door,
    NameLevel,
    PlaceLevel,
    compare_doors,
    compare_firms,
    compare_people,
    simplified,
)

LEAST = 3.0
"""Bits from which a pair is proposed: odds of 8 to 1."""

DUPLICATE_SHARE = 0.01
"""How many of the customers are somebody's second record, before anything is known."""

HOUSEHOLD_ODDS = -5.0
"""Of pairs that share a door or a number, one in thirty-two is one person."""

FIRM_ODDS = -2.0
MOST_HOLDERS = 8
"""A number that more customers have is the firm's, the village's or a placeholder: no evidence."""

MOST_DOORS = 6
PSEUDO = 20_000
"""A small company does not know how common a name is: as many strangers are imagined beside it."""

COMMON_SHORT, COMMON_LONG = 5e-4, 1.5e-5
"""How often a name of two and of three characters is met where nothing is known of it."""

_SAME: dict[str, float] = {
    NameLevel.SAME: 0.70, NameLevel.VARIANT: 0.07, NameLevel.SOUND: 0.09, NameLevel.ORDER: 0.02,
    NameLevel.GIVEN: 0.03, NameLevel.NICK: 0.02, NameLevel.FIRM: 0.20, NameLevel.ONE_APART: 0.02,
    NameLevel.SURNAME: 0.01, NameLevel.DIFFERENT: 0.02,
    "phone_mobile": 0.62, "phone_landline": 0.10, "phone_near": 0.06, "phone_differs": 0.22,
    PlaceLevel.SAME: 0.52, PlaceLevel.ALIKE: 0.16, PlaceLevel.BUILDING: 0.03,
    PlaceLevel.COMMUNITY: 0.04, PlaceLevel.DIFFERENT: 0.25,
    "identity_same": 0.99, "identity_differs": 0.006, "document_differs": 0.4,
    "gender_same": 0.99, "gender_differs": 0.01,
}  # fmt: skip
_HOUSEHOLD: dict[str, float] = {
    NameLevel.SAME: 4e-4, NameLevel.VARIANT: 4e-5, NameLevel.SOUND: 2e-4, NameLevel.ORDER: 1e-5,
    NameLevel.GIVEN: 3e-5, NameLevel.NICK: 3e-4, NameLevel.FIRM: 2e-3, NameLevel.ONE_APART: 0.08,
    NameLevel.SURNAME: 0.55, NameLevel.DIFFERENT: 0.37,
    "phone_mobile": 0.20, "phone_landline": 0.25, "phone_near": 1e-3, "phone_differs": 0.55,
    PlaceLevel.SAME: 0.90, PlaceLevel.ALIKE: 0.01, PlaceLevel.BUILDING: 0.01,
    PlaceLevel.COMMUNITY: 0.02, PlaceLevel.DIFFERENT: 0.06,
    "identity_same": 3e-4, "identity_differs": 1.0, "document_differs": 1.0,
    "gender_same": 0.45, "gender_differs": 0.55,
}  # fmt: skip
_STRANGERS: dict[str, float] = {
    NameLevel.GIVEN: 1.5e-5, NameLevel.NICK: 3e-4, NameLevel.ONE_APART: 3e-3,
    NameLevel.SURNAME: 0.06, NameLevel.DIFFERENT: 0.93,
    "phone_differs": 1.0, PlaceLevel.DIFFERENT: 1.0, "identity_differs": 1.0,
    "document_differs": 1.0, "gender_same": 0.5, "gender_differs": 0.5,
}  # fmt: skip
_FIRM_SAME: dict[str, float] = {
    NameLevel.SAME: 0.60, NameLevel.GIVEN: 0.08, NameLevel.SOUND: 0.04, "phone_mobile": 0.15,
    "phone_landline": 0.57,
}  # fmt: skip
_NEIGHBOURS: dict[str, float] = {
    NameLevel.SAME: 3e-3, NameLevel.VARIANT: 1e-3, NameLevel.SOUND: 2e-3, NameLevel.FIRM: 2e-3,
    NameLevel.GIVEN: 0.03, NameLevel.DIFFERENT: 0.9, PlaceLevel.SAME: 0.30,
    PlaceLevel.DIFFERENT: 0.5, "phone_landline": 0.05, "phone_mobile": 0.05, "phone_differs": 0.9,
}  # fmt: skip
_WRITTEN = {NameLevel.VARIANT: 0.1, NameLevel.ORDER: 0.02}
"""How often two namesakes are written in two scripts, or one of them the other way round."""

_SPEAKS_FOR_ITSELF = "identity_same"
_NAMES_AGREE = frozenset({
    NameLevel.SAME, NameLevel.VARIANT, NameLevel.SOUND, NameLevel.ORDER, NameLevel.GIVEN,
    NameLevel.NICK, NameLevel.FIRM,
})  # fmt: skip
_STRONG = ("identity_same", "phone_mobile", "phone_landline", "phone_near", "place_same",
           "place_alike", "place_building", "place_community")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one customer, those merged into it included.

    `phones` are stored numbers without extension, `documents` blind indexes by kind of document.
    `gender` is f, m or empty; of a person with an identity card the one that the card tells.
    """

    customer_id: int
    kind: str
    name: str
    gender: str = ""
    phones: frozenset[str] = frozenset()
    documents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    doors: tuple[Door, ...] = ()


@dataclass(frozen=True, slots=True)
class Crowd:
    """How common things are among `size` customers: how many bear a name, a number, a document,
    how many live behind a door, in a building, in a community. What is missing is unique."""

    size: int
    names: Mapping[str, int] = field(default_factory=dict)
    sounds: Mapping[str, int] = field(default_factory=dict)
    phones: Mapping[str, int] = field(default_factory=dict)
    doors: Mapping[int, int] = field(default_factory=dict)
    buildings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    communities: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign: `key` is its level, `weight` in bits, `count` how many customers share the thing
    (0 where that does not matter), `what` the number or the address agreed on."""

    key: str
    weight: float
    count: int = 0
    what: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` in bits: the prior odds `prior` and all weights. `against` names the innocent
    explanation that was harder to rule out: strangers or household."""

    score: float
    prior: float
    against: str
    evidence: tuple[Evidence, ...]
    is_proposed: bool

    @property
    def chance(self) -> float:
        """The score as a probability, 0 to 1."""
        return float(1 / (1 + 2.0**-self.score))


@dataclass(frozen=True, slots=True)
class _Sign:
    """An agreement found: how common it is among strangers, None where the table says so."""

    level: str
    common: float | None = None
    count: int = 0
    what: str = ""


def weigh(one: Record, other: Record, crowd: Crowd) -> Verdict | None:
    """Weigh all that two records show; None where a person meets an organisation."""
    if one.kind != other.kind:
        return None
    is_person = one.kind == "person"
    signs = [
        sign
        for sign in (
            _documents(one, other, crowd),
            _phones(one, other, crowd),
            _names(one, other, crowd),
            _places(one, other, crowd),
            _genders(one, other) if is_person else None,
        )
        if sign is not None
    ]
    strangers = _against_strangers(signs, crowd, is_person=is_person)
    household = _against_household(signs, is_person=is_person)
    worse = min(strangers, household, key=lambda verdict: verdict.score)
    if worse.score < LEAST or not _two_signs(worse.evidence):
        return worse
    return Verdict(worse.score, worse.prior, worse.against, worse.evidence, is_proposed=True)


def _two_signs(evidence: Iterable[Evidence]) -> bool:
    """Never on one key: a name that agrees, or a document, and something else besides."""
    found = {each.key for each in evidence}
    strong = found.intersection(_STRONG)
    if _SPEAKS_FOR_ITSELF in found:
        return len(strong) > 1 or bool(found & _NAMES_AGREE)
    return bool(found & _NAMES_AGREE) and bool(strong - {"place_community"})


def _against_strangers(signs: list[_Sign], crowd: Crowd, *, is_person: bool) -> Verdict:
    prior = log2(2 * DUPLICATE_SHARE / max(crowd.size, 2))
    weighed = []
    for sign in signs:
        common = _STRANGERS.get(sign.level, 1.0) if sign.common is None else sign.common
        weighed.append(_weighed(sign, _m(sign.level, is_person=is_person), common))
    return _verdict(prior, "strangers", weighed)


def _against_household(signs: list[_Sign], *, is_person: bool) -> Verdict:
    weighed = []
    for sign in signs:
        common = _HOUSEHOLD.get(sign.level, 1.0)
        if not is_person:
            common = _NEIGHBOURS.get(sign.level, common)
        weighed.append(_weighed(sign, _m(sign.level, is_person=is_person), common))
    return _verdict(HOUSEHOLD_ODDS if is_person else FIRM_ODDS, "household", weighed)


def _m(level: str, *, is_person: bool) -> float:
    usual = _SAME.get(level, 1.0)
    return usual if is_person else _FIRM_SAME.get(level, usual)


def _weighed(sign: _Sign, m: float, u: float) -> Evidence:
    return Evidence(sign.level, round(log2(m / u), 1), sign.count, sign.what)


def _verdict(prior: float, against: str, evidence: list[Evidence]) -> Verdict:
    score = prior + sum(each.weight for each in evidence)
    return Verdict(round(score, 1), round(prior, 1), against, tuple(evidence), is_proposed=False)


def _share(count: int, crowd: Crowd, known: float) -> float:
    """How many strangers share a thing that `count` customers have, the two at hand left out."""
    return (max(count - 2, 0) + PSEUDO * known) / (crowd.size + PSEUDO)


def _names(one: Record, other: Record, crowd: Crowd) -> _Sign | None:
    compare = compare_people if one.kind == "person" else compare_firms
    level = compare(one.name, other.name)
    if level is NameLevel.NONE:
        return None
    if level in _STRANGERS:
        return _Sign(level)
    first, second = simplified(one.name), simplified(other.name)
    short = min(len(first), len(second)) <= 2
    known = COMMON_SHORT if short and one.kind == "person" else COMMON_LONG
    if level in {NameLevel.SAME, NameLevel.VARIANT, NameLevel.ORDER}:
        count = max(crowd.names.get(one.name, 0), crowd.names.get(other.name, 0))
    else:
        count = max(crowd.sounds.get(one.name, 0), crowd.sounds.get(other.name, 0))
        known *= 2
    common = _share(count, crowd, known) * _WRITTEN.get(level, 1.0)
    return _Sign(level, common, count if level is NameLevel.SAME else 0)


def _phones(one: Record, other: Record, crowd: Crowd) -> _Sign | None:
    if not one.phones or not other.phones:
        return None
    # Of several shared by equally few a mobile, then the first: never what a set yields first.
    shared = min(
        ((crowd.phones.get(number, 2), not is_mobile(number), number)
         for number in one.phones & other.phones),
        default=None,
    )  # fmt: skip
    if shared is not None:
        count, is_a_place, number = shared
        if count > MOST_HOLDERS:
            return _Sign("phone_shared_by_many", 1.0, count, number)
        level = "phone_landline" if is_a_place else "phone_mobile"
        return _Sign(level, _share(count, crowd, 0.5 / PSEUDO), count, number)
    near = min(
        (min(mine, theirs) for mine in one.phones for theirs in other.phones
         if near_numbers(mine, theirs)),
        default=None,
    )  # fmt: skip
    if near is not None:
        return _Sign("phone_near", _share(2, crowd, 1.0 / PSEUDO), 0, near)
    return _Sign("phone_differs")


def is_mobile(number: str) -> bool:
    """Whether a stored number is a mainland mobile: a person's rather than a place's."""
    return number.startswith("+861") and len(number) == 14


def near_numbers(one: str, other: str) -> bool:
    """Two digits beside each other swapped, or one mistyped; the last alone is a number bought
    together with the other (连号)."""
    if len(one) != len(other):
        return False
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return places[0] < len(one) - 1
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return one[first] == other[second] and one[second] == other[first]


def _documents(one: Record, other: Record, crowd: Crowd) -> _Sign | None:
    found: str | None = None
    for kind in sorted(one.documents.keys() & other.documents.keys()):
        if one.documents[kind] & other.documents[kind]:
            return _Sign("identity_same", _share(2, crowd, 0.5 / PSEUDO), 0, kind)
        lasting = kind in {"id_card", "credit_code"}
        found = "identity_differs" if lasting else found or "document_differs"
    return _Sign(found) if found else None


_NEARNESS = tuple(PlaceLevel)


def _places(one: Record, other: Record, crowd: Crowd) -> _Sign | None:
    if not one.doors or not other.doors:
        return None
    pairs = [
        (compare_doors(here, there), min(here, there, key=_id_of))
        for here in one.doors[:MOST_DOORS]
        for there in other.doors[:MOST_DOORS]
    ]
    # Of places equally near always the same one, whoever is compared with whom.
    level, door = min(pairs, key=lambda pair: (_NEARNESS.index(pair[0]), pair[1].premises_id))
    if level is PlaceLevel.DIFFERENT:
        return _Sign(level)
    count, common = _behind(level, door, crowd)
    return _Sign(level, common, count, door.text)


def _id_of(door: Door) -> int:
    return door.premises_id


def _behind(level: PlaceLevel, door: Door, crowd: Crowd) -> tuple[int, float]:
    """How many customers are behind such a place, and how often strangers meet there."""
    if level is PlaceLevel.SAME:
        count = crowd.doors.get(door.premises_id, 2)
        return count, _share(count, crowd, 1.0 / PSEUDO)
    if level is PlaceLevel.ALIKE:
        return 0, _share(2, crowd, 3.0 / PSEUDO)
    area = (door.region, door.community or door.road)
    known = crowd.buildings if level is PlaceLevel.BUILDING else crowd.communities
    count = max(known.get(area, 0), 2)
    return count, min(count / max(crowd.size, 1), 1.0)


def _genders(one: Record, other: Record) -> _Sign | None:
    if not one.gender or not other.gender:
        return None
    return _Sign("gender_same" if one.gender == other.gender else "gender_differs")
