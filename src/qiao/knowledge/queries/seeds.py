"""What the enabled packs ship of knowledge, read once per process of the server."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

from qiao.core.packs import SHIPPED, PackInvalid, PackProblem, load_pack
from qiao.core.packs.reading import Table
from qiao.core.rules.texts import DATA_KEYS
from qiao.knowledge.rules.seeds import (
    Category,
    SeedArticle,
    Seeds,
    check_seeds,
    read_article,
    read_category,
    read_text,
)

FILE: Final = "knowledge.toml"
FOLDER: Final = "articles"


def load_seeds(folder: Path) -> Seeds:
    """The knowledge of the pack in `folder`; empty without the files.

    Raises `PackInvalid` with every problem, each naming file and key.
    """
    problems: list[PackProblem] = []
    path = folder / FILE
    data = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    table = Table(data, file=FILE, place="", problems=problems)
    seeds = Seeds(
        categories=tuple(read_category(item) for item in table.tables("category")),
        texts=tuple(read_text(item) for item in table.tables("text")),
        articles=tuple(_articles(folder / FOLDER, problems)),
    )
    table.finish()
    pack = load_pack(folder)
    problems += check_seeds(seeds, [item.key for item in pack.case_types])
    if problems:
        raise PackInvalid(dict.fromkeys(problems))
    return seeds


def _articles(folder: Path, problems: list[PackProblem]) -> list[SeedArticle]:
    found = []
    for key in sorted({path.name.split(".")[0] for path in folder.glob("*.md")}):
        files = {
            language: (folder / f"{key}.{language}.md").read_text(encoding="utf-8")
            for language in DATA_KEYS
            if (folder / f"{key}.{language}.md").is_file()
        }
        article = read_article(key, files, problems)
        if article is not None:
            found.append(article)
    return found


@cache
def shipped() -> Mapping[str, Seeds]:
    """The knowledge of all enabled packs, by pack."""
    return {pack: load_seeds(SHIPPED / pack) for pack in settings.QIAO_PACKS}


@cache
def categories() -> Mapping[str, Category]:
    """The shelves of all enabled packs by key; the first pack names one that several have."""
    found: dict[str, Category] = {}
    for seeds in shipped().values():
        for category in seeds.categories:
            found.setdefault(category.key, category)
    return found
