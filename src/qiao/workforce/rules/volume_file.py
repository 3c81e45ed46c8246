"""A file of call counts: one line a moment and its calls, the moments evenly apart.

    DateTime,Calls
    2003-03-03T07:00:00Z,111

Moments are taken as the clock on the wall; a zone at their end is not looked at.
"""

import csv
import gzip
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from qiao.workforce.rules.volume import DAY_MINUTES, BadHistory, History, from_counts

FEWEST_SHARE: Final = 0.5  # of the usual intervals: a day with fewer was not recorded whole


def read_volume(path: Path) -> History:
    """The history in a CSV file, plain or gzip. Raises `BadHistory` with the line, `OSError`."""
    found: dict[date, dict[int, float]] = {}
    with _opened(path) as lines:
        for number, row in enumerate(csv.reader(lines), 1):
            if not row or (number == 1 and not _is_moment(row[0])):
                continue
            moment, calls = _line(row, number)
            minute = moment.hour * 60 + moment.minute
            day = found.setdefault(moment.date(), {})
            day[minute] = day.get(minute, 0.0) + calls
    if not found:
        raise BadHistory("no line with a moment and a count")
    minutes = _step(found)
    opens = min(min(day) for day in found.values())
    closes = max(max(day) for day in found.values()) + minutes
    whole = Counter(len(day) for day in found.values()).most_common(1)[0][0]
    days = sorted(day for day, rows in found.items() if len(rows) >= FEWEST_SHARE * whole)
    return from_counts(
        found, minutes=minutes, opens=opens, closes=min(closes, DAY_MINUTES), days=days
    )


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _is_moment(text: str) -> bool:
    try:
        _moment(text)
    except ValueError:
        return False
    return True


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.strip().removesuffix("Z")).replace(tzinfo=None)


def _line(row: list[str], number: int) -> tuple[datetime, float]:
    try:
        moment, calls = _moment(row[0]), float(row[1])
    except (ValueError, IndexError) as wrong:
        raise BadHistory(f"line {number}: a moment and a count expected") from wrong
    if not 0 <= calls < float("inf"):
        raise BadHistory(f"line {number}: a count from 0 on expected")
    return moment, calls


def _step(found: dict[date, dict[int, float]]) -> int:
    """The minutes from one interval to the next that occur most."""
    steps = Counter(b - a for day in found.values() for a, b in pairwise(sorted(day)))
    if not steps:
        raise BadHistory("at least two moments on a day")
    return steps.most_common(1)[0][0]
