"""Score cards as data: sections with questions, each with its weight and what a failure does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.texts import DATA_KEYS

Kind = Literal["yes_no", "scale", "points"]
Effect = Literal["none", "critical", "fatal"]
KINDS: Final[Sequence[Kind]] = ("yes_no", "scale", "points")
EFFECTS: Final[Sequence[Effect]] = ("none", "critical", "fatal")
MOST: Final[Mapping[str, int]] = {"yes_no": 1, "scale": 5}
LEAST: Final[Mapping[str, int]] = {"yes_no": 0, "scale": 1, "points": 0}
MOST_POINTS: Final = 100
NAME_LENGTH: Final = 120
GUIDE_LENGTH: Final = 600
MOST_QUESTIONS: Final = 40
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `most` is the best answer: 1 for yes, 5 of a scale, or the points.

    A failure (no, 1 of a scale, 0 points) of a ``critical`` one makes its section 0, of a
    ``fatal`` one the whole card.
    """

    key: str
    names: Names
    guide: Names
    kind: Kind
    weight: int
    effect: Effect
    most: int
    may_not_apply: bool

    @property
    def least(self) -> int:
        """The worst answer, which is a failure."""
        return LEAST[self.kind]

    def data(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "key": self.key,
            "names": dict(self.names),
            "guide": dict(self.guide),
            "kind": self.kind,
            "weight": self.weight,
            "effect": self.effect,
            "most": self.most,
            "may_not_apply": self.may_not_apply,
        }


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together; `weight` counts against the other sections."""

    key: str
    names: Names
    weight: int
    questions: tuple[Question, ...]

    def data(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "key": self.key,
            "names": dict(self.names),
            "weight": self.weight,
            "questions": [question.data() for question in self.questions],
        }


@dataclass(frozen=True, slots=True)
class Card:
    """A version of a score card."""

    sections: tuple[Section, ...]

    def questions(self) -> Iterator[Question]:
        """All questions in their order."""
        for section in self.sections:
            yield from section.questions

    def question(self, key: str) -> Question | None:
        """The question of a key."""
        return next((each for each in self.questions() if each.key == key), None)

    def data(self) -> list[dict[str, Any]]:
        """The stored form."""
        return [section.data() for section in self.sections]


@dataclass(frozen=True, slots=True)
class SeedCard:
    """A score card of a pack; a higher `edition` is a new version."""

    key: str
    names: Names
    subject: str
    edition: int
    card: Card


def read_card(data: Sequence[Mapping[str, Any]]) -> Card:
    """A card from its stored form."""
    return Card(
        tuple(
            Section(
                key=str(section["key"]),
                names=dict(section["names"]),
                weight=int(section["weight"]),
                questions=tuple(_question(each) for each in section["questions"]),
            )
            for section in data
        )
    )


def _question(data: Mapping[str, Any]) -> Question:
    return Question(
        key=str(data["key"]),
        names=dict(data["names"]),
        guide=dict(data["guide"]),
        kind=data["kind"],
        weight=int(data["weight"]),
        effect=data["effect"],
        most=int(data["most"]),
        may_not_apply=bool(data["may_not_apply"]),
    )


def card_faults(card: Card) -> list[tuple[str, str]]:
    """What keeps a card from being published: (key of section or question, code).

    Codes: ``empty`` (no questions), ``many``, ``twice`` (a key stands twice), ``weight`` (not
    above 0), ``words`` (a language without a name), ``most`` (points out of range).
    """
    found: list[tuple[str, str]] = []
    questions = list(card.questions())
    if not questions:
        found.append(("", "empty"))
    if len(questions) > MOST_QUESTIONS:
        found.append(("", "many"))
    seen: set[str] = set()
    for section in card.sections:
        found += _faults_of(section.key, section.names, section.weight, seen)
        if not section.questions:
            found.append((section.key, "empty"))
        for question in section.questions:
            found += _faults_of(question.key, question.names, question.weight, seen)
            most = MOST.get(question.kind)
            if question.most != most if most else not 1 <= question.most <= MOST_POINTS:
                found.append((question.key, "most"))
    return found


def _faults_of(key: str, names: Names, weight: int, seen: set[str]) -> list[tuple[str, str]]:
    found = []
    if key in seen:
        found.append((key, "twice"))
    seen.add(key)
    if weight < 1:
        found.append((key, "weight"))
    if not all(names.get(language) for language in DATA_KEYS):
        found.append((key, "words"))
    return found


FAULTS: Final[Mapping[str, str]] = {
    "empty": "expected at least one question",
    "many": f"expected at most {MOST_QUESTIONS} questions",
    "twice": "expected one of this key",
    "weight": "expected a weight of at least 1",
    "words": f"expected a name in {', '.join(DATA_KEYS)}",
    "most": f"expected 1 to {MOST_POINTS} points",
}


def read_seeds(table: Table) -> tuple[SeedCard, ...]:
    """The cards of a pack's ``score_cards.toml``; what is wrong is reported in the table."""
    seeds = tuple(_seed(item) for item in table.tables("card"))
    table.finish()
    for seed in seeds:
        for key, code in card_faults(seed.card):
            place = f"card[{seed.key}]" + (f".{key}" if key else "")
            table.problems.append(PackProblem(table.file, place, FAULTS[code]))
    return seeds


def _seed(table: Table) -> SeedCard:
    seed = SeedCard(
        key=table.key(),
        names=table.text("name").data(),
        subject=table.key("subject", "case"),
        edition=table.integer("edition", 1, least=1),
        card=Card(tuple(_seed_section(item) for item in table.tables("section"))),
    )
    table.finish()
    return seed


def _seed_section(table: Table) -> Section:
    section = Section(
        key=table.key(),
        names=table.text("name").data(),
        weight=table.integer("weight", 1, least=1),
        questions=tuple(_seed_question(item) for item in table.tables("question")),
    )
    table.finish()
    return section


def _seed_question(table: Table) -> Question:
    kind: Any = table.choice("kind", KINDS, "yes_no")
    effect: Any = table.choice("effect", EFFECTS, "none")
    guide = table.optional_text("guide")
    most = table.integer("points", 10, least=1) if kind == "points" else MOST.get(kind, 1)
    question = Question(
        key=table.key(),
        names=table.text("name").data(),
        guide=guide.data() if guide else {},
        kind=kind,
        weight=table.integer("weight", 1, least=1),
        effect=effect,
        most=most,
        may_not_apply=table.boolean("may_not_apply"),
    )
    table.finish()
    return question
