"""A file of invented customers as a company would hand it over, to try an import with.

Some rows are faulty on purpose, so that the first import shows what a refusal looks like.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

import xlsxwriter

from qiao.customers.rules import fiction

HEADER: Final = (
    "用户编号", "户名", "联系电话", "备用电话", "用水地址", "小区", "水表编号", "口径(mm)",
    "用水性质", "开户日期", "状态",
)  # fmt: skip
CENTRE: Final = (30.205, 120.435)
NUMBERS: Final = 30_000_000_000  # account numbers begin here, apart from those of the demo


@dataclass(frozen=True, slots=True)
class Sample:
    """What was written: rows in all, and how many of them are faulty."""

    rows: int
    faulty: int


def write_sample(
    path: Path, *, rows: int, faulty: int = 0, seed: int = 1, today: date, first: int = 0
) -> Sample:
    """Write a file of `rows` customers; its ending (``.xlsx`` or ``.csv``) says which form.

    A CSV is in GB18030, as exports of older systems are. `faulty` rows, spread evenly, have one
    fault each. Account numbers count from `first`. Equal seeds give equal files. Raises
    `ValueError` for another ending.
    """
    lines = _lines(rows, faulty, Random(seed), today, first)  # noqa: S311 - believable, not secret
    if path.suffix == ".csv":
        with path.open("w", encoding="gb18030", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(lines)
    elif path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("用户资料")
            sheet.write_row(0, 0, HEADER)
            for number, line in enumerate(lines, start=1):
                sheet.write_row(number, 0, line)
    else:
        raise ValueError(f"expected a name that ends in .xlsx or .csv, found {path.name}")
    return Sample(rows, min(faulty, rows))


def _lines(rows: int, faulty: int, rng: Random, today: date, first: int) -> Iterator[list[str]]:
    district = fiction.District(rng, area="A1", name="滨湖区", centre=CENTRE)
    step = rows // faulty if faulty else 0
    for number in range(rows):
        line = _line(first + number, district, rng, today)
        if step and number % step == 0 and number // step < faulty:
            _spoil(line, number // step)
        yield line


def _line(number: int, district: fiction.District, rng: Random, today: date) -> list[str]:
    home = district.home()
    firm = rng.random() < 0.05
    if firm:
        name = fiction.firm_name(rng, district="滨湖区", kind="shop")
    else:
        name = fiction.person_name(rng, is_female=rng.random() < 0.5)
    mobile = fiction.mobile(rng)
    written = mobile if rng.random() < 0.7 else f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"
    opened = today - timedelta(days=int(rng.random() * 7000) + 30)
    place = "".join((home.district, home.road, home.house_number, home.community, home.building,
                     home.unit, home.room))  # fmt: skip
    return [
        str(NUMBERS + number),
        name,
        written,
        f"0{fiction.landline(rng)}" if rng.random() < 0.15 else "",
        place,
        home.community,
        f"W-{70_000_000 + number}",
        "15" if not firm else "25",
        "经营服务" if firm else "居民生活",
        opened.strftime("%Y-%m-%d") if rng.random() < 0.8 else opened.strftime("%Y/%m/%d"),
        "正常",
    ]


def _spoil(line: list[str], kind: int) -> None:
    """One fault of ten that real files have."""
    faults = (
        (1, ""),
        (2, "12"),
        (0, "1.00288E+10"),
        (9, "2019-02-30"),
        (10, "在途"),
        (8, "火星用水"),
        (4, ""),
        (9, "2099-01-01"),
        (0, "户号待定"),
        (2, "无"),
    )
    column, value = faults[kind % len(faults)]
    line[column] = value
