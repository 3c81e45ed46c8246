"""`./qiao i18n`: are all texts translated? Extend the catalogues, compile them."""

import argparse
from pathlib import Path

from babel.messages.pofile import PoFileError

from qiao.config.cli import catalogues, extraction
from qiao.config.cli.environment import PROJECT
from qiao.config.cli.failure import CommandError

_SHARED = "core"
_SHOWN = 30


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--update", action="store_true", help="add missing texts, drop obsolete")
    parser.add_argument("--compile", action="store_true", help="write the .mo files")
    parser.add_argument("--all", action="store_true", help="show every finding")
    parser.add_argument("modules", nargs="*", help="only these modules")


def run(args: argparse.Namespace) -> int:
    """Report what is missing per module; exit code 1 if anything is."""
    root = PROJECT / "src" / "qiao"
    if args.compile:
        print(f"compiled {catalogues.compile_changed(root)} catalogues")
        return 0
    faults = 0
    for language in catalogues.LANGUAGES:
        everything = []
        shared = _read(root / _SHARED, language)
        for module in modules(root):
            catalogue = _read(module, language)
            everything.append(catalogue)
            if args.modules and module.name not in args.modules:
                continue
            lent = None if module.name == _SHARED else shared
            texts = extraction.texts_of_module(module)
            if args.update and catalogues.update(catalogue, texts, lent):
                print(f"{module.name} {language}: catalogue written")
            findings = catalogues.compare(catalogue, texts, lent)
            faults += _report(f"{module.name} {language}", findings, len(texts), args.all)
        for text, strings in catalogues.conflicts(everything):
            faults += 1
            print(
                f"{language}: modules disagree on {text.singular!r}: {' / '.join(sorted(strings))}"
            )
    return 1 if faults else 0


def modules(root: Path) -> list[Path]:
    """Return the folders of the modules (Django applications), sorted."""
    return sorted(path.parent for path in root.glob("*/apps.py"))


def _read(module: Path, language: str) -> catalogues.Catalogue:
    path = catalogues.catalogue_path(module, language)
    try:
        return catalogues.read_catalogue(path, language)
    except PoFileError as error:
        message = f"{path}: {error}"
        raise CommandError(message) from error


def _report(name: str, findings: catalogues.Findings, texts: int, everything: bool) -> int:  # noqa: FBT001
    faults = findings.faults()
    if not faults:
        print(f"{name}: {texts} texts, complete")
        return 0
    counts = {kind: len(found) for kind, found in vars(findings).items() if found}
    print(f"{name}: {texts} texts; " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    for kind, text in faults if everything else faults[:_SHOWN]:
        context = f" ({text.context})" if text.context else ""
        print(f"    {kind}: {text.singular!r}{context}")
    return len(faults)
