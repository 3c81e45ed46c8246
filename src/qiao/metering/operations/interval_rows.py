"""A block of a file of interval data, its columns read into rows and judged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qiao.metering.operations.interval_files import Block
from qiao.metering.queries.interval_meters import NEVER, Meters
from qiao.metering.rules.interval_columns import amounts, from_local, is_estimate, read_moment
from qiao.metering.rules.intervals import CODES, FIELD_OF, Clock, Flags, Ints, Rows, Told, judge

MOST: Final = 1e11  # more than any register shows
_NUMBER: Final = r"^[+-]?\d{1,12}(\.\d{0,12})?$"
_CLIPPED: Final = 40


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is set aside, as it was given."""

    number: int
    field: str
    code: str
    meter: str
    at: str
    value: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The good rows of a block in the order of the file, the unit of each, and the others."""

    rows: Rows
    units: Ints
    refused: list[Refused]


def judge_block(
    block: Block, meters: Meters, clock: Clock, *, minutes: int, now: datetime
) -> Judged:
    """Read a block and judge its rows. `minutes` are those of rows that do not say theirs."""
    lasting = _minutes(block, minutes)
    start, has_moment, is_ambiguous = _moments(block, clock)
    if block.at == "end":
        start = start - lasting * 60
    amount, has_number = _amounts(block)
    estimated, has_quality = _quality(block)
    days = clock.days(start)
    hung = _registers(block, meters, days)
    rows = Rows(hung.register, start, lasting, amount, estimated)
    told = Told(
        hung.since, hung.until, hung.most, has_moment, is_ambiguous, has_number, has_quality
    )
    found = judge(rows, told, days, clock, now=now)
    refused = [Refused(n, "row", "columns", text[:_CLIPPED], "", "") for n, text in block.broken]
    if not found.any():
        return Judged(rows, hung.unit, refused)
    good = found == 0
    refused += [_refused(block, int(place), int(found[place])) for place in np.flatnonzero(~good)]
    return Judged(rows.take(good), hung.unit[good], refused)


def _refused(block: Block, place: int, code: int) -> Refused:
    def text(key: str) -> str:
        column = block.columns.get(key)
        return "" if column is None else str(column[place].as_py())[:_CLIPPED]

    word = CODES[code]
    meter, at, value = text("meter"), text(block.at), text("value")
    return Refused(block.number_of(place), FIELD_OF[word], word, meter, at, value)


def _distinct(column: Any) -> tuple[list[Any], Ints]:
    """The different values of a column, and the place of each row's among them; -1 for none."""
    whole = column.combine_chunks()
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    places = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    known = whole.dictionary
    used = pc.unique(whole.indices).drop_null().to_numpy()
    if len(used) < len(known):  # a block may come with the values of the whole file
        among = np.full(len(known) + 1, -1, dtype=np.int64)
        among[used] = np.arange(len(used))
        known, places = known.take(pa.array(used)), among[places]
    return known.to_pylist(), places


@dataclass(frozen=True, slots=True)
class _Hung:
    """Register and unit of each row, the days between which it counts, and the most that it
    shows; one value where it is that of all."""

    register: Ints
    unit: Ints
    since: Ints
    until: Ints
    most: Ints


def _registers(block: Block, meters: Meters, days: Ints) -> _Hung:
    """A meter that hung at several places is looked up by the day."""
    names, which = _distinct(block.columns["meter"])
    hung = meters.find([str(name or "") for name in names])
    table = np.array(
        [each[0].columns() if each else _UNKNOWN for each in (*hung, ())], dtype=np.int64
    )
    if all(len(each) < 2 for each in hung):
        register, unit, since, until, most = table.T.copy()
        if len(hung) and which.min() >= 0 and _all_hung(since[:-1], until[:-1], days):
            since[:], until[:] = since[:-1].max(), days.max() + 1
        return _Hung(*(_spread(each, which) for each in (register, unit, since, until, most)))
    found = table[which]  # the last line for rows without a meter
    for place, each in enumerate(hung):
        if len(each) < 2:
            continue
        own = np.flatnonzero(which == place)
        for one in each[1:]:
            fits = own[(days[own] >= one.since) & (days[own] < one.until)]
            found[fits] = one.columns()
    return _Hung(*found.T)


def _all_hung(since: Ints, until: Ints, days: Ints) -> bool:
    """Whether all meters hung on all of these days: then one span is that of every row."""
    return bool(since.max() <= days.min() and days.max() < until.min())


def _spread(column: Ints, which: Ints) -> Ints:
    """The value of each row, out of those of meters; the last one is of rows without a meter."""
    own = column[:-1]
    if len(own) and (own == own[0]).all() and which.min() >= 0:
        return np.broadcast_to(own[0], which.shape)
    return column[which]


_UNKNOWN: Final = (0, 0, 0, NEVER, 1 << 60)


def _moments(block: Block, clock: Clock) -> tuple[Ints, Flags, Flags]:
    column = block.columns[block.at]
    if pa.types.is_timestamp(column.type):
        missing = column.is_null().to_numpy()
        seconds = column.cast(pa.timestamp("s", tz=column.type.tz), safe=False).cast(pa.int64())
        told = seconds.fill_null(0).to_numpy()
        if column.type.tz is not None:
            return told, ~missing, np.zeros(len(told), dtype=bool)
        found, whole, twice = from_local(told, clock)
        return found, whole & ~missing, twice
    texts, which = _distinct(column)
    read = [read_moment(str(text or ""), clock.zone) for text in texts]
    table = np.array([at or 0 for at, _twice in read] + [0], dtype=np.int64)
    whole = np.array([at is not None for at, _twice in read] + [False])
    twice = np.array([twice for _at, twice in read] + [False])
    return table[which], whole[which], twice[which]


def _amounts(block: Block) -> tuple[Ints, Flags]:
    column = block.columns["value"]
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        texts = pc.utf8_trim_whitespace(column)
        is_number = pc.match_substring_regex(texts, _NUMBER).fill_null(fill_value=False)
        numbers = pc.if_else(is_number, texts, "0").cast(pa.float64())
        return amounts(numbers.to_numpy(), MOST), is_number.to_numpy()
    numbers = column.cast(pa.float64(), safe=False).to_numpy()
    is_number = np.isfinite(numbers)
    return amounts(np.where(is_number, numbers, 0.0), MOST), is_number


def _minutes(block: Block, minutes: int) -> Ints:
    """How long each lasts; what is no number of minutes is 1, which no interval lasts."""
    rows = len(block)
    column = block.columns.get("minutes")
    if column is None:
        return np.broadcast_to(np.int64(minutes), (rows,))
    texts, which = _distinct(column)
    read = [_whole(text) for text in texts] + [1]
    return np.array(read, dtype=np.int64)[which]


def _whole(text: object) -> int:
    word = str(text).strip()
    return int(word) if word.isdecimal() and len(word) < 5 and int(word) > 0 else 1


def _quality(block: Block) -> tuple[Flags, Flags]:
    column = block.columns.get("quality")
    if column is None:
        rows = len(block)
        return np.zeros(rows, dtype=bool), np.ones(rows, dtype=bool)
    words, which = _distinct(column)
    read = [is_estimate(str(word or "")) for word in words] + [False]
    estimated = np.array([bool(each) for each in read])[which]
    return estimated, np.array([each is not None for each in read])[which]
