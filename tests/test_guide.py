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
