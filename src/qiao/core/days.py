"""Which day it is where the house stands, in SQL.

The database runs in UTC: its own ``CURRENT_DATE``, and a moment cast to a date, are of the day
before for eight hours of every day.
"""

from typing import Final

from django.conf import settings


def day_of(moment: str) -> str:
    """The day of a moment, as SQL; `moment` is an expression of a moment with its zone."""
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')::date"


TODAY: Final = day_of("%(now)s")
"""The day of the moment that is bound as ``now``."""
