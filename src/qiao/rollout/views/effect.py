"""Before and after a feature or a pilot, on screen and as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from qiao.cases.queries.report_figures import figures_for
from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import CaseFigure, Feature
from qiao.core.registry import registry
from qiao.core.rules.spans import ONE_DAY, Span
from qiao.core.table_files import TYPES
from qiao.rollout.effect_file import as_xlsx
from qiao.rollout.models import Pilot
from qiao.rollout.queries.effect import beside, days_switched_on, read_effect, units_with
from qiao.rollout.queries.figures import USUAL, chosen_figures
from qiao.rollout.queries.pilots import PilotMissing, pilot_for
from qiao.rollout.queries.standing import VIEW, units_for
from qiao.rollout.rules.effect import HALF_A_YEAR, LONGEST_DAYS, Periods, around
from qiao.rollout.showing import FigureEffect, effects
from qiao.rollout.views.boxes import language, today
from qiao.staff.queries import Unit

LENGTHS: Final = (14, 28, 90, HALF_A_YEAR)
MOST_FIGURES: Final = 10
MOST_STARTS: Final = 6
_NAMES: Final = ("before_since", "before_until", "after_since", "after_until")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is of: a feature, of a pilot or in general, with units and periods."""

    feature: Feature
    pilot: Pilot | None
    periods: Periods | None
    days: int
    figures: Sequence[CaseFigure]
    having: Sequence[Unit]
    without: Sequence[Unit]

    @property
    def query(self) -> str:
        """What names it in an address."""
        parts = QueryDict(mutable=True)
        parts["feature"] = self.feature.key
        if self.pilot:
            parts["pilot"] = str(self.pilot.pk)
        parts.setlist("fig", [figure.key for figure in self.figures])
        return parts.urlencode()


def _asked(request: StaffRequest, query: QueryDict) -> Asked:
    actor, day = request.actor, today(request)
    pilot = _pilot(request, query)
    feature = _feature(query, pilot)
    units = units_for(actor, language=language())
    days = _days(query, pilot)
    tried = _tried(query, pilot, feature, units, days, day)
    having: list[Unit] = []
    without: list[Unit] = []
    periods = None
    for periods in tried:
        having, never = units_with(key=feature.key, units=units, periods=periods)
        if pilot is not None:
            ids = set(pilot.units.values_list("unit_id", flat=True))
            having = [unit for unit in units if unit.unit_id in ids]
        without = beside(having, never)
        if having:
            break
    keys = tuple(query.getlist("fig"))[:MOST_FIGURES] or USUAL
    return Asked(feature, pilot, periods, days, chosen_figures(actor, keys), having, without)


def _tried(
    query: QueryDict,
    pilot: Pilot | None,
    feature: Feature,
    units: Sequence[Unit],
    days: int,
    day: date,
) -> list[Periods]:
    """The periods that may be compared: those typed, those of the pilot, else those around the
    latest days on which units were switched on."""
    own = _own_periods(query, day)
    if own is not None:
        return [own]
    starts = (
        [pilot.since]
        if pilot is not None
        else days_switched_on(key=feature.key, units=units, day=day)[:MOST_STARTS]
    )
    found = (around(start, days=days, last=day - ONE_DAY) for start in starts)
    return [periods for periods in found if periods is not None]


def _pilot(request: StaffRequest, query: QueryDict) -> Pilot | None:
    text = query.get("pilot", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise PilotMissing(text)
    return pilot_for(actor=request.actor, pilot_id=int(text), day=today(request)).pilot


def _feature(query: QueryDict, pilot: Pilot | None) -> Feature:
    declared = registry.features()
    wanted = query.get("feature", "") or (pilot.features[0] if pilot else "")
    if wanted and wanted not in declared:
        raise Http404(wanted)
    return declared[wanted] if wanted else next(iter(declared.values()))


def _days(query: QueryDict, pilot: Pilot | None) -> int:
    """How many days on either side: as asked for, as long as the pilot lasted, or four weeks."""
    text = query.get("days", "")
    asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    usual = (pilot.until - pilot.since).days if pilot else LENGTHS[1]
    return min(asked or usual, LONGEST_DAYS)


def _own_periods(query: QueryDict, day: date) -> Periods | None:
    """Days that the reader typed, if they are whole and in order."""
    try:
        given = [date.fromisoformat(query.get(name, "")) for name in _NAMES]
        periods = Periods(Span(given[0], given[1]), Span(given[2], given[3]))
    except ValueError:
        return None
    fits = max(periods.before.days, periods.after.days) <= LONGEST_DAYS
    return periods if fits and periods.after.until <= day and given[0].year > 1900 else None


def _read(request: StaffRequest, asked: Asked) -> list[FigureEffect]:
    if asked.periods is None or not asked.having:
        return []
    rows = read_effect(
        actor=request.actor,
        now=request.now,
        periods=asked.periods,
        figures=asked.figures,
        having=asked.having,
        without=asked.without,
    )
    return effects(asked.figures, rows)


@staff_view(VIEW)
def effect(request: StaffRequest) -> HttpResponse:
    """Chosen figures before and after, unit by unit, with the units beside that were without."""
    asked = _asked(request, request.GET)
    keys = {figure.key for figure in asked.figures}
    context = {
        "asked": asked,
        "found": _read(request, asked),
        "lengths": [(days, _length_words(days), days == asked.days) for days in LENGTHS],
        "features": list(registry.features().values()),
        "figures": [
            (figure, figure.key in keys) for figure in figures_for(request.actor).values()
        ],
        "may_export": request.actor.can("cases.export"),
    }
    return render(request, "rollout/effect.html", context)


def _length_words(days: int) -> str:
    if days == HALF_A_YEAR:
        return _("Half a year")
    return _("%(n)s days") % {"n": days}


@staff_view("cases.export", methods=("POST",))
def effect_file(request: StaffRequest) -> HttpResponse:
    """The same as a workbook; recorded."""
    request.actor.require(VIEW)
    asked = _asked(request, request.GET)
    found = _read(request, asked)
    if asked.periods is None:
        return HttpResponseRedirect(f"{reverse('rollout:effect')}?{asked.query}")
    name = asked.pilot.title if asked.pilot else str(asked.feature.label)
    disclosure.record(
        kind="export",
        subject="rollout.effect",
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=request.GET.urlencode()[:500] or asked.query[:500],
        fields=tuple(figure.key for figure in asked.figures),
        row_count=sum(len(each.lines) for each in found) or 1,
    )
    link = request.build_absolute_uri(f"{reverse('rollout:effect')}?{asked.query}")
    body = as_xlsx(name, asked.periods, found, link=link)
    response = HttpResponse(body, content_type=TYPES["xlsx"])
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{_('Effect')}-{name}.xlsx"
    )
    return response
