"""One case with everything its page says, ready for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from qiao.cases import definitions
from qiao.cases.journal import known_calendars
from qiao.cases.models import Case
from qiao.cases.queries import CasePage
from qiao.cases.rules.process import Process
from qiao.cases.showing import names
from qiao.cases.showing.away import away_words
from qiao.cases.showing.clocks import ShownClocks, show_clocks
from qiao.cases.showing.files import show_file
from qiao.cases.showing.history import Line, Speech, show_history, speech_of
from qiao.cases.showing.steps import ShownOffer, ShownStep, known_fields, show_offers, show_steps
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Field
from qiao.core.rules.conditions import holds
from qiao.core.wording import said

VOICE: Final = frozenset({"phone", "counter", "visit"})
"""Media by which a customer is answered by word of mouth."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the chain of responsibility."""

    name: str
    note: str
    line: str
    badge: str
    icon: str
    badge_tone: str
    tone: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of the case's own fields."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the page of a case says."""

    case: Case
    type_name: str
    group_name: str
    icon: str
    severity: int
    phase_name: str
    phase_tone: str
    step_name: str
    customer_url: str
    steps: list[ShownStep]
    offers: list[ShownOffer]
    clocks: ShownClocks
    lines: list[Line]
    before: int | None
    facts: list[Fact]
    people: list[Person]
    away: str
    links: list[dict[str, Any]]
    files: list[dict[str, Any]]
    file_count: int
    drafts: Mapping[str, Mapping[str, Any]]
    viewers: list[dict[str, Any]]
    may: Mapping[str, bool]

    @property
    def by_voice(self) -> bool:
        """Whether its customer is spoken with: then what he was told is written first."""
        channel = catalogue().channels.get(self.case.channel)
        return channel is not None and channel.medium in VOICE

    @property
    def late(self) -> bool:
        """Whether an open promise is past due."""
        return bool(self.clocks.pressing and self.clocks.pressing.late)


def definition_of(case: Case) -> CaseType | None:
    """The definition of a case's type with the form it was opened with; None when its pack is no
    longer enabled."""
    if case.case_type.key not in definitions.case_types():
        return None
    return definitions.type_of(case)


def speech_for(case: Case) -> Speech:
    """The speech of a case's history."""
    return speech_of(definitions.process_of(case.process), case.process_id, definition_of(case))


def show_case(page: CasePage, *, actor: Actor, now: datetime) -> Detail:
    """Put a case's page into words."""
    case, definition = page.case, definition_of(page.case)
    process = definitions.process_of(case.process)
    clocks = show_clocks(case, definition, page.clocks, now, known_calendars())
    return Detail(
        case=case,
        type_name=names.type_name(case.case_type.names),
        group_name=str(names.GROUPS.get(case.case_type.group, case.case_type.group)),
        icon=case.case_type.icon or "ticket",
        severity=names.SEVERITY[case.priority],
        phase_name=str(names.PHASES[case.phase]),
        phase_tone=names.PHASE_TONES[case.phase],
        step_name=names.step_name(case.process_id, case.step),
        customer_url=_address("customers:page", case.customer_id),
        steps=show_steps(
            case=case,
            process=process,
            definition=definition,
            passages=page.steps,
            clocks=clocks,
            now=now,
        ),
        offers=show_offers(
            case=case,
            process=process,
            definition=definition,
            actor=actor,
            duties=page.beside.duties,
        ),
        clocks=clocks,
        lines=show_history(page.history.entries, speech_of(process, case.process_id, definition)),
        before=page.history.before,
        facts=show_facts(case, process, definition),
        people=_people(case, page.beside.supervisors, page.beside.absent),
        away=away_words(page.beside.absent.get(str(case.responsible_id))),
        links=[_link(item) for item in page.beside.links],
        files=[show_file(item) for item in page.beside.attachments],
        file_count=page.beside.file_count,
        drafts=page.beside.drafts,
        viewers=page.beside.viewers,
        may=rights_on(case, actor),
    )


def _address(name: str, ref: int | None) -> str:
    try:
        return reverse(name, args=[ref]) if ref else ""
    except NoReverseMatch:
        return ""


def rights_on(case: Case, actor: Actor) -> dict[str, bool]:
    """What the actor may do to the case as it stands."""
    held = {key: actor.can_in(f"cases.{key}", case.organisation_id) for key in RIGHTS}
    is_open = case.closed_at is None and case.merged_into_id is None
    if case.merged_into_id is not None:
        held |= {"note": False, "work": False}
    is_mine = case.assignee_id == actor.staff_id
    return {
        **held,
        "chase": held["open"] and is_open,
        "escalate": held["open"] and is_open and not case.escalated,
        "transfer": held["work"] and is_open,
        "take": held["work"] and is_open and not is_mine,
        "pause": held["work"] and is_open,
        "edit": held["work"] and is_open,
        "assign": held["assign"] and is_open,
    }


RIGHTS = ("view", "open", "note", "work", "assign", "transfer", "join", "alike", "green")


def show_facts(case: Case, process: Process, definition: CaseType | None) -> list[Fact]:
    """The values of the case's own fields, in the order of the form; hidden ones are left out."""
    fields: Sequence[Field] = tuple(known_fields(process, definition).values())
    shown = []
    for field in fields:
        value = case.facts.get(field.key)
        if value in (None, "", []) or not holds(field.show_when, case.facts):
            continue
        shown.append(Fact(said(field.label), names.value_words(field, value)))
    return shown


def _people(
    case: Case, supervisors: Sequence[Mapping[str, Any]], absent: Mapping[str, Mapping[str, Any]]
) -> list[Person]:
    first = case.responsible
    answered = case.answered_at is not None
    rows = [
        Person(
            name=first.name,
            note=f"{first.title} {first.number}".strip(),
            line=_("The customer has the answer")
            if answered
            else away_words(absent.get(str(first.pk)))
            or _("Stays responsible until the customer has the answer"),
            badge=_("First person"),
            icon="user-check",
            badge_tone="pri",
            tone="a",
        )
    ]
    if case.assignee:
        rows.append(
            Person(
                name=case.assignee.name,
                note=names.unit_name(case.team),
                line=away_words(absent.get(str(case.assignee.pk)))
                or case.assignee.phone
                or case.assignee.title,
                badge=_("Works on it"),
                icon="",
                badge_tone="",
                tone="c",
            )
        )
    else:
        rows.append(
            Person(
                name=names.unit_name(case.team),
                note="",
                line=_("Nobody of the team has taken it yet"),
                badge=_("Team"),
                icon="",
                badge_tone="warn",
                tone="c",
            )
        )
    if supervisors:
        head = supervisors[0]
        rows.append(
            Person(
                name=head["name"],
                note=head["title"],
                line=_("Escalated: watches this case")
                if case.escalated
                else _("Steps in when it is late or escalated"),
                badge=_("Supervises"),
                icon="",
                badge_tone="bad" if case.escalated else "",
                tone="d",
            )
        )
    return rows


def _link(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **item,
        "kind_name": names.link_words(item["kind"], there=item["there"]),
        "phase_name": str(names.PHASES[item["phase"]]),
        "tone": names.PHASE_TONES[item["phase"]],
    }
