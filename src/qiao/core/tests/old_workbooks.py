"""Writes small XLS files (MS-CFB container, BIFF8 records), as Excel 97 would."""

from struct import pack

Cell = str | float | None
ERROR = None


def write_xls(
    cells: dict[tuple[int, int], Cell], *, has_password: bool = False, name: str = "客户"
) -> bytes:
    """Make a workbook of one sheet; None becomes #N/A."""
    sheet = _record(0x0809, pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for (row, column), value in sorted(cells.items()):
        sheet += _cell(row, column, value)
    sheet += _record(0x000A, b"")
    return wrap(_globals(name, has_password=has_password) + sheet)


def wrap(stream: bytes, *, name: str = "Workbook") -> bytes:
    """Put one stream of at least 4,096 bytes into a compound file."""
    stream = stream.ljust(4_096, b"\0")
    count = -(-len(stream) // 512)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    if len(chain) > 128:
        raise ValueError("one sector of the table is enough for tests")
    table = pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    directory += _entry(name, 2, 2, len(stream)) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    header += pack("<IIIII", 4_096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + table + directory + stream.ljust(count * 512, b"\0")


def _globals(name: str, *, has_password: bool) -> bytes:
    start = _record(0x0809, pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    if has_password:
        start += _record(0x002F, pack("<HHH", 0, 1, 2))
    start += _record(0x0042, pack("<H", 1200))
    text = name.encode("utf-16-le")
    length = len(start) + 4 + 8 + len(text) + 4
    sheet = pack("<IBBBB", length, 0, 0, len(name), 1) + text
    return start + _record(0x0085, sheet) + _record(0x000A, b"")


def _cell(row: int, column: int, value: Cell) -> bytes:
    place = pack("<HHH", row, column, 0)
    if value is ERROR:
        return _record(0x0205, place + b"\x2a\x01")
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x0204, place + pack("<HB", len(text) // 2, 1) + text)
    return _record(0x0203, place + pack("<d", value))


def _record(kind: int, body: bytes) -> bytes:
    return pack("<HH", kind, len(body)) + body


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    entry = text.ljust(64, b"\0") + pack("<HBB", len(text), kind, 1)
    entry += pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
    return entry + pack("<IQ", start, size)
