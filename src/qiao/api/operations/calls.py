"""A call: what it takes from the key's allowance, and what is kept of it. One statement each.

Both stand outside the call's own transaction, so that calls of one key do not wait for each
other, and neither waits for the disk: a crash may lose the last moment's figures.
"""

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from django.db import connection

from qiao.api.rules.latency import CLASSES, class_of

IDEMPOTENCY = "api:"  # scopes of remembered answers begin with it, the key's id follows
BAD_REQUEST, SERVER_FAULT = 400, 500
BURST_SECONDS = 60  # so much of its allowance may a key take at once

_TAKE = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO api_keybucket AS b (key_id, "left", filled_at)
SELECT %(key)s, %(most)s - 1, %(now)s FROM quick
ON CONFLICT (key_id) DO UPDATE SET
    "left" = least(%(most)s, b."left" + greatest(
        0, extract(epoch FROM excluded.filled_at - b.filled_at)) * %(rate)s) - 1,
    filled_at = greatest(b.filled_at, excluded.filled_at)
 WHERE least(%(most)s, b."left" + greatest(
        0, extract(epoch FROM excluded.filled_at - b.filled_at)) * %(rate)s) >= 1
RETURNING b."left"
"""
_LEFT = """
SELECT "left" + greatest(0, extract(epoch FROM %(now)s - filled_at)) * %(rate)s
  FROM api_keybucket WHERE key_id = %(key)s
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key may still do: `left` calls of `most`, the bucket full again in `full_seconds`.

    `wait_seconds` is above 0 when this call is one too many.
    """

    most: int
    left: int
    full_seconds: int
    wait_seconds: int = 0


def take_token(*, key_id: int, calls_a_minute: int, now: datetime) -> Allowance:
    """Take one call from the key's token bucket."""
    most = max(1, calls_a_minute * BURST_SECONDS // 60)
    rate = calls_a_minute / 60
    values: dict[str, Any] = {"key": key_id, "most": float(most), "rate": rate, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = cursor.fetchone()
        if taken is not None:
            left = float(taken[0])
            return Allowance(most, int(left), ceil((most - left) / rate))
        cursor.execute(_LEFT, values)
        (held,) = cursor.fetchone()
    wait = max(1, ceil((1 - float(held)) / rate))
    return Allowance(most, 0, ceil((most - float(held)) / rate), wait)


_COUNT = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO api_usage AS u
    (key_id, day, operation, calls, refused, failed, times, last_at)
SELECT %(key)s, %(day)s, %(operation)s, 1, %(refused)s, %(failed)s, %(times)s::bigint[], %(now)s
  FROM quick
ON CONFLICT (key_id, day, operation) DO UPDATE SET
    calls = u.calls + 1, refused = u.refused + excluded.refused,
    failed = u.failed + excluded.failed, last_at = greatest(u.last_at, excluded.last_at),
    times[%(place)s] = u.times[%(place)s] + 1
"""


def count_call(
    *, key_id: int, operation: str, status: int, milliseconds: float, day: date, now: datetime
) -> None:
    """Add one call to the figures of its key, day and operation."""
    place = class_of(milliseconds)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "key": key_id,
                "day": day,
                "operation": operation,
                "refused": int(BAD_REQUEST <= status < SERVER_FAULT),
                "failed": int(status >= SERVER_FAULT),
                "times": [int(n == place) for n in range(CLASSES)],
                "place": place + 1,
                "now": now,
            },
        )
