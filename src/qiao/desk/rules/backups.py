"""When a backup by night is due, which old ones may go, and how much room one needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LOCK: Final = 7_432  # the class of our advisory locks of PostgreSQL
RUN_LOCK, KEEPER_LOCK = 1, 2
SPARE_BYTES: Final = 64 * 1024 * 1024
TEST_EVERY: Final = timedelta(days=7)
# Indexes are not dumped; a compressed dump is at most half of its rows, and stands there twice
# for a moment: by itself, and in the file.
TABLE_BYTES: Final = """
SELECT coalesce(sum(pg_table_size(c.oid)), 0)::bigint
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_'
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A backup that is there. `is_damaged`, `is_proved`: what its last test found."""

    run_id: int
    is_damaged: bool = False
    is_proved: bool = False


def bytes_needed(*, table_bytes: int, media_bytes: int) -> int:
    """The room that a backup needs while it is written, in bytes."""
    return table_bytes + media_bytes + SPARE_BYTES


def is_night_due(
    *, now: datetime, hour: int | None, asked_at: datetime | None, grace: timedelta
) -> bool:
    """Whether the backup of the last full `hour` is still to be made.

    `now` is the company's local time; `asked_at` is when the clock asked last. What was missed by
    more than `grace` is left out.
    """
    if hour is None:
        return False
    planned = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if planned > now:
        planned -= timedelta(days=1)
    return (asked_at is None or asked_at < planned) and now - planned < grace


def surplus(held: Sequence[Held], *, keep: int) -> list[int]:
    """The ids that go, of backups given newest first, when `keep` of them stay.

    The newest that no test found damaged stays in any case, and so does the newest that was
    restored and compared equal.
    """
    spared = {one.run_id for one in held[:keep]}
    spared.update([one.run_id for one in held if not one.is_damaged][:1])
    spared.update([one.run_id for one in held if one.is_proved][:1])
    return [one.run_id for one in held if one.run_id not in spared]
