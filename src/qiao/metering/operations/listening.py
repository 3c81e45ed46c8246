"""What the listener of the broker says of itself, for the page."""

from datetime import datetime
from typing import Final

from django.db import connection

from qiao.core.transactions import acting

WORDS: Final = 300

_SAY: Final = """
INSERT INTO metering_listenerstate AS s
       (id, broker, seen_at, connected_at, last_message_at, waiting_count, error, error_at)
VALUES (1, %(broker)s, %(now)s, %(connected_at)s, %(last_message_at)s, %(waiting)s, %(error)s,
        %(error_at)s)
ON CONFLICT (id) DO UPDATE
   SET broker = excluded.broker, seen_at = excluded.seen_at,
       connected_at = excluded.connected_at,
       last_message_at = coalesce(excluded.last_message_at, s.last_message_at),
       waiting_count = excluded.waiting_count,
       error = CASE WHEN excluded.error_at IS NULL THEN s.error ELSE excluded.error END,
       error_at = coalesce(excluded.error_at, s.error_at)
"""


def say_state(
    *, now: datetime, broker: str, connected_at: datetime | None,
    last_message_at: datetime | None, waiting: int, error: str, error_at: datetime | None,
) -> None:  # fmt: skip
    """Keep how the listener fares; the last fault stays told until there is another one.

    `broker` is its address without a password, `waiting` how many messages it holds.
    """
    with acting(None), connection.cursor() as cursor:
        cursor.execute(
            _SAY,
            {
                "now": now, "broker": broker, "connected_at": connected_at,
                "last_message_at": last_message_at, "waiting": waiting, "error": error[:WORDS],
                "error_at": error_at,
            },
        )  # fmt: skip
