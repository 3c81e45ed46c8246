"""The guide for integrators is run as it stands, in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import transaction

from tests.journeys.site import PROJECT, found_company, served

GUIDES = sorted((PROJECT / "docs" / "guides").glob("integrators*.md"))
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def _blocks(guide: Path) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _BLOCK.finditer(guide.read_text("utf-8"))]


def test_both_languages_show_the_same_code() -> None:
    first, second = (_blocks(guide) for guide in GUIDES)
    assert first == second
    assert [kind for kind, _text in first] == ["sh", "sh", "python", "json", "python"]


def _of(database: str, name: str) -> str:
    return urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}"))


@pytest.mark.usefixtures("own_database")
def test_the_guide_does_what_it_says(own_database: str, tmp_path: Path) -> None:
    with transaction.atomic():
        found_company()
    blocks = _blocks(GUIDES[0])
    with served(own_database, tmp_path / "media", tmp_path / "web.log") as address:
        environment = os.environ | {
            "DATABASE_URL": _of(own_database, "DATABASE_URL"),
            "DATABASE_OWNER_URL": _of(own_database, "DATABASE_OWNER_URL"),
            "PYTHONPATH": str(PROJECT / "src"),
        }
        environment.pop("QIAO_EMBEDDED", None)
        made, asked = (text for kind, text in blocks if kind == "sh")
        made = made.replace("./qiao", f"{sys.executable} -m qiao.config.cli")
        made = made.replace("http://localhost:8000", address)
        script = f"set -eu\n{made}\n{asked}\nprintf '\\n%s' \"$KEY\""
        shell = subprocess.run(
            ["sh", "-c", script], env=environment, capture_output=True, text=True, check=False
        )
        assert shell.returncode == 0, shell.stderr
        told, key = shell.stdout.strip().splitlines()
        assert '"scopes"' in told
        environment |= {"QIAO": address, "KEY": key}
        for kind, text in blocks:
            if kind == "python":
                done = subprocess.run(
                    [sys.executable, "-c", text],
                    env=environment, capture_output=True, text=True, check=False,
                )  # fmt: skip
                assert done.returncode == 0, done.stderr


PICTURED = sorted(
    [*PROJECT.glob("README*.md"), *PROJECT.glob("CONTRIBUTING.md"), *PROJECT.glob("docs/**/*.md")]
)
_LINK = re.compile(r"(!?)\[[^\]\[]*\]\(([^)\s#]+)[^)]*\)")
_ENGLISH, _CHINESE = "-en.webp", "-zh-hans.webp"


def _named(page: Path) -> list[tuple[bool, Path]]:
    """What a page of the documentation names beside it: whether as a picture, and where."""
    found = [(bool(m[1]), m[2]) for m in _LINK.finditer(page.read_text("utf-8"))]
    near = [(picture, name) for picture, name in found if "://" not in name]
    return [(picture, (page.parent / name).resolve()) for picture, name in near]


@pytest.mark.parametrize("page", PICTURED, ids=lambda page: page.name)
def test_what_a_guide_names_is_there_and_in_its_language(page: Path) -> None:
    named = _named(page)
    assert [str(path) for _picture, path in named if not path.exists()] == []
    other = _ENGLISH if page.name.endswith(".zh-Hans.md") else _CHINESE
    assert [path.name for picture, path in named if picture and path.name.endswith(other)] == []


def test_every_picture_is_made_by_the_command_shown_in_both_languages_and_small() -> None:
    kept = set((PROJECT / "docs" / "pictures").iterdir())
    shown = {path for page in PICTURED for picture, path in _named(page) if picture}
    assert shown == kept
    names = {path.name for path in kept}
    english = {name.removesuffix(_ENGLISH) for name in names if name.endswith(_ENGLISH)}
    assert names == {name + end for name in english for end in (_ENGLISH, _CHINESE)}
    assert max(path.stat().st_size for path in kept) <= 80_000
    made = (PROJECT / "tools" / "shotpictures.py").read_text("utf-8")
    assert english == set(re.findall(r'Picture\("([\w-]+)"', made))
