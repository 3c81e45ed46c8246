"""A case on paper: one sheet for the page that is printed and for the PDF."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases.queries import Entry
from qiao.cases.showing import names
from qiao.cases.showing.detail import Detail, speech_for
from qiao.cases.showing.history import Line, show_history
from qiao.core.rules.texts import language_key
from qiao.core.typesetting import look_of, typeset

SOURCE: Final = Path(__file__).with_name("case.typ")
INSIDE: Final = "internal"


@dataclass(frozen=True, slots=True)
class PrintedEntry:
    """One line of the history."""

    at: str
    who: str
    title: str
    detail: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on the paper. `sections` are headed texts, `facts` pairs of label and value;
    `whole` is false where only the newest part of a very long history is printed."""

    number: str
    title: str
    kind: str
    organisation: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str], ...]
    history_title: str
    history: tuple[PrintedEntry, ...]
    foot: str
    language: str
    whole: bool = True


def printed(
    detail: Detail, entries: Iterable[Entry], *, inside: bool, foot: str, whole: bool
) -> Sheet:
    """The sheet of a case in the reader's language, its history from the beginning; notes for
    colleagues alone only if `inside`."""
    case = detail.case
    zone = ZoneInfo(case.organisation.timezone)
    kept = [entry for entry in entries if inside or entry.visibility != INSIDE]
    lines = reversed(show_history(kept, speech_for(case)))
    return Sheet(
        number=case.number,
        title=case.title,
        kind=f"{detail.group_name} / {detail.type_name} · {detail.step_name}",
        organisation=names.unit_name(case.organisation),
        facts=tuple((label, value) for label, value in _facts(detail, zone) if value),
        sections=((str(names.TEXT_FIELDS["description"]), case.description),)
        if case.description
        else (),
        history_title=pgettext("case", "History"),
        history=tuple(_entry(line, zone) for line in lines),
        foot=foot,
        language=language_key(get_language() or "en"),
        whole=whole,
    )


def _facts(detail: Detail, zone: ZoneInfo) -> list[tuple[str, str]]:
    case = detail.case
    customer = f"{case.customer.name} {case.customer.number}" if case.customer else ""
    own = [(fact.label, fact.value) for fact in detail.facts]
    return [
        (_("Customer"), customer or case.caller_name),
        (_("Place"), case.place),
        (_("Opened"), f"{case.opened_at.astimezone(zone):%Y-%m-%d %H:%M}"),
        (_("Deadline"), f"{case.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if case.due_at else ""),
        (_("Archived"), f"{case.closed_at.astimezone(zone):%Y-%m-%d}" if case.closed_at else ""),
        (_("Priority"), str(names.PRIORITIES[case.priority])),
        *((person.badge, person.name) for person in detail.people),
        *own,
    ]


def _entry(line: Line, zone: ZoneInfo) -> PrintedEntry:
    values = "\n".join(f"{label}: {value}" for label, value in line.values)
    return PrintedEntry(
        at=f"{line.at.astimezone(zone):%Y-%m-%d %H:%M}",
        who=line.staff,
        title=str(line.title),
        detail=str(line.detail),
        text="\n".join(filter(None, (line.text, values))),
    )


def as_pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF of A4 pages; outside a transaction. Raises `core.typesetting.NoFont`."""
    look = look_of(sheet.language)
    return typeset(SOURCE, {"data": asdict(sheet) | asdict(look)})
