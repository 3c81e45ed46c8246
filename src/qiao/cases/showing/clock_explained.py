"""Why each clock of a case stands where it does: its due moment in words, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases.models import CaseEvent
from qiao.cases.rules.clock_state import Clock, ClockState
from qiao.cases.rules.figures import ANY
from qiao.cases.rules.working_time import Calendars, WorkingTime
from qiao.cases.showing.clocks import ShownClock, ShownPiece
from qiao.cases.showing.times import span_words
from qiao.core.rules.calendar import working_spans

MOST_DAYS = 7
LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Explained:
    """A shown clock with all that the page of reasons adds.

    `derived` says how the due moment comes about, `because` why its figure is not the usual one,
    `doubt` what the calendar does not know; `pieces` are told with who caused them.
    """

    clock: ShownClock
    derived: str
    because: str
    doubt: str
    pieces: Sequence[tuple[ShownPiece, str]]


def explain(
    shown: Sequence[ShownClock], state: ClockState, case_id: int, calendars: Calendars
) -> list[Explained]:
    """All clocks of a case with their reasons; two statements."""
    by_place = {(clock.promise, clock.round): clock for clock in state.clocks}
    events = list(
        CaseEvent.objects.filter(case=case_id, actor__isnull=False)
        .order_by("seq")
        .values_list("kind", "at", "actor__name")
    )
    who = {(kind, at.replace(microsecond=0)): name for kind, at, name in events}
    because = _because(case_id)
    found = []
    for each in shown:
        clock = by_place[(each.key, each.round)]
        found.append(
            Explained(
                each,
                derivation(clock, calendars),
                _why(because.get(each.key), state.priority),
                doubt(clock, calendars),
                [
                    (piece, who.get((raw.reason, raw.start), ""))
                    for piece, raw in zip(each.pieces, clock.pieces, strict=False)
                ],
            )
        )
    return found


def derivation(clock: Clock, calendars: Calendars) -> str:
    """How the due moment of an open clock comes about, in one sentence; empty for an ended one."""
    if not clock.open:
        return ""
    left = clock.target_seconds - clock.elapsed_seconds
    if clock.due_at is None:
        return _("Stands still with %(left)s left; due when it runs again.") % {
            "left": span_words(max(0, left))
        }
    if left <= 0:
        return _("The promised time was used up at that moment.")
    known = WorkingTime.of(calendars, clock.calendar, clock.calendar_version)
    begun = clock.pieces[-1].start
    zone = ZoneInfo(known.calendar_at(begun).timezone)
    start, due = begun.astimezone(zone), clock.due_at.astimezone(zone)
    said = _("%(left)s of working time from %(start)s → %(due)s") % {
        "left": span_words(left),
        "start": f"{start:%m-%d %H:%M}",
        "due": f"{due:%m-%d %H:%M}",
    }
    skipped = _closed_days(known, start, due)
    if not skipped:
        return said
    days = ", ".join(f"{day:%m-%d}" for day in skipped[:MOST_DAYS])
    more = len(skipped) - MOST_DAYS
    if more > 0:
        days += ngettext(" and %(n)s day more", " and %(n)s days more", more) % {"n": more}
    return _("%(said)s; not counted: %(days)s") % {"said": said, "days": days}


def _closed_days(known: WorkingTime, start: datetime, due: datetime) -> list[date]:
    """Whole days between in which nobody works."""
    found = []
    for offset in range(min((due.date() - start.date()).days, LONGEST_DAYS) + 1):
        noon = datetime.combine(start.date(), datetime.min.time(), start.tzinfo) + timedelta(
            days=offset, hours=12
        )
        if not working_spans(known.calendar_at(noon), noon.date()):
            found.append(noon.date())
    return found


def doubt(clock: Clock, calendars: Calendars) -> str:
    """What to say where a clock is due in a year whose public days nobody has announced."""
    if not clock.open or clock.due_at is None:
        return ""
    known = WorkingTime.of(calendars, clock.calendar, clock.calendar_version).versions[-1]
    if known.known_years is None or clock.due_at.year in known.known_years:
        return ""
    return _(
        "The public days of %(year)s are not announced yet and count as any other day: the due"
        " moment may still move."
    ) % {"year": clock.due_at.year}


def _because(case_id: int) -> Mapping[str, Mapping[str, Any]]:
    """Why figures of a case are not the usual ones: what it was opened with or told last."""
    said = CaseEvent.objects.filter(case=case_id, data__has_key="because").order_by("-seq")
    data = said.values_list("data", flat=True).first()
    return data["because"] if data else {}


def _why(reason: Mapping[str, Any] | None, priority: str) -> str:
    if not reason:
        return ""
    parts = []
    if reason.get("tier"):
        usual = reason.get("usual", {})
        seconds = usual.get(priority, usual.get(ANY))
        if seconds:
            parts.append(
                _("tier %(tier)s, instead of %(usual)s for everybody")
                % {"tier": reason["tier"], "usual": span_words(seconds)}
            )
        else:
            parts.append(_("tier %(tier)s") % {"tier": reason["tier"]})
    if reason.get("source"):
        parts.append(str(reason["source"]))
    if reason.get("since"):
        parts.append(_("since %(day)s") % {"day": reason["since"]})
    return " · ".join(parts)
