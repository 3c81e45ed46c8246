"""A text of two gigabytes is read to its end, as the check of an upload reads it: how much the
memory of the process grows, beside the plain reading of its bytes."""

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring.timing import Limits, Result, once

from qiao.core.sheets import open_sheet
from qiao.core.table_uploads import digest_of

LIMITS = Limits(most={"grown_mb": 300})
REMARKS = 42  # columns: a million rows stay just below the limit of two gigabytes
PAGE = os.sysconf("SC_PAGE_SIZE")
MB = 1024 * 1024


def measure(customers: int) -> Iterator[Result]:
    """Read a file of so many wide rows; `grown_mb` is the highest memory above the beginning's."""
    with tempfile.TemporaryDirectory(prefix="qiao-read-") as folder:
        file = Path(folder) / "wide.csv"
        size = _write(file, customers)
        began = time.monotonic()
        digest_of(file)
        floor = time.monotonic() - began
        before = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
        began = time.monotonic()
        rows = sum(1 for _ in open_sheet(file).rows())
        seconds = time.monotonic() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        yield once("import-read", seconds, floor, limits=LIMITS, rows=rows, file_mb=size // MB,
                   grown_mb=round((peak - before) / MB, 1))  # fmt: skip


def _write(file: Path, rows: int) -> int:
    """Rows of 48 columns, most of them remarks; the size of the file in bytes."""
    remarks = ",".join(f"备注{n}：{'现场情况正常' * 2}" for n in range(REMARKS))
    head = ",".join(f"备注栏{n}" for n in range(REMARKS))
    with file.open("w", encoding="utf-8") as out:
        out.write(f"户号,户名,联系电话,用水地址,水表编号,开户日期,{head}\n")
        for n in range(rows):
            line = f"{n:010d},王芳{n},138{n:08d},滨湖区柳荫路{n}号,W-{n:08d},2019-03-01,{remarks}"
            out.write(f"{line}\n")
    return file.stat().st_size
