"""The work sheets of the enabled packs, read once per process of the server."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from qiao.core.packs import SHIPPED, PackInvalid, PackProblem, qualify
from qiao.core.packs.reading import Table
from qiao.dispatch.rules.sheets import PLAIN, Sheet, read_sheet

FILE = "work_sheets.toml"


def load_sheets(folder: Path) -> list[Sheet]:
    """The sheets of the pack in `folder`, case types qualified; none without the file.

    Raises `PackInvalid` with every problem, each naming file and key.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    problems: list[PackProblem] = []
    table = Table(
        tomllib.loads(path.read_text(encoding="utf-8")), file=FILE, place="", problems=problems
    )
    sheets = [read_sheet(item) for item in table.tables("sheet")]
    table.finish()
    if problems:
        raise PackInvalid(problems)
    return sheets


@cache
def sheets_by_case_type() -> Mapping[str, Sheet]:
    """Sheets of all enabled packs by qualified case type (``water.leak``)."""
    found: dict[str, Sheet] = {}
    for pack, sheet in _all_sheets():
        for case_type in sheet.case_types:
            found[qualify(pack, case_type)] = sheet
    return found


def _all_sheets() -> Iterator[tuple[str, Sheet]]:
    for pack in settings.QIAO_PACKS:
        for sheet in load_sheets(SHIPPED / pack):
            yield pack, sheet


def sheet_for(case_type: str) -> Sheet:
    """The sheet for a case type: its pack's, or the plain one."""
    return sheets_by_case_type().get(case_type, PLAIN)
