"""Ladders in words: when a rung is reached and whom it tells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from qiao.cases import definitions
from qiao.cases.queries.ladders import Tried
from qiao.cases.rules.ladder import Rung
from qiao.cases.showing import names
from qiao.core.wording import said

AFTER: Final[Mapping[str, Any]] = {
    "waiting": pgettext_lazy("rung", "minutes untaken"),
    "percent": pgettext_lazy("rung", "percent of the time"),
    "due": pgettext_lazy("rung", "working hours late"),
}
TELL: Final[Mapping[str, Any]] = {
    "assignee": pgettext_lazy("rung", "whoever has the case"),
    "team": pgettext_lazy("rung", "the whole team"),
    "lead": pgettext_lazy("rung", "whoever leads the team"),
    "duty": pgettext_lazy("rung", "whoever is on duty"),
    "manager": pgettext_lazy("rung", "the unit's manager"),
    "executive": pgettext_lazy("rung", "the company's manager"),
}
PERSON: Final = "staff:"


@dataclass(frozen=True, slots=True)
class ShownRung:
    """A rung as a line: when, whom it tells, how, and what it is limited to."""

    when: str
    whom: str
    raises: bool
    mails: bool
    only: str


def show_rungs(rungs: Iterable[Rung], people: Mapping[str, str]) -> list[ShownRung]:
    """Rungs in words; `people` are names by staff number."""
    return [
        ShownRung(when_words(r), whom_words(r, people), r.raises, r.mails, _only(r)) for r in rungs
    ]


def when_words(rung: Rung) -> str:
    """When a rung is reached: “after 60 % of the time”."""
    n = rung.figure
    if rung.after == "percent":
        return _("after {n} % of the time").format(n=n)
    if rung.after == "waiting":
        return ngettext(
            "%(n)d min without anybody", "%(n)d min without anybody", n
        ) % {"n": n}  # fmt: skip
    if not n:
        return _("when the promised time runs out")
    return ngettext("%(n)d working hour late", "%(n)d working hours late", n) % {"n": n}


def whom_words(rung: Rung, people: Mapping[str, str]) -> str:
    """Whom a rung tells; a named person with the number."""
    if rung.tell.startswith(PERSON):
        number = rung.tell.removeprefix(PERSON)
        return f"{people.get(number, '')} {number}".strip()
    return str(TELL[rung.tell])


def numbers_in(rungs: Iterable[Rung]) -> list[str]:
    """Staff numbers of the people whom rungs name."""
    return [r.tell.removeprefix(PERSON) for r in rungs if r.tell.startswith(PERSON)]


def _only(rung: Rung) -> str:
    words = [str(names.PRIORITIES[key]) for key in rung.priorities if key in names.PRIORITIES]
    known = promise_names()
    words += [known.get(key, key) for key in rung.promises]
    return _(", ").join(words)


def promise_names(types: Sequence[str] | None = None) -> dict[str, str]:
    """Names of the promises of case types (None: of all) by their keys."""
    found: dict[str, str] = {}
    for key, item in definitions.case_types().items():
        if types is None or key in types:
            for spec in item.promises:
                found.setdefault(spec.key, said(spec.name))
    return found


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """A trial with its rungs in words: rung, standing, told, examples."""

    found: Tried
    lines: Sequence[tuple[ShownRung, int, int, str]]


def show_trial(found: Tried, people: Mapping[str, str]) -> ShownTrial:
    """Where today's cases would stand, rung by rung."""
    shown = show_rungs([each.rung for each in found.rungs], people)
    return ShownTrial(
        found,
        [
            (line, each.standing, each.told, " ".join(each.examples))
            for line, each in zip(shown, found.rungs, strict=True)
        ],
    )
