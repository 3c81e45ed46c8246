"""The lake of interval data: where its files lie, and their rows by register and time."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from qiao.metering.models import LakeFile
from qiao.metering.rules.intervals import Rows, latest

SCHEMA: Final = pa.schema(
    [
        pa.field("register_id", pa.int64(), nullable=False),
        pa.field("start", pa.timestamp("s", tz="UTC"), nullable=False),
        pa.field("minutes", pa.int16(), nullable=False),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("estimated", pa.bool_(), nullable=False),
    ]
)
"""A file of the lake: when an interval began, how long it lasts in minutes, what was used in it
in ten-thousandths of the register's unit, and whether that was estimated."""


def folder() -> Path:
    """Where the lake lies: a folder for each unit, in it one for each month."""
    return Path(settings.MEDIA_ROOT) / "lake" / "intervals"


def path_of(name: str) -> Path:
    """Where a file of the lake lies."""
    return folder() / name


def files_of(*, organisation_ids: Sequence[int], months: Sequence[date]) -> list[LakeFile]:
    """The files of these units and local months, in the order in which they hold."""
    rows = LakeFile.objects.filter(
        organisation__in=organisation_ids, month__in=months, replaced_at__isnull=True
    )
    return list(rows.order_by("rank", "pk"))


def rows_of(files: Sequence[LakeFile], register_ids: Sequence[int]) -> Rows:
    """The rows of registers, by register and start, each once as the latest file tells it."""
    versions = [
        _read(each, [("register_id", "in", list(register_ids))])
        for each in files
        if any(each.first_register_id <= pk <= each.last_register_id for pk in register_ids)
    ]
    return latest(versions) if versions else _EMPTY


def read_rows(file: LakeFile, *, first: int, last: int) -> Rows:
    """The rows of a file of registers from `first` to `last`."""
    return _read(file, [("register_id", ">=", first), ("register_id", "<=", last)])


def _read(file: LakeFile, filters: list[tuple[str, str, Any]]) -> Rows:
    table = pq.read_table(path_of(file.name), schema=SCHEMA, filters=filters)
    return Rows(
        register=table["register_id"].to_numpy(),
        start=table["start"].cast(pa.int64()).to_numpy(),
        minutes=table["minutes"].to_numpy().astype(np.int64),
        amount=table["amount"].to_numpy(),
        estimated=table["estimated"].to_numpy(),
    )


_NONE: Final = np.zeros(0, dtype=np.int64)
_EMPTY: Final = Rows(_NONE, _NONE, _NONE, _NONE, _NONE.astype(bool))
