"""Files of interval data, read by columns: Parquet, or delimited text."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from qiao.core.sheets.delimited import open_delimited
from qiao.metering.rules.interval_columns import columns_in

BLOCK: Final = 1 << 20  # rows that are dealt with at once
PARQUET: Final = b"PAR1"
_TEXT_BLOCK: Final = 32 << 20  # bytes
_HEADER: Final = 1


class Unreadable(ValueError):  # noqa: N818 - names the finding
    """The file is damaged from here on; the words are those of its reader."""


@dataclass(slots=True)
class Block:
    """Rows of a file as columns by field; `at` says which of ``start`` and ``end`` there is.

    `before` rows of the file came before them; rows that have too few or too many columns are in
    `broken`, by their number, and not in the columns.
    """

    before: int
    columns: dict[str, pa.ChunkedArray]
    at: str
    broken: list[tuple[int, str]]
    skipped: list[int]
    is_text: bool

    def __len__(self) -> int:
        return len(self.columns["meter"])

    def number_of(self, place: int) -> int:
        """The number of a row, as an editor shows it."""
        first = number = self.before + place + 1 + (_HEADER if self.is_text else 0)
        while number != first + (passed := bisect_right(self.skipped, number)):
            number = first + passed
        return number


def blocks_of(path: Path, *, skip: int) -> Iterator[Block]:
    """The rows of a file after the first `skip`, `BLOCK` at most at once.

    Raises `MissingColumns`, `qiao.core.sheets.SheetRefused`, `Unreadable`.
    """
    with path.open("rb") as file:
        is_parquet = file.read(len(PARQUET)) == PARQUET
    try:
        yield from _parquet(path, skip) if is_parquet else _text(path, skip)
    except pa.ArrowInvalid as damage:
        raise Unreadable(str(damage).split("\n", 1)[0]) from damage


def _parquet(path: Path, skip: int) -> Iterator[Block]:
    with pq.ParquetFile(path) as file:
        names = columns_in(file.schema_arrow.names)
    with pq.ParquetFile(path, read_dictionary=[names["meter"]]) as file:
        before = 0
        for batch in file.iter_batches(batch_size=BLOCK, columns=list(names.values())):
            if before + batch.num_rows > skip:
                left = batch.slice(max(0, skip - before))
                yield _block(pa.Table.from_batches([left]), names, max(before, skip), text=False)
            before += batch.num_rows


def _text(path: Path, skip: int) -> Iterator[Block]:
    found = open_delimited(path)
    broken: list[tuple[int, str]] = []
    skipped: list[int] = []

    def put_aside(row: Any) -> str:
        skipped.append(row.number)
        if row.text.strip():
            broken.append((row.number, row.text))
        return "skip"

    reading = pa_csv.ReadOptions(
        encoding=found.encoding, block_size=_TEXT_BLOCK, use_threads=False
    )
    parsing = pa_csv.ParseOptions(
        delimiter=found.delimiter, invalid_row_handler=put_aside, ignore_empty_lines=False
    )
    with pa_csv.open_csv(path, reading, parsing) as head:
        names = columns_in(head.schema.names)
    broken.clear()
    skipped.clear()
    converting = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names.values(), pa.string()),
        include_columns=list(names.values()), strings_can_be_null=False,
    )  # fmt: skip
    before, waiting = 0, []
    with pa_csv.open_csv(path, reading, parsing, converting) as batches:
        for batch in batches:
            waiting.append(batch)
            if sum(each.num_rows for each in waiting) >= BLOCK:
                yield from _cut(waiting, names, before, skip, broken, skipped)
                before += sum(each.num_rows for each in waiting)
                waiting.clear()
        if waiting or broken:
            yield from _cut(waiting, names, before, skip, broken, skipped)


def _cut(
    batches: list[pa.RecordBatch], names: dict[str, str], before: int, skip: int,
    broken: list[tuple[int, str]], skipped: list[int],
) -> Iterator[Block]:  # fmt: skip
    if not batches:
        return
    table = pa.Table.from_batches(batches)
    if before + table.num_rows > skip:
        left = table.slice(max(0, skip - before))
        block = _block(left, names, max(before, skip), text=True)
        block.broken, block.skipped = list(broken), sorted(skipped)
        yield block
    broken.clear()


def _block(table: pa.Table, names: dict[str, str], before: int, *, text: bool) -> Block:
    columns = {key: table.column(name) for key, name in names.items()}
    at = "start" if "start" in columns else "end"
    return Block(before, columns, at, [], [], text)
