"""Case types to choose from, found by words, pinyin and initials."""

from collections.abc import Iterator, Sequence
from functools import cache

from qiao.cases import definitions
from qiao.cases.showing import names
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType
from qiao.core.rules.names import spell_all
from qiao.core.wording import said

Group = tuple[str, list[tuple[str, str, str, bool]]]


def types_by_group(packs: Sequence[str]) -> list[Group]:
    """The case types of these packs by group: key, name, icon, whether it is an emergency."""
    return _grouped(_of(packs))


def find_types(text: str, packs: Sequence[str]) -> list[Group]:
    """Types of these packs whose name, search words, pinyin or initials hold the text."""
    wanted = text.strip().lower().replace(" ", "")
    found = (t for t in _of(packs) if any(wanted in word for word in _words(t)))
    return _grouped(found) if wanted else types_by_group(packs)


def first_of_service(packs: Sequence[str], service: str) -> tuple[str, ...]:
    """The packs, those that serve a service before the others."""
    known = catalogue().packs

    def is_other(key: str) -> bool:
        return key not in known or service not in {each.key for each in known[key].services}

    return tuple(sorted(packs, key=is_other))


def _of(packs: Sequence[str]) -> Iterator[CaseType]:
    """The types of these packs, in their order; of all where none is named."""
    types = definitions.case_types().values()
    for pack in packs or catalogue().packs:
        yield from (item for item in types if item.key.partition(".")[0] == pack)


def _grouped(types: Iterator[CaseType]) -> list[Group]:
    groups: dict[str, list[tuple[str, str, str, bool]]] = {}
    for item in types:
        line = (item.key, said(item.name), item.icon or "ticket", item.emergency)
        groups.setdefault(item.group, []).append(line)
    return [(str(names.GROUPS.get(key, key)), lines) for key, lines in groups.items()]


def _words(item: CaseType) -> tuple[str, ...]:
    name = item.name
    return _spelled(name.zh_hans, name.zh_hant, name.en, *item.words)


@cache
def _spelled(*said: str) -> tuple[str, ...]:
    chinese = [text for text in said if not text.isascii()]
    spelled = spell_all(chinese, is_person=False)
    found = [*said, *(s.initials for s in spelled), *(s.pinyin for s in spelled)]
    return tuple(word.lower().replace(" ", "") for word in found)
