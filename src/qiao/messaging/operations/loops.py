"""Automatic mails that answer each other for ever are stopped: so many an hour to an address."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from qiao.core import parameters
from qiao.messaging.parameters import AUTOMATIC_AN_HOUR

_LATELY: Final = """
SELECT to_address, count(*) FROM messaging_message
 WHERE is_automatic AND channel = 'email' AND to_address = ANY(%(addresses)s)
   AND created_at > %(since)s AND state <> 'skipped'
 GROUP BY to_address
"""


def too_many(addresses: Sequence[str], *, now: datetime) -> list[bool]:
    """Whether each of these automatic mails is one too many within the hour, those before it in
    the order counted."""
    if not addresses:
        return []
    most = int(parameters.find(AUTOMATIC_AN_HOUR, day=timezone.localdate(now)).value)
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, {"addresses": list(addresses), "since": now - timedelta(hours=1)})
        lately = Counter(dict(cursor.fetchall()))
    found = []
    for address in addresses:
        found.append(lately[address] >= most)
        lately[address] += not found[-1]
    return found
