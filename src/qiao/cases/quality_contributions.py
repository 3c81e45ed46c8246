"""Cases as work that is judged: what was finished, and the whole story of one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases import definitions
from qiao.cases.models import Case, CaseClock
from qiao.cases.queries import NotVisible, case_history, get_case_for
from qiao.cases.queries.finished import finished_cases
from qiao.cases.showing import names
from qiao.cases.showing.detail import definition_of, speech_for
from qiao.cases.showing.history import Line, show_history
from qiao.cases.showing.times import clock_words, span_words
from qiao.core.actor import Actor
from qiao.core.manifest import EvaluationSubject, Story, StoryLine, Text
from qiao.core.wording import from_names, said

MOST_ENTRIES: Final = 400
_ENDS: Final = {
    "met": (pgettext_lazy("clock", "in time"), "circle-check", "ok"),
    "late_met": (pgettext_lazy("clock", "late"), "clock-exclamation", "bad"),
    "late": (pgettext_lazy("clock", "late"), "clock-exclamation", "bad"),
    "cancelled": (pgettext_lazy("clock", "no longer owed"), "circle-x", "mute"),
}


def case_story(*, actor: Actor, subject_id: int, now: datetime) -> Story | None:
    """A case with all that happened and the starts and stops of its clocks, oldest first; None
    where the actor may not see it."""
    try:
        case = get_case_for(actor=actor, case_id=subject_id)
    except NotVisible:
        return None
    found = case_history(case_id=case.pk, limit=MOST_ENTRIES)
    lines = show_history(reversed(found.entries), speech_for(case))
    kind = from_names(case.case_type.names, case.case_type.key)
    closed = f"{timezone.localtime(case.closed_at):%Y-%m-%d %H:%M}" if case.closed_at else ""
    facts = (
        (_("Type"), kind),
        (_("Unit"), names.unit_name(case.organisation)),
        (_("First person"), case.responsible.name),
        (_("Opened"), f"{timezone.localtime(case.opened_at):%Y-%m-%d %H:%M}"),
        (_("Archived"), closed),
        (str(names.TEXT_FIELDS["description"]), case.description),
    )
    return Story(
        number=case.number,
        title=case.title,
        url=reverse("cases:detail", args=[case.pk]),
        organisation_id=case.organisation_id,
        facts=tuple(each for each in facts if each[1]),
        lines=tuple(
            sorted((*map(_line, lines), *_clock_lines(case, now)), key=lambda line: line.at)
        ),
    )


def _clock_lines(case: Case, now: datetime) -> Iterator[StoryLine]:
    """Each round of a promise: when it began to run, and when it ended, in time or late."""
    definition = definition_of(case)
    for clock in CaseClock.objects.filter(case=case).order_by("started_at", "id"):
        told = {"promise": names.promise_name(definition, case.process_id, clock.promise)}
        due = clock_words(clock.due_at, now) if clock.due_at else ""
        yield _of_clock(
            clock.started_at,
            _("Clock started: %(promise)s") % told,
            _("due %(moment)s") % {"moment": due} if due else "",
            "player-play",
            "mute",
        )
        if clock.stopped_at is None:
            continue
        words, icon, tone = _ENDS.get(clock.state, _ENDS["cancelled"])
        used = _("%(used)s counted") % {"used": span_words(clock.elapsed_seconds)}
        yield _of_clock(
            clock.stopped_at,
            _("Clock stopped: %(promise)s") % told,
            f"{words} · {used}",
            icon,
            tone,
        )


def _of_clock(at: datetime, title: str, detail: str, icon: str, tone: str) -> StoryLine:
    return StoryLine(
        seq=0, at=at, title=title, detail=detail, text="", who="", icon=icon, tone=tone, side=""
    )


def _line(line: Line) -> StoryLine:
    values = "\n".join(f"{label}: {value}" for label, value in line.values)
    return StoryLine(
        seq=line.seq,
        at=line.at,
        title=str(line.title),
        detail=str(line.detail),
        text="\n".join(filter(None, (str(line.text), values))),
        who=line.staff,
        icon=line.icon,
        tone=line.tone,
        side=line.side,
    )


def case_kinds() -> Sequence[tuple[str, Text]]:
    """Case types by key, in words."""
    return [(item.key, said(item.name)) for item in definitions.case_types().values()]


EVALUATED = (
    EvaluationSubject(
        key="case",
        label=pgettext_lazy("work that is judged", "Case"),
        pool=finished_cases,
        story=case_story,
        kinds=case_kinds,
    ),
)
