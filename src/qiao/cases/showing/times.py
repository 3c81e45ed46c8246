"""Lengths of time that stand still, in words; what ticks is the business of `core.ui.moments`."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.ui.moments import DAY, HOUR, MINUTE


def clock_words(moment: datetime, now: datetime) -> str:
    """A moment that stands still: 09:41 today, else 11-21 09:41, else with its year."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def span_words(seconds: float) -> str:
    """How long something took: 40 s, 7 min, 3 h 12 min, 2 d 4 h."""
    whole = int(abs(seconds))
    if whole < MINUTE:
        return _("{n} s").format(n=whole)
    if whole < HOUR:
        return _("{n} min").format(n=whole // MINUTE)
    if whole < DAY:
        return _two(_("{n} h"), whole // HOUR, _("{n} min"), whole % HOUR // MINUTE)
    return _two(_("{n} d"), whole // DAY, _("{n} h"), whole % DAY // HOUR)


def _two(large: str, n: int, small: str, m: int) -> str:
    words = large.format(n=n)
    return f"{words} {small.format(n=m)}" if m else words
