"""The guide for bringing customers over is run as it stands, in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import transaction

from qiao.core.sheets import open_sheet
from qiao.customers.models import Account, CustomerImport
from tests.journeys.site import PROJECT, found_company

GUIDES = sorted((PROJECT / "docs" / "guides").glob("data-migration*.md"))
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands(guide: Path) -> list[str]:
    """Every shaded box."""
    return _BLOCK.findall(guide.read_text("utf-8"))


def test_both_languages_show_the_same_commands() -> None:
    first, second = (commands(guide) for guide in GUIDES)
    assert first == second
    assert len(first) == 6


def test_the_guide_does_what_it_says(own_database: str, tmp_path: Path) -> None:
    with transaction.atomic():
        found_company()
    before = Account.objects.count()
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment[name] = urlunsplit(
            urlsplit(os.environ[name])._replace(path=f"/{own_database}")
        )
    environment.pop("QIAO_EMBEDDED", None)
    told = []
    for command in commands(GUIDES[0]):
        done = subprocess.run(
            ["sh", "-eu", "-c", command.replace("./qiao", f"{sys.executable} -m qiao.config.cli")],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        told.append(done.stdout)
    assert "500 rows: 490 new, 0 known, 10 refused" in told[1]
    assert "Telephone number is no telephone number" in told[1]
    assert "小区 -> (left out)" in told[2]
    assert "490 taken in" in told[2]
    assert len({row.cells[0] for row in open_sheet(tmp_path / "refused.xlsx").rows()}) == 10
    assert "500 rows: 0 new, 490 known, 10 refused" in told[3]
    assert "2 read: 2 new, 0 corrected, 0 known already, 0 refused" in told[4]
    assert "488 rows taken back, 2 kept" in told[5]
    assert CustomerImport.objects.get().state == "rolled_back"
    assert Account.objects.count() == before + 2
