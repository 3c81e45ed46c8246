"""What a draft is tried on: the history of a case as actions that people took."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from qiao.cases import definitions
from qiao.cases.journal import known_calendars
from qiao.cases.models import Case, CaseEvent, ProcessVersion
from qiao.cases.rules.facts import system_facts
from qiao.cases.rules.process import Process
from qiao.cases.rules.process_trial import Taken, Trial, try_out
from qiao.cases.rules.working_time import UnknownCalendar, WorkingTime
from qiao.core.actor import Actor
from qiao.staff.queries import actor_by_id

_KINDS = ("fields_given", "duty_done", "step_left", "step_entered")


class NotOfProcess(Exception):  # noqa: N818 - names the finding
    """There is no such case that the actor may see, or it runs another process."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A case with what the trial found, and who took each action."""

    case: Case
    trial: Trial
    people: tuple[str, ...]


def case_to_try(*, actor: Actor, key: str, number: str) -> Case:
    """The case of this number that the actor may see and that runs the process `key`.

    Raises `NotOfProcess`.
    """
    rows = Case.objects.visible_to(actor).select_related("case_type", "organisation")
    case = rows.filter(number=number.strip().lstrip("#").upper()).first()
    if case is None:
        raise NotOfProcess(number)
    definitions.attach(case)
    if case.process.key != key:
        raise NotOfProcess(number)
    return case


def try_on(*, case: Case, process: Process) -> Tested:
    """Run the case's history through a process."""
    events = list(
        CaseEvent.objects.filter(case=case, kind__in=_KINDS)
        .select_related("actor")
        .order_by("seq")
    )
    taken, people = _taken(events)
    later = {key for each in taken for key in each.given}
    definition = definitions.type_of(case)
    facts = {key: value for key, value in case.facts.items() if key not in later}
    trial = try_out(
        process,
        taken,
        facts={**system_facts(case, definition), **facts},
        opened_at=case.opened_at,
        deadline=_deadline,
        fields=(*definition.fields, *process.fields),
    )
    return Tested(case, trial, people)


def _taken(events: list[CaseEvent]) -> tuple[list[Taken], tuple[str, ...]]:
    """Actions of people with what was typed for them; automatic passages are only followed."""
    found: list[dict[str, Any]] = []
    people: list[str] = []
    given: dict[str, Any] = {}
    duties: set[str] = set()
    roles: dict[tuple[int, date], frozenset[str]] = {}
    for event in events:
        data = event.data
        if event.kind == "fields_given":
            given |= data
        elif event.kind == "duty_done":
            duties.add(str(data.get("duty", "")))
        elif event.kind == "step_entered":
            if found:
                found[-1]["landed"] = str(data.get("step", ""))
        elif not data.get("automatic"):
            found.append({
                "at": event.at,
                "step": str(data.get("step", "")),
                "action": str(data.get("action", "")),
                "landed": str(data.get("to", "")),
                "given": given,
                "reason": str(data.get("reason", "")),
                "roles": _roles(event, roles),
                "duties": frozenset(duties),
            })  # fmt: skip
            people.append(event.actor.name if event.actor else "")
            given, duties = {}, set()
    return [Taken(**each) for each in found], tuple(people)


def _roles(event: CaseEvent, known: dict[tuple[int, date], frozenset[str]]) -> frozenset[str]:
    """The roles that the person had on that day, read once for each."""
    if event.actor_id is None:
        return frozenset()
    place = event.actor_id, event.at.date()
    if place not in known:
        try:
            known[place] = actor_by_id(event.actor_id, day=place[1]).roles
        except ObjectDoesNotExist:
            known[place] = frozenset()
    return known[place]


def _deadline(calendar: str, since: datetime, seconds: int) -> datetime | None:
    versions = known_calendars()
    newest = max((each.number for each in versions.get(calendar, ())), default=0)
    try:
        return WorkingTime.of(versions, calendar, newest).add_seconds(since, seconds)
    except UnknownCalendar:
        return None


def latest_closed(*, actor: Actor, key: str, limit: int = 8) -> list[Case]:
    """The cases of a process that were closed last, of those that the actor may see."""
    ids = list(ProcessVersion.objects.filter(key=key).values_list("pk", flat=True))
    rows = Case.objects.visible_to(actor).filter(closed_at__isnull=False, process_id__in=ids)
    return list(rows.select_related("case_type").order_by("-opened_at", "-id")[:limit])
