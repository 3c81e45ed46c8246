"""Translation catalogues (`.po`): read, compare with the sources, write, compile. No GNU tools."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po

from qiao.config.cli.extraction import Text

LANGUAGES = {"zh_Hans": "zh_CN", "zh_Hant": "zh_TW"}
_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n'
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|(?<!%)%[sd]|\{\w*\}")


@dataclass
class Catalogue:
    """One module's texts in one language: the text → its translation (Chinese has one plural)."""

    path: Path
    language: str
    entries: dict[Text, str] = field(default_factory=dict)
    fuzzy: set[Text] = field(default_factory=set)


@dataclass
class Findings:
    """What is wrong with a catalogue, each list sorted."""

    missing: list[Text]
    empty: list[Text]
    fuzzy: list[Text]
    obsolete: list[Text]
    placeholders: list[Text]

    def faults(self) -> list[tuple[str, Text]]:
        """Return (kind, text) of every finding."""
        return [(kind, text) for kind, texts in vars(self).items() for text in texts]


def catalogue_path(module: Path, language: str) -> Path:
    """Return where the catalogue of one module and language lies."""
    return module / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalogue:
    """Read a catalogue; an absent file is an empty one.

    Raises:
        babel.messages.pofile.PoFileError: it is no catalogue; the error names the line.
    """
    catalogue = Catalogue(path, language)
    for message in _read(path, language) if path.is_file() else ():
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        string = message.string if isinstance(message.string, str) else (message.string or [""])[0]
        text = Text(ids[0], ids[1] if len(ids) > 1 else "", message.context or "")
        catalogue.entries[text] = string
        if message.fuzzy:
            catalogue.fuzzy.add(text)
    return catalogue


def compare(catalogue: Catalogue, texts: set[Text], shared: Catalogue | None = None) -> Findings:
    """Compare a catalogue with the texts of its module; `shared` may hold translations too."""
    borrowed = {text for text, string in shared.entries.items() if string} if shared else set()
    entries = catalogue.entries
    return Findings(
        missing=sorted(texts - entries.keys() - borrowed),
        empty=sorted(text for text in texts & entries.keys() if not entries[text]),
        fuzzy=sorted(catalogue.fuzzy & texts),
        obsolete=sorted(entries.keys() - texts),
        placeholders=sorted(
            text for text, string in entries.items() if string and not _same(text, string)
        ),
    )


def conflicts(catalogues: list[Catalogue]) -> list[tuple[Text, set[str]]]:
    """Return texts that modules translate differently: Django would silently show one of them."""
    seen: dict[Text, set[str]] = {}
    for catalogue in catalogues:
        for text, string in catalogue.entries.items():
            if string:
                seen.setdefault(text, set()).add(string)
    return sorted((text, strings) for text, strings in seen.items() if len(strings) > 1)


def update(catalogue: Catalogue, texts: set[Text], shared: Catalogue | None = None) -> bool:
    """Add missing texts (untranslated), drop obsolete ones, write; tell whether it changed."""
    findings = compare(catalogue, texts, shared)
    for text in findings.obsolete:
        del catalogue.entries[text]
    for text in findings.missing:
        catalogue.entries[text] = ""
    if findings.missing or findings.obsolete:
        write_catalogue(catalogue)
        return True
    return False


def write_catalogue(catalogue: Catalogue) -> None:
    """Write a catalogue sorted by text, without dates and places that would change every time."""
    parts = [_HEADER.format(language=catalogue.language)]
    for text in sorted(catalogue.entries):
        lines = ["#, fuzzy"] if text in catalogue.fuzzy else []
        lines += [f"msgctxt {normalize(text.context)}"] if text.context else []
        lines.append(f"msgid {normalize(text.singular)}")
        string = normalize(catalogue.entries[text])
        if text.plural:
            lines += [f"msgid_plural {normalize(text.plural)}", f"msgstr[0] {string}"]
        else:
            lines.append(f"msgstr {string}")
        parts.append("\n".join(lines) + "\n")
    catalogue.path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.path.write_text("\n".join(parts), encoding="utf-8")


def compile_changed(root: Path) -> int:
    """Write the `.mo` of every catalogue under a folder that is newer; return how many."""
    written = 0
    for path in sorted(root.rglob("locale/*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(".mo.new")
        with draft.open("wb") as file:
            write_mo(file, _read(path, path.parent.parent.name))
        draft.replace(target)
        written += 1
    return written


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGES[language], domain="django", abort_invalid=True)


def _same(text: Text, string: str) -> bool:
    wanted = Counter(_PLACEHOLDER.findall(text.plural or text.singular))
    return set(wanted) == set(_PLACEHOLDER.findall(string))
