"""Moments and clocks in words: how long ago, how long left, on which day.

The browser keeps these running (`frontend/js/clock.js`) from the epoch seconds left in the
markup, so both sides must speak alike: same limits, same words.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.ui.figures import ring
from qiao.core.ui.markup import markup

if TYPE_CHECKING:
    from qiao.core.ui.marks import Text

MINUTE, HOUR, DAY = 60, 3600, 86400
WARN_PERCENT, BAD_PERCENT = 60, 85


class Clock(Protocol):
    """What the mark of a deadline needs to know; see `sla`. Only `due_at` must be present."""

    @property
    def due_at(self) -> datetime | None: ...


def clock_face(seconds: float) -> str:
    """Seconds as 03:42 or 1:24:00."""
    whole = int(abs(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, second = divmod(rest, MINUTE)
    face = f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes:02}:{second:02}"
    return f"-{face}" if seconds < 0 else face


def duration(seconds: float) -> str:
    """A length of time in the two largest units that matter: 2 d, 3 h 12 min, 41 min, 02:10."""
    whole = int(abs(seconds))
    if whole >= 2 * DAY:
        return _("{n} d").format(n=whole // DAY)
    if whole >= 10 * HOUR:
        return _("{n} h").format(n=whole // HOUR)
    if whole >= HOUR:
        hours, minutes = whole // HOUR, whole % HOUR // MINUTE
        if minutes:
            return _("{h} h {m} min").format(h=hours, m=minutes)
        return _("{n} h").format(n=hours)
    if whole >= 10 * MINUTE:
        return _("{n} min").format(n=whole // MINUTE)
    return clock_face(whole)


def remaining(seconds: float) -> str:
    """How long is left, or by how long it is too late."""
    if seconds < 0:
        return _("{time} overdue").format(time=duration(seconds))
    return _("{time} left").format(time=duration(seconds))


def since_words(seconds: float) -> str:
    """Seconds gone by (negative: to come), within an hour."""
    minutes = int(abs(seconds)) // MINUTE
    if minutes < 1:
        return _("just now") if seconds >= 0 else _("in a moment")
    if seconds < 0:
        return _("in {n} min").format(n=minutes)
    return _("{n} min ago").format(n=minutes)


def when_words(moment: datetime, now: datetime, *, long: bool = False) -> str:
    """A moment as people here write it, in the organisation's time zone.

    Within an hour relative; the same day 09:41; this year 11-21; else 2025-07-14. `long` adds
    the time to a date.
    """
    gone = (now - moment).total_seconds()
    if abs(gone) < HOUR:
        return since_words(gone)
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    day = f"{local:%m-%d}" if local.year == today.year else f"{local:%Y-%m-%d}"
    return f"{day} {local:%H:%M}" if long else day


def moment(text: object) -> datetime | None:
    """The moment in a value that JSON carried as text; None for anything else."""
    if isinstance(text, datetime):
        return text
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def when(moment: datetime | None, mode: str = "", *, now: datetime | None = None) -> SafeString:
    """A ``<time>`` in words with the full moment as its tooltip; nothing for no moment.

    `mode` ``long`` adds the time of day to a date. `moment` is aware.
    """
    if moment is None:
        return mark_safe("")
    now = now or timezone.now()
    near = abs((now - moment).total_seconds()) < HOUR
    return markup(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{timezone.localtime(moment):%Y-%m-%d %H:%M}",
        markup(' data-when="{}"', int(moment.timestamp())) if near else "",
        when_words(moment, now, long=mode == "long"),
    )


def elapsed(
    since: datetime | None, mode: str = "clock", *, now: datetime | None = None
) -> SafeString:
    """A time that counts up from `since`: a clock face, or ``words``."""
    if since is None:
        return mark_safe("")
    seconds = ((now or timezone.now()) - since).total_seconds()
    return markup(
        '<span class="num" data-elapsed-since="{}" data-format="{}">{}</span>',
        int(since.timestamp()),
        mode,
        clock_face(max(seconds, 0)) if mode == "clock" else duration(seconds),
    )


def due(at: datetime | None, mode: str = "words", *, now: datetime | None = None) -> SafeString:
    """A time that counts down to `at`: ``words`` (41 min left) or a ``clock`` face."""
    if at is None:
        return mark_safe("")
    seconds = (at - (now or timezone.now())).total_seconds()
    return markup(
        '<span class="num" data-due-at="{}" data-format="{}">{}</span>',
        int(at.timestamp()),
        mode,
        clock_face(seconds) if mode == "clock" else remaining(seconds),
    )


def _percent(clock: Clock, now: datetime) -> float:
    given = getattr(clock, "percent", None)
    if given is not None:
        return float(given)
    started = getattr(clock, "started_at", None)
    if started is None or clock.due_at is None or clock.due_at <= started:
        return 100.0 if clock.due_at is not None and now >= clock.due_at else 0.0
    gone: float = (now - started) / (clock.due_at - started) * 100
    return gone


def _state(clock: Clock, percent: float) -> str:
    given = str(getattr(clock, "state", "") or "")
    if given in {"ok", "warn", "bad", "paused", "met", "missed"}:
        return given
    if percent >= BAD_PERCENT:
        return "bad"
    return "warn" if percent >= WARN_PERCENT else "ok"


def sla(clock: Clock | None, *, now: datetime | None = None) -> SafeString:
    """A deadline's mark: ring and words, running in the browser.

    Read from `clock`, all optional but `due_at`: `started_at`; `percent` (0..100 of the promised
    time used); `state` (ok, warn, bad, paused, met, missed; else from percent: warn from 60, bad
    from 85); `words` (said instead of our own); `explained` (the tooltip: starts and pauses);
    `running` (False stops the ticking, outside working hours).
    """
    if clock is None or clock.due_at is None:
        return mark_safe("")
    now = now or timezone.now()
    percent = _percent(clock, now)
    state = _state(clock, percent)
    words: Text = getattr(clock, "words", "") or _sla_words(clock, state, now)
    ticks = state in {"ok", "warn", "bad"} and getattr(clock, "running", True)
    started = getattr(clock, "started_at", None)
    tick = ""
    if ticks and not getattr(clock, "words", ""):
        tick = markup(' data-due-at="{}"', int(clock.due_at.timestamp()))
        if started is not None:
            tick += markup(' data-since="{}"', int(started.timestamp()))
    explained = getattr(clock, "explained", "") or ""
    return markup(
        '<span class="q-sla {}"{}{}>{}<span>{}</span></span>',
        {"ok": "", "missed": "bad"}.get(state, state),
        tick,
        markup(' title="{}"', explained) if explained else "",
        ring(percent),
        words,
    )


def _sla_words(clock: Clock, state: str, now: datetime) -> str:
    if state == "paused":
        return _("Clock paused")
    if state == "met":
        return pgettext("deadline", "In time")
    if state == "missed":
        return pgettext("deadline", "Missed")
    assert clock.due_at is not None
    return remaining((clock.due_at - now).total_seconds())
