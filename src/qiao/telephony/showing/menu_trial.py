"""The course of a trial of a voice menu in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.core.registry import registry
from qiao.core.rules.money import Money
from qiao.core.rules.months import month_of
from qiao.core.rules.spelt import Spelt
from qiao.telephony.queries import queue_name
from qiao.telephony.rules.menu_trial import ANSWER, NO_ANSWER, Trial, TrialLine
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import Entry
from qiao.telephony.rules.menus import OK, OPEN, Menu
from qiao.telephony.rules.speech import words_of
from qiao.telephony.showing.menu_words import answer_name, calendar_name, outcome_name

WORDS: Final[Mapping[str, Promise]] = {
    "silence": gettext_lazy("Nothing is pressed until the time is over"),
    "no_answer": gettext_lazy("No answer came in time"),
    "records": gettext_lazy("The tone sounds, and a message is recorded"),
    "kept": gettext_lazy("The message is kept, with example values"),
    "promised": gettext_lazy("The call back is promised, with example values"),
    "refused": gettext_lazy("The call back cannot be promised"),
    "left_queue": gettext_lazy("Leaves the queue by key, and keeps the place"),
    "hang_up": gettext_lazy("The call ends"),
}
ICONS: Final[Mapping[str, str]] = {
    "said": "volume",
    "key": "grid-dots",
    "silence": "clock",
    "asked": "search",
    "answered": "check",
    "no_answer": "x",
    "hours": "clock",
    "records": "microphone",
    "kept": "check",
    "wants_callback": "phone-outgoing",
    "promised": "check",
    "refused": "x",
    "queue": "headset",
    "left_queue": "arrow-back-up",
    "hang_up": "phone-off",
}


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A line of the course: what was said, or what happened; `step` is the key of where."""

    kind: str
    icon: str
    words: str
    step: str


def examples(now: datetime) -> Mapping[str, Value]:
    """An example of each kind of value that answers bring."""
    return {
        "money": Money(12_345, "CNY"),
        "date": now.date(),
        "time": time(15, 30),
        "digits": Spelt("20261128"),
        "count": 3,
        "text": _("example"),
        "month": month_of(now.date()),
        "number": Decimal(12),
    }


def example_lists() -> Mapping[str, Sequence[Entry]]:
    """What is read out in a trial, by the name of the list."""
    voice = registry.voice().items()
    return {name: found.example for (kind, name), found in voice if kind == "list"}


def course_lines(menu: Menu, trial: Trial) -> list[CourseLine]:
    """The course of a trial, from its beginning."""
    return [
        CourseLine(each.kind, ICONS[each.kind], _words(menu, each), each.step)
        for each in trial.lines
    ]


def _words(menu: Menu, line: TrialLine) -> str:
    if line.kind in WORDS:
        return str(WORDS[line.kind])
    if line.kind == "said":
        return words_of(menu, line.prompts, line.name)
    return _TOLD[line.kind](line)


def _answered(line: TrialLine) -> str:
    kind, _colon, name = line.name.partition(":")
    return _("Example answer: %(outcome)s") % {"outcome": outcome_name(name, line.detail, kind)}


def _hours(line: TrialLine) -> str:
    told = {"calendar": calendar_name(line.name)}
    if line.detail == OPEN:
        return _("%(calendar)s: in service") % told
    return _("%(calendar)s: out of service") % told


_TOLD: Final[Mapping[str, Callable[[TrialLine], str]]] = {
    "key": lambda line: line.name,
    "asked": lambda line: _("Asked: %(what)s") % {"what": answer_name(line.detail, line.name)},
    "answered": _answered,
    "hours": _hours,
    "wants_callback": lambda line: (
        _("Asks to be called back at %(number)s") % {"number": line.name}
    ),
    "queue": lambda line: _("Waits for people: %(queue)s") % {"queue": queue_name(line.name)},
}


def possible_answers(trial: Trial) -> list[tuple[str, str]]:
    """Moves that answer the question which the trial asks, with their words."""
    question = trial.question
    if question is None:
        return []
    found = registry.voice().get((question.kind, question.name))
    outcomes = found.outcomes if found else ()
    if question.kind in ("check", "list"):
        outcomes = (OK, *outcomes)
    moves = [
        (f"{ANSWER}{each}", outcome_name(question.name, each, question.kind)) for each in outcomes
    ]
    return [*moves, (NO_ANSWER, _("No answer comes"))]
