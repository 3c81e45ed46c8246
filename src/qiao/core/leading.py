"""One of several processes leads: an advisory lock of PostgreSQL that goes with its connection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import psycopg
import structlog
from django.db import connection

from qiao.core.live import connection_parameters

LOOK_SECONDS: Final = 1.0
ANSWERS_SECONDS: Final = 5.0  # in which a database that is there answers
# A machine that died holds the lead until the database notices: after 25 s, not two hours. Whoever
# is only cut off has stopped by then: see `lead_lost`.
NOTICES_DEATH: Final = {
    "tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3,
}  # fmt: skip
AGAIN_SECONDS: Final = 0.5  # between two attempts while the database is away
Leader = psycopg.AsyncConnection[tuple[object, ...]]
_LED: Final = """
SELECT EXISTS (
    SELECT 1 FROM pg_locks k, (SELECT hashtext(%s)::bigint AS key) h
     WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
       AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND k.objid::bigint = h.key & 4294967295
       AND k.classid::bigint = (h.key >> 32) & 4294967295)
"""
log: Final = structlog.get_logger(__name__)


def is_led(what: str) -> bool:
    """Whether a process leads in `what` now."""
    with connection.cursor() as cursor:
        cursor.execute(_LED, [what])
        (found,) = cursor.fetchone()
    return bool(found)


@contextlib.asynccontextmanager
async def leading(what: str) -> AsyncIterator[Leader]:
    """Wait until no other process leads in `what`; the lead is lost with its connection."""
    while True:
        try:
            leader = await psycopg.AsyncConnection.connect(
                autocommit=True, **connection_parameters()
            )
            for name, value in NOTICES_DEATH.items():
                await leader.execute(f"SET {name} = {value}")
            await leader.execute("SELECT pg_advisory_lock(hashtext(%s))", [what])
            break
        except psycopg.OperationalError:
            log.warning("database_away")
            await asyncio.sleep(AGAIN_SECONDS)
    try:
        yield leader
    finally:
        await leader.close()


async def lead_lost(leader: Leader) -> None:
    """Returns when the lead is lost."""
    with contextlib.suppress(psycopg.OperationalError, TimeoutError):
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            async with asyncio.timeout(ANSWERS_SECONDS):
                await leader.execute("SELECT 1")
    log.warning("lead_lost")
