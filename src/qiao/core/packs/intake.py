"""Reading a log of service requests by a mapping: which column means what.

A mapping (``intake.toml``) has ``[source]`` (pack, format, encoding, time format and zone),
``[unit]`` (who takes the requests in), ``[columns]``, ``[fields]``, ``[clean]``, ``[channel]``,
``[status]`` (word of the log to phase), ``[result]``, ``[area]`` and ``[type]``. Rows come out in
the order of opening, moments in UTC; what cannot be read comes out as refused, cells and all.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from qiao.core.packs.qualify import qualify
from qiao.core.packs.reading import PackInvalid, PackProblem, Table
from qiao.core.packs.sections import is_zone
from qiao.core.rules.texts import Text

REQUIRED: Final = ("id", "opened_at", "type", "status")
OPTIONAL: Final = (
    "closed_at",
    "updated_at",
    "area",
    "channel",
    "detail",
    "result",
    "latitude",
    "longitude",
)
PHASES: Final = ("intake", "assign", "work", "confirm", "closed")


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the log: the region code it has here, and its name."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True)
class IntakeUnit:
    """The unit that takes the requests in: its code and name, its outcome word, its duties.

    `outcome` is the qualified wrap-up result of its contacts.
    """

    code: str
    name: Text
    outcome: str
    duties: tuple[str, ...]


@dataclass(frozen=True)
class IntakeMap:
    """A checked mapping. `types` maps the log's words to qualified case type keys."""

    pack: str
    unit: IntakeUnit
    encoding: str
    time_format: str
    zone: ZoneInfo
    columns: Mapping[str, str]
    fields: Mapping[str, str]
    whole_numbers: tuple[str, ...]
    channel: str
    channels: Mapping[str, str]
    phases: Mapping[str, str]
    result_field: str
    result_default: str
    areas: Mapping[str, Area]
    types: Mapping[str, str]
    default_type: str


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One request of the log. `line` is its line in the file, `phase` how far it has come."""

    line: int
    id: str
    type_key: str
    type_name: str
    opened_at: datetime
    phase: str
    channel: str
    closed_at: datetime | None = None
    updated_at: datetime | None = None
    area: str = ""
    detail: str = ""
    result: str = ""
    latitude: float | None = None
    longitude: float | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)

    def refused(self, column: str, found: str, expected: str) -> "RowRefused":
        """The same line as one that cannot be taken in after all."""
        return RowRefused(self.line, self.id, column, found, expected, self.cells)


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A line that cannot be taken in: which column, what stands there, what should.

    `cells` is the line as it was, by column, so that it can be mended and taken in again.
    """

    line: int
    id: str
    column: str
    found: str
    expected: str
    cells: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """All of it in one sentence."""
        return f"{self.column or 'line'}: found {self.found!r}, expected {self.expected}"


class BadCell(ValueError):  # noqa: N818 - names the finding
    """A cell of the column that the mapping calls `key` cannot be read."""

    def __init__(self, key: str, found: str, expected: str) -> None:
        super().__init__(f"{key}: found {found!r}, expected {expected}")
        self.key = key
        self.found = found
        self.expected = expected


def load_intake(path: Path) -> IntakeMap:
    """Read and check a mapping.

    Raises:
        PackInvalid: with every problem found, each naming file and key.
    """
    path = Path(path)
    problems: list[PackProblem] = []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise PackInvalid([PackProblem(path.name, "", f"cannot be read: {error}")]) from error
    mapping = _read(Table(data, file=path.name, place="", problems=problems))
    if problems or mapping is None:
        raise PackInvalid(problems)
    return mapping


def _read(root: Table) -> IntakeMap | None:
    source, columns = root.table("source"), root.table("columns")
    fields, clean = root.table("fields"), root.table("clean")
    channel, status = root.table("channel"), root.table("status")
    result, kinds = root.table("result"), root.table("type")
    pack, zone = source.key("pack"), source.string("time_zone")
    source.choice("format", ("csv",))
    names, channels = kinds.table("names"), channel.table("names")
    if zone and not is_zone(zone):
        source.report("time_zone", f"expected a zone such as America/New_York, found {zone!r}")
        return None
    for key in columns.data:
        if key not in (*REQUIRED, *OPTIONAL):
            columns.report(key, f"expected one of {', '.join((*REQUIRED, *OPTIONAL))}")
    found = IntakeMap(
        pack=pack,
        unit=_unit(root.table("unit"), pack),
        encoding=source.string("encoding", "utf-8"),
        time_format=source.string("time_format"),
        zone=ZoneInfo(zone or "UTC"),
        columns={
            **{key: columns.string(key) for key in REQUIRED},
            **{key: columns.string(key) for key in OPTIONAL if columns.has(key)},
        },
        fields={key: fields.string(key) for key in fields.data},
        whole_numbers=clean.strings("whole_numbers"),
        channel=channel.string("default"),
        channels={key: channels.string(key) for key in channels.data},
        phases={key: status.choice(key, PHASES) for key in status.data},
        result_field=result.string("field", ""),
        result_default=result.string("default", ""),
        areas={word: _area(root.table("area"), word) for word in root.table("area").data},
        types={word: qualify(pack, names.string(word)) for word in names.data},
        default_type=qualify(pack, kinds.string("default")),
    )
    for table in (source, clean, channel, result, kinds, root):
        table.finish()
    return found


