"""Common causes in words: why a burst is one, where it stands, how reports came over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.cases import definitions
from qiao.cases.models import AlikeNotice, AlikeProposal, Case
from qiao.cases.queries import (
    ParentLine,
    ParentPage,
    ReportLine,
    fitting_parents,
    parent_line,
)
from qiao.cases.rules.alike import over_time
from qiao.cases.showing.times import clock_words
from qiao.core.actor import Actor
from qiao.core.wording import said
from qiao.staff.queries import region_names

BARS: Final = 24
BAR_WIDTH, CHART_HEIGHT = 12, 64
STATES: Final[Mapping[str, LazyText]] = {
    "open": pgettext_lazy("common cause", "Going on"),
    "closing": pgettext_lazy("common cause", "Being closed"),
    "closed": pgettext_lazy("common cause", "Over"),
}
TONES: Final = {"open": "bad", "closing": "warn", "closed": "ok"}
TOLD: Final[Mapping[str, LazyText]] = {
    "": pgettext_lazy("told of a common cause", "not told yet"),
    "queued": pgettext_lazy("told of a common cause", "on its way"),
    "sent": pgettext_lazy("told of a common cause", "told"),
    "failed": pgettext_lazy("told of a common cause", "did not arrive: call"),
    "unknown": pgettext_lazy("told of a common cause", "perhaps not received: call"),
    "cancelled": pgettext_lazy("told of a common cause", "message cancelled: call"),
    "too_many": pgettext_lazy("told of a common cause", "too many messages within an hour: call"),
    "told_already": pgettext_lazy("told of a common cause", "message not found: call"),
    "no_customer": pgettext_lazy("told of a common cause", "caller unknown: call back"),
    "no_address": pgettext_lazy("told of a common cause", "no e-mail: call"),
    "doubtful": pgettext_lazy("told of a common cause", "e-mail in doubt: call"),
    "no_consent": pgettext_lazy("told of a common cause", "no consent: call"),
    "erased": pgettext_lazy("told of a common cause", "data erased"),
}


def area_name(area: str) -> str:
    """The name of an area by its region code; the code where it has none."""
    return region_names(get_language() or "en").get(area, area) if area else ""


def kind_name(kind: str) -> str:
    """The kind of trouble, as the case types that report it are called."""
    found = [said(t.name) for t in definitions.case_types().values() if t.alike == kind]
    return " / ".join(found[:3])


def proposal_words(proposal: AlikeProposal) -> str:
    """Why this is taken for a burst, in one sentence."""
    usual = f"{proposal.usual_per_hour:.1f}"
    count = ngettext("%(n)d report", "%(n)d reports", proposal.count) % {"n": proposal.count}
    return _("%(count)s within %(minutes)d min, usual is %(usual)s per hour") % {
        "count": count,
        "minutes": proposal.minutes,
        "usual": usual,
    }


def chance_words(proposal: AlikeProposal) -> str:
    """How likely so many are by chance."""
    if proposal.chance <= 0:
        return _("by chance: practically never")
    once_in = 1 / proposal.chance
    if once_in > 1_000_000_000:
        return _("by chance: practically never")
    return _("by chance: once in %(n)s") % {"n": f"{once_in:,.0f}"}


def parent_words(line: ParentLine, now: datetime) -> str:
    """A common cause in one sentence: how many since when, and until when."""
    since = clock_words(line.since, now)
    words = ngettext(
        "%(n)d report since %(since)s", "%(n)d reports since %(since)s", line.reports
    ) % {"n": line.reports, "since": since}
    if line.expected_at is None:
        return words
    when = _("expected back %(when)s") % {"when": clock_words(line.expected_at, now)}
    return f"{words} · {when}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart, in the units of its drawing, with its words."""

    x: int
    y: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """How reports came over time; `first` and `last` label its ends."""

    bars: Sequence[Bar]
    width: int
    height: int
    most: int
    first: str
    last: str


def show_chart(page: ParentPage, now: datetime) -> Chart | None:
    """Reports over time, from the first to the last or to now; None without any."""
    if not page.moments:
        return None
    since = min(*page.moments, page.parent.since) if page.moments else page.parent.since
    until = max(page.parent.closing_at or now, *page.moments)
    until = max(until, since + timedelta(minutes=BARS))
    counts = over_time(page.moments, since=since, until=until, bars=BARS)
    most = max(counts)
    step = (until - since) / BARS
    bars = [
        Bar(
            x=place * BAR_WIDTH,
            y=CHART_HEIGHT - height,
            height=height,
            words=f"{clock_words(since + place * step, now)}: {count}",
        )
        for place, count in enumerate(counts)
        for height in [round(count * (CHART_HEIGHT - 4) / most) if most else 0]
    ]
    return Chart(
        bars,
        BARS * BAR_WIDTH,
        CHART_HEIGHT,
        most,
        clock_words(since, now),
        clock_words(until, now),
    )


def notice_words(notice: AlikeNotice) -> str:
    """What became of a notice, in counts: those that are none are left out."""
    counts = (
        (_("told %(n)d"), notice.told_count),
        (_("on the way %(n)d"), notice.waiting_count),
        (_("did not arrive %(n)d"), notice.failed_count),
        (_("could not be written to %(n)d"), notice.missed_count),
    )
    return " · ".join(words % {"n": n} for words, n in counts if n)


def by_street(reports: Sequence[ReportLine]) -> list[tuple[str, list[tuple[ReportLine, str]]]]:
    """Reports by street, as they come: each with what became of telling it."""
    streets: dict[str, list[tuple[ReportLine, str]]] = {}
    for line in reports:
        told = str(TOLD.get(line.told, line.told))
        streets.setdefault(line.street, []).append((line, told))
    return list(streets.items())


@dataclass(frozen=True, slots=True)
class Alike:
    """What the page of a case says of common causes: the one that it belongs to or carries, and
    those that it could join."""

    parent: ParentLine | None
    words: str
    offered: Sequence[tuple[ParentLine, str]]


def show_alike(case: Case, *, actor: Actor, now: datetime) -> Alike:
    """Say of which common cause a case is, carries, or could be."""
    if case.is_parent or case.parent_id is not None:
        line = parent_line(actor=actor, case_id=case.parent_id or case.pk)
        words = parent_words(line, now) if line else ""
        return Alike(None if case.is_parent else line, words, ())
    definition = definitions.case_types().get(case.case_type.key)
    if definition is None or not definition.alike or case.closed_at or case.merged_into_id:
        return Alike(None, "", ())
    found = fitting_parents(actor=actor, kind=definition.alike, area=case.area)
    return Alike(None, "", [(line, parent_words(line, now)) for line in found])
