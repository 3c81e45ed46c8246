"""What the README tells people to type works: every fenced line, in a state folder of its own.

Two lines never end or take too long as they stand, and are run with a little more behind them:
the demo with few customers until it serves, the tests with one file.
"""

import os
import re
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiao.config.tests.test_demo import running_demo

PROJECT = Path(__file__).parents[1]
READMES = sorted(PROJECT.glob("README*.md"))
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
DEMO, TEST = "./qiao demo", "./qiao test"
ONE_FILE = "src/qiao/core/tests/test_rules_money.py"
SECONDS = 240


def commands(readme: Path) -> list[str]:
    """Every fenced line, without remarks."""
    lines = (
        line.partition("#")[0]
        for b in BLOCK.findall(readme.read_text())
        for line in b.splitlines()
    )
    return [line.strip() for line in lines if line.strip()]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo said and served, and the folder that it left behind."""

    home: Path
    address: str
    said: str
    page: str
    status: int


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo, begun and ended: what else the README names is typed after it, in its folder."""
    home = tmp_path_factory.mktemp("readme") / "home"
    with running_demo(home) as demo:
        address = f"http://localhost:{demo.port}/"
        with urllib.request.urlopen(address, timeout=20) as answer:
            page = answer.read().decode()
        return Shown(home, address, demo.said, page, demo.stop())


@pytest.mark.parametrize("command", [c for c in commands(READMES[0]) if c != DEMO])
def test_a_command_of_the_readme_works(command: str, shown: Shown) -> None:
    kept = {"PATH", "HOME", "LANG", "QIAO_CHROMIUM", "QIAO_PYTHON"}
    environment = {k: v for k, v in os.environ.items() if k in kept}
    done = subprocess.run(
        ["sh", "-eu", "-c", f"{command} {ONE_FILE}" if command == TEST else command],
        cwd=PROJECT,
        env=environment | {"QIAO_HOME": str(shown.home)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_demo_of_the_readme_serves_and_names_its_address(shown: Shown) -> None:
    assert DEMO in commands(READMES[0])
    assert shown.address in shown.said
    assert "林晓岚" in shown.page
    assert shown.status == 0


def test_all_readmes_show_the_same_commands_and_pictures_that_are_there() -> None:
    assert len(READMES) > 1
    for readme in READMES:
        assert commands(readme) == commands(READMES[0])
        pictures = PICTURE.findall(readme.read_text())
        assert len(pictures) > 3
        assert all((PROJECT / picture).is_file() for picture in pictures)
