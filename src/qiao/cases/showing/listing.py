"""Lists of cases in words: rows, tabs, filters that are set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.cases import definitions
from qiao.cases.forms.filters import MARKS
from qiao.cases.queries import CaseRow, Filters
from qiao.cases.queries.filters import NOTHING
from qiao.cases.queries.report_figures import figure_words
from qiao.cases.queries.searching import read_words, written_in
from qiao.cases.rules.snippets import Piece, first_snippet, snippet
from qiao.cases.showing import names
from qiao.cases.showing.answers import answer_words
from qiao.cases.showing.cause_words import cause_names
from qiao.cases.showing.clocks import DueMark, row_mark
from qiao.cases.showing.setting_aside import AsideMark, aside_mark
from qiao.core.wording import said
from qiao.staff.queries import organisation_names

VIEW_NAMES: Final[Mapping[str, LazyText]] = {
    "mine": pgettext_lazy("view of cases", "Mine"),
    "team": pgettext_lazy("view of cases", "My team"),
    "responsible": pgettext_lazy("view of cases", "First person: me"),
    "unassigned": pgettext_lazy("view of cases", "Unassigned"),
    "late": pgettext_lazy("view of cases", "Late"),
    "due_soon": pgettext_lazy("view of cases", "Due soon"),
    "urgent": pgettext_lazy("view of cases", "Urgent"),
    "follow_up": pgettext_lazy("view of cases", "To follow up"),
    "paused": pgettext_lazy("view of cases", "Paused"),
    "snoozed": pgettext_lazy("view of cases", "Set aside"),
    "returned": pgettext_lazy("view of cases", "Back again"),
    "open": pgettext_lazy("view of cases", "All open"),
    "closed": pgettext_lazy("view of cases", "Archived"),
    "all": pgettext_lazy("view of cases", "All"),
}
ALARMS: Final = {"late": "bad", "due_soon": "warn"}
FILTER_NAMES: Final[Mapping[str, LazyText]] = {
    "type": pgettext_lazy("filter of cases", "Type"),
    "group": pgettext_lazy("filter of cases", "Kind"),
    "priority": pgettext_lazy("filter of cases", "Priority"),
    "channel": pgettext_lazy("filter of cases", "Channel"),
    "area": pgettext_lazy("filter of cases", "Area"),
    "cause": pgettext_lazy("filter of cases", "Cause"),
    "phase": pgettext_lazy("filter of cases", "Phase"),
    "level": pgettext_lazy("filter of cases", "Deadline"),
    "step": pgettext_lazy("filter of cases", "Step"),
    "tier": pgettext_lazy("filter of cases", "Customer tier"),
    "answer": pgettext_lazy("filter of cases", "Answer"),
    "tag": pgettext_lazy("filter of cases", "Customer tag"),
    "team": pgettext_lazy("filter of cases", "Team"),
    "person": pgettext_lazy("filter of cases", "Works on it"),
    "responsible": pgettext_lazy("filter of cases", "First person"),
    "unit": pgettext_lazy("filter of cases", "Branch"),
    "opened_from": pgettext_lazy("filter of cases", "Opened since"),
    "opened_to": pgettext_lazy("filter of cases", "Opened until"),
    "closed_from": pgettext_lazy("filter of cases", "Archived since"),
    "closed_to": pgettext_lazy("filter of cases", "Archived until"),
    "promise": pgettext_lazy("filter of cases", "Promise"),
    "pack": pgettext_lazy("filter of cases", "Pack"),
    "escalated": pgettext_lazy("filter of cases", "Escalated"),
    "nobody": pgettext_lazy("filter of cases", "Without a customer"),
    "figure": pgettext_lazy("filter of cases", "Figure"),
    "open_on": pgettext_lazy("filter of cases", "Open at the end of"),
    "only": pgettext_lazy("filter of cases", "Unit"),
    "text": pgettext_lazy("filter of cases", "Text"),
}
COLUMN_NAMES: Final[Mapping[str, LazyText]] = {
    "customer": gettext_lazy("Customer"),
    "step": gettext_lazy("Step"),
    "due": gettext_lazy("Deadline"),
    "assignee": gettext_lazy("Works on it"),
    "changed": gettext_lazy("Updated"),
    "opened": pgettext_lazy("case", "Opened"),
    "priority": gettext_lazy("Priority"),
    "channel": gettext_lazy("Channel"),
    "area": gettext_lazy("Area"),
    "type": gettext_lazy("Type"),
    "responsible": gettext_lazy("First person"),
    "closed": gettext_lazy("Archived"),
}
SORT_NAMES: Final[Mapping[str, LazyText]] = {
    "due": pgettext_lazy("order of cases", "Most pressing first"),
    "priority": pgettext_lazy("order of cases", "By priority"),
    "opened": pgettext_lazy("order of cases", "Newest first"),
    "-opened": pgettext_lazy("order of cases", "Oldest first"),
    "changed": pgettext_lazy("order of cases", "Last changed first"),
    "-changed": pgettext_lazy("order of cases", "Longest untouched first"),
    "number": pgettext_lazy("order of cases", "By number, from the last"),
    "-number": pgettext_lazy("order of cases", "By number, from the first"),
}
PROMISES: Final[Mapping[str, LazyText]] = {
    "kept": pgettext_lazy("promise", "Kept"),
    "missed": pgettext_lazy("promise", "Missed"),
    "running": pgettext_lazy("promise", "Running"),
}


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the list in words."""

    row: CaseRow
    type_name: str
    step_name: str
    phase_name: str
    phase_tone: str
    severity: int
    mark: DueMark | None
    promise: str
    aside: AsideMark | None
    title: tuple[Piece, ...] = ()
    found: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """A view with its kept count; None where nothing is kept."""

    key: str
    label: str
    count: int | None
    tone: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set."""

    name: str
    label: str
    value: str


def show_rows(rows: Sequence[CaseRow]) -> list[ShownRow]:
    """Rows in words; reads names of steps once per process of the server."""
    names.remember_steps({row.process_id for row in rows})
    types = definitions.case_types()
    return [
        ShownRow(
            row=row,
            type_name=names.type_name(row.type_names),
            step_name=names.step_name(row.process_id, row.step),
            phase_name=str(names.PHASES[row.phase]),
            phase_tone=names.PHASE_TONES[row.phase],
            severity=names.SEVERITY[row.priority],
            mark=row_mark(due_at=row.due_at, started_at=row.clock_started_at, level=row.level)
            if row.closed_at is None
            else None,
            promise=names.promise_name(types.get(row.type_key), row.process_id, row.due_promise)
            if row.due_promise
            else "",
            aside=aside_mark(row.aside),
        )
        for row in rows
    ]


def with_words(shown: Sequence[ShownRow], text: str) -> list[ShownRow]:
    """The same rows with the words of a search marked in the title, and else where they stand."""
    words = read_words(text)
    if words is None:
        return list(shown)
    written = written_in([each.row.case_id for each in shown])
    return [
        replace(
            each,
            title=snippet(each.row.title, words.words, length=len(each.row.title)),
            found=first_snippet(written.get(each.row.case_id, ""), words.words),
        )
        for each in shown
    ]


def show_tabs(counts: Mapping[str, int], view: str) -> list[Tab]:
    """All views with their counts; what came back only while there is something."""
    return [
        Tab(
            key=key,
            label=str(label),
            count=counts.get(key),
            tone=ALARMS.get(key, "") if counts.get(key) else "",
            current=key == view,
        )
        for key, label in VIEW_NAMES.items()
        if key != "returned" or key == view or counts.get(key)
    ]


def show_chips(
    filters: Filters,
    *,
    people: Mapping[int, str],
    units: Mapping[int, str],
    tags: Mapping[int, str],
) -> list[Chip]:
    """The filters that are set, in words."""
    unset = Filters()
    known = dict.fromkeys(("person", "responsible"), people)
    known |= dict.fromkeys(("team", "unit"), units) | {"tag": tags}
    chips = []
    for name, label in FILTER_NAMES.items():
        value = getattr(filters, name)
        if value == getattr(unset, name):
            continue
        chips.append(Chip(name, str(label), _value(name, value, known)))
    return chips


def _value(name: str, value: object, known: Mapping[str, Mapping[int, str]]) -> str:
    if name in known:
        return known[name].get(int(str(value)), "?")
    if name == "promise":
        return str(PROMISES[str(value)])
    if name in MARKS:
        return _("Yes")
    if name == "figure":
        return figure_words(str(value))
    if name == "answer" and isinstance(value, tuple):
        return answer_words(value)
    if name == "only" and isinstance(value, tuple):
        return _(", ").join(organisation_names(value).values())
    if isinstance(value, tuple):
        return _(", ").join(_word(name, item) for item in value)
    return str(value)


def _word(name: str, key: str) -> str:
    if key == NOTHING:
        return pgettext("filter of cases", "Not stated")
    if name == "cause":
        return cause_names([key])[0]
    tables = {
        "priority": names.PRIORITIES,
        "phase": names.PHASES,
        "level": names.LEVELS,
        "group": names.GROUPS,
    }
    if name in tables:
        return str(tables[name].get(key, key))
    if name == "type":
        definition = definitions.case_types().get(key)
        return said(definition.name) if definition else key
    if name == "step":
        return names.offered_steps().get(key, key)
    return names.channel_words(key) if name == "channel" else key


def offered_types() -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Case types by group, for a choice."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, definition in definitions.case_types().items():
        groups.setdefault(definition.group, []).append((key, said(definition.name)))
    return [(str(names.GROUPS.get(group, group)), types) for group, types in groups.items()]
