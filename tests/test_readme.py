"""What the README tells people to type works.

A fenced `sh` block after a line `<!-- tested -->` is run line by line in the project's folder,
with a state folder of its own; a line that begins with `#` is a remark.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
BLOCK = re.compile(r"<!-- tested -->\s*```sh\n(.*?)```", re.DOTALL)
SECONDS = 120


def commands() -> list[str]:
    """Every tested line of the READMEs, once."""
    found: dict[str, None] = {}
    for readme in sorted(PROJECT.glob("README*.md")):
        for block in BLOCK.findall(readme.read_text()):
            lines = [line.strip().removeprefix("$ ") for line in block.splitlines()]
            found |= dict.fromkeys(line for line in lines if line and not line.startswith("#"))
    return list(found)


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_works(command: str, tmp_path: Path) -> None:
    kept = {"PATH", "HOME", "LANG", "QIAO_CHROMIUM", "QIAO_PYTHON"}
    environment = {k: v for k, v in os.environ.items() if k in kept}
    done = subprocess.run(
        ["sh", "-eu", "-c", command],
        cwd=PROJECT,
        env=environment | {"QIAO_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_both_readmes_show_the_same_commands() -> None:
    fences = [
        re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL)
        for path in sorted(PROJECT.glob("README*.md"))
    ]
    lines = [
        [line.partition("#")[0].strip() for block in found for line in block.splitlines()]
        for found in fences
    ]
    assert all(each == lines[0] for each in lines)
