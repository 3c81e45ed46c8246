"""What a pack ships: ``knowledge.toml`` (categories, text modules) and ``articles/*.md``.

An article is one file a language, ``<key>.<language>.md``: front matter in TOML between two lines
``+++``, then Markdown. `title` and `words` stand in each; what holds for all languages
(`category`, `case_types`, `emergency_first`, `edition`, `valid_from`) in the English file alone.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.texts import DATA_KEYS, Text
from qiao.knowledge.rules.placeholders import UnknownPlaces, check

FENCE: Final = "+++"
ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of articles, with an icon."""

    key: str
    name: Text
    icon: str


@dataclass(frozen=True, slots=True)
class SeedText:
    """A text module of a pack; case types are keys of the pack."""

    key: str
    titles: Mapping[str, str]
    bodies: Mapping[str, str]
    case_types: tuple[str, ...]
    edition: int


@dataclass(frozen=True, slots=True)
class SeedArticle:
    """An article of a pack in its languages."""

    key: str
    category: str
    emergency_first: bool
    case_types: tuple[str, ...]
    edition: int
    valid_from: date | None
    titles: Mapping[str, str]
    bodies: Mapping[str, str]
    words: str


@dataclass(frozen=True, slots=True)
class Seeds:
    """All that a pack ships."""

    categories: tuple[Category, ...] = ()
    texts: tuple[SeedText, ...] = ()
    articles: tuple[SeedArticle, ...] = ()


def read_category(table: Table) -> Category:
    """One ``[[category]]``."""
    found = Category(table.key(), table.text("name"), table.string("icon", "book"))
    table.finish()
    return found


def read_text(table: Table) -> SeedText:
    """One ``[[text]]``; places that nothing fills are reported."""
    title, body = table.text("title"), table.text("body")
    found = SeedText(
        key=table.key(),
        titles=title.data(),
        bodies=body.data(),
        case_types=table.strings("case_types"),
        edition=table.integer("edition", 1, least=1),
    )
    for language, words in found.bodies.items():
        try:
            check(words)
        except UnknownPlaces as unknown:
            table.report(f"body.{language}", f"unknown places: {unknown}")
    table.finish()
    return found


@dataclass(frozen=True, slots=True)
class _Page:
    """One file: its front matter and its body."""

    head: Table
    body: str


def read_article(
    key: str, files: Mapping[str, str], problems: list[PackProblem]
) -> SeedArticle | None:
    """An article from its files by language; None where it cannot be read at all."""
    pages = {
        language: _page(f"articles/{key}.{language}.md", files.get(language), problems)
        for language in DATA_KEYS
    }
    whole = {language: page for language, page in pages.items() if page is not None}
    if ENGLISH not in whole:
        return None
    head = whole[ENGLISH].head
    found = SeedArticle(
        key=key,
        category=head.key("category"),
        emergency_first=head.boolean("emergency_first"),
        case_types=head.strings("case_types"),
        edition=head.integer("edition", 1, least=1),
        valid_from=_day(head, "valid_from"),
        titles={language: page.head.string("title") for language, page in whole.items()},
        bodies={language: page.body for language, page in whole.items()},
        words=" ".join(w for page in whole.values() for w in page.head.strings("words")),
    )
    for page in whole.values():
        page.head.finish()
    return found


def _day(head: Table, key: str) -> date | None:
    value = head.raw(key)
    if value is None or type(value) is date:
        return value
    head.report(key, f"expected a date such as 2026-01-01, found {value!r}")
    return None


def _page(name: str, source: str | None, problems: list[PackProblem]) -> _Page | None:
    if source is None:
        problems.append(PackProblem(name, "", "missing; expected in each language"))
        return None
    opening, _, rest = source.partition("\n")
    head, fence, body = rest.partition(f"\n{FENCE}\n")
    if opening.strip() != FENCE or not fence or not body.strip():
        problems.append(
            PackProblem(name, "", f"expected TOML between two lines {FENCE}, then text")
        )
        return None
    try:
        data = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        problems.append(PackProblem(name, "", f"cannot be read: {error}"))
        return None
    return _Page(Table(data, file=name, place="", problems=problems), body.strip())


def check_seeds(seeds: Seeds, case_types: Sequence[str]) -> list[PackProblem]:
    """Categories and case types that the pack does not have."""
    shelves = {category.key for category in seeds.categories}
    problems = [
        PackProblem(f"articles/{item.key}.{ENGLISH}.md", "category", f"unknown: {item.category}")
        for item in seeds.articles
        if item.category not in shelves
    ]
    offered = [(f"articles/{a.key}.{ENGLISH}.md", a.case_types) for a in seeds.articles]
    offered += [(f"knowledge.toml: text[{t.key}]", t.case_types) for t in seeds.texts]
    problems += [
        PackProblem(name, "case_types", f"unknown: {key}")
        for name, keys in offered
        for key in keys
        if key not in case_types
    ]
    return problems