def _unit(table: Table, pack: str) -> IntakeUnit:
    found = IntakeUnit(
        table.string("code"),
        table.text("name"),
        qualify(pack, table.key("outcome")),
        table.strings("duties"),
    )
    table.finish()
    return found


def _area(areas: Table, word: str) -> Area:
    table = areas.table(word)
    words = {key: value for key, value in table.data.items() if key != "key"}
    inner = Table({"name": words}, file=table.file, place=table.place, problems=table.problems)
    return Area(table.string("key"), inner.text("name"))


def read_rows(mapping: IntakeMap, file: Path) -> Iterator[IntakeRow | RowRefused]:
    """Every row of the log, refused ones first, then by opening moment and id.

    Raises:
        PackInvalid: the file lacks a column that the mapping names.
    """
    open_log = partial(Path(file).open, encoding=mapping.encoding, newline="")
    with open_log(errors="surrogateescape") as stream:
        reader = csv.DictReader(stream, strict=True)
        _check_columns(mapping, Path(file).name, reader.fieldnames or ())
        read = list(_read_lines(mapping, reader))
    yield from (row for row in read if isinstance(row, RowRefused))
    rows = [row for row in read if isinstance(row, IntakeRow)]
    yield from sorted(rows, key=lambda row: (row.opened_at, row.id))


def _read_lines(
    mapping: IntakeMap, reader: "csv.DictReader[str]"
) -> Iterator[IntakeRow | RowRefused]:
    while True:
        line = reader.line_num + 1
        try:
            raw = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowRefused(line, "", "", str(error), "a line of comma-separated cells")
        else:
            yield _row(mapping, line, raw)


def _check_columns(mapping: IntakeMap, name: str, present: object) -> None:
    wanted = {**mapping.columns, **mapping.fields}
    missing = [
        PackProblem(name, column, f"column missing; the mapping reads {key} from it")
        for key, column in wanted.items()
        if isinstance(present, list | tuple) and column not in present
    ]
    if missing:
        raise PackInvalid(missing)


def _row(mapping: IntakeMap, line: int, raw: Mapping[str | None, Any]) -> IntakeRow | RowRefused:
    given = {column: cell or "" for column, cell in raw.items() if column is not None}
    extra = raw.get(None)
    cells = {column: cell.strip() for column, cell in given.items()}
    for column in mapping.whole_numbers:
        cells[column] = cells.get(column, "").removesuffix(".0")
    part = {key: cells.get(column, "") for key, column in mapping.columns.items()}
    try:
        if extra or None in raw.values():
            count = len(given) + len(extra or ()) - list(raw.values()).count(None)
            raise BadCell("", f"{count} cells", f"{len(given)} cells")
        return _made(mapping, line, part, cells)
    except BadCell as bad:
        column = mapping.columns.get(bad.key, bad.key)
        return RowRefused(line, part["id"], column, bad.found, bad.expected, given)


def _made(
    mapping: IntakeMap, line: int, part: Mapping[str, str], cells: Mapping[str, str]
) -> IntakeRow:
    opened_at, closed_at = _times(mapping, part)
    phase = mapping.phases.get(part["status"])
    if not part["id"]:
        raise BadCell("id", "", "the key of the request")
    if phase is None:
        raise BadCell("status", part["status"], f"one of {', '.join(mapping.phases)}")
    area = part.get("area", "")
    if area and area not in mapping.areas:
        raise BadCell("area", area, f"one of {', '.join(mapping.areas)}")
    return IntakeRow(
        line=line,
        id=part["id"],
        type_key=mapping.types.get(part["type"], mapping.default_type),
        type_name=part["type"],
        opened_at=opened_at,
        phase=phase,
        channel=mapping.channels.get(part.get("channel", ""), mapping.channel),
        closed_at=closed_at,
        updated_at=_moment(mapping, part, "updated_at"),
        area=mapping.areas[area].key if area else "",
        detail=part.get("detail", ""),
        result=part.get("result", ""),
        latitude=_number(part, "latitude"),
        longitude=_number(part, "longitude"),
        facts={key: cells[column] for key, column in mapping.fields.items() if cells[column]},
        cells=cells,
    )


def _times(mapping: IntakeMap, part: Mapping[str, str]) -> tuple[datetime, datetime | None]:
    opened_at = _moment(mapping, part, "opened_at")
    closed_at = _moment(mapping, part, "closed_at")
    if opened_at is None:
        raise BadCell("opened_at", "", "a moment of opening")
    if closed_at is not None and closed_at < opened_at:
        raise BadCell("closed_at", part["closed_at"], f"not before {part['opened_at']}")
    return opened_at, closed_at


def _moment(mapping: IntakeMap, part: Mapping[str, str], key: str) -> datetime | None:
    text = part.get(key, "")
    if not text:
        return None
    try:
        local = datetime.strptime(text, mapping.time_format)  # noqa: DTZ007 - zone added next
    except ValueError:
        raise BadCell(key, text, f"a moment written as {mapping.time_format}") from None
    return local.replace(tzinfo=mapping.zone).astimezone(UTC)


def _number(part: Mapping[str, str], key: str) -> float | None:
    text = part.get(key, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise BadCell(key, text, "a number") from None
