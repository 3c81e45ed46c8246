"""The way of a case through its process, and what can be done next, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases.models import Case
from qiao.cases.queries import Entry
from qiao.cases.queries.facts import facts_of as case_facts
from qiao.cases.rules.process import Offer, Process, asked_fields, offers
from qiao.cases.rules.stepper import PathStep, path
from qiao.cases.showing import names
from qiao.cases.showing.clocks import ShownClocks
from qiao.cases.showing.times import clock_words, span_words
from qiao.core.actor import Actor
from qiao.core.packs.model import CaseType, Field
from qiao.core.rules.conditions import tests_in
from qiao.core.wording import said


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of the stepper: two short lines below its name."""

    label: str
    state: str
    line: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An action of the step. `rule` says why it is not possible now; `asks` opens a form."""

    key: str
    label: str
    kind: str
    primary: bool
    rule: str
    asks: bool


def facts_of(case: Case, definition: CaseType | None) -> dict[str, Any]:
    """The facts that conditions of the case's process look at."""
    return case_facts(case, definition) if definition else dict(case.facts)


def show_steps(
    *,
    case: Case,
    process: Process,
    definition: CaseType | None,
    passages: Sequence[Entry],
    clocks: ShownClocks,
    now: datetime,
) -> list[ShownStep]:
    """The stepper. Done steps say when, who and how long; the present one who is waited for."""
    entered = [str(e.data.get("step", "")) for e in passages if e.kind == "step_entered"]
    stays = _stays(passages)
    rows = []
    for item in path(process, entered, facts_of(case, definition)):
        line, note = "—", ""
        if item.state == "done" and item.step.key in stays:
            line, note = _done_words(stays[item.step.key], now)
        elif item.state == "now":
            line, note = _now_words(case, item, clocks, now)
        elif item.step.duty:
            duty = names.DUTIES.get(item.step.duty, item.step.duty)
            note = _("needs: %(what)s") % {"what": duty}
        if item.returns:
            times = ngettext("came back %(n)d time", "came back %(n)d times", item.returns)
            note = " · ".join(filter(None, (note, times % {"n": item.returns})))
        state = "" if item.state == "todo" else item.state
        rows.append(ShownStep(said(item.step.name), state, line, note))
    return rows


@dataclass(frozen=True, slots=True)
class _Stay:
    """The last stay of the case in a step."""

    start: datetime
    end: datetime | None
    staff: str


def _stays(passages: Sequence[Entry]) -> Mapping[str, _Stay]:
    stays: dict[str, _Stay] = {}
    for entry in passages:
        step = str(entry.data.get("step", ""))
        if entry.kind == "step_entered":
            stays[step] = _Stay(entry.at, None, entry.staff)
        elif step in stays:
            who = "" if entry.data.get("automatic") else entry.staff
            stays[step] = _Stay(stays[step].start, entry.at, who)
    return stays


def _done_words(stay: _Stay, now: datetime) -> tuple[str, str]:
    moment = stay.end or stay.start
    line = f"{clock_words(moment, now)} {stay.staff}".strip()
    if stay.end is None:
        return line, ""
    seconds = (stay.end - stay.start).total_seconds()
    return line, _("took %(time)s") % {"time": span_words(seconds)} if seconds >= 1 else ""


def _now_words(case: Case, item: PathStep, clocks: ShownClocks, now: datetime) -> tuple[str, str]:
    owner = case.assignee.name if case.assignee else names.unit_name(case.team)
    line = _("waits for %(name)s") % {"name": owner}
    limit = f"{names.STEP_PROMISE}{item.step.key}"
    own = next((c for c in clocks.every if c.key == limit and c.open), clocks.pressing)
    if own is None or own.due_at is None:
        return line, _("clock paused") if clocks.paused else ""
    due = clock_words(own.due_at, now)
    if own.late:
        return line, _("was promised for %(time)s") % {"time": due}
    return line, _("promised for %(time)s") % {"time": due}


def show_offers(
    *,
    case: Case,
    process: Process,
    definition: CaseType | None,
    actor: Actor,
    duties: Sequence[Mapping[str, Any]],
) -> list[ShownOffer]:
    """What the step offers this person: forward first, blocked ones visible with their rule."""
    done = {d["duty"] for d in duties[:1] if d["done_at"]}
    fields = known_fields(process, definition)
    found = offers(
        process,
        case.step,
        facts=facts_of(case, definition),
        roles=actor.roles,
        duties_done=done,
        fields=tuple(fields.values()),
    )
    may = actor.can_in("cases.work", case.organisation_id)
    order = {"forward": 0, "branch": 1, "return": 2}
    shown = []
    free = None
    for offer in sorted(found, key=lambda o: order.get(o.action.kind, 3)):
        rule = _rule(offer, process, case, fields)
        if not may:
            rule = _("You do not have the right to work on this case.")
        step = process.step(case.step)
        primary = free is None and not rule and offer.action.kind == "forward"
        free = offer if primary else free
        shown.append(
            ShownOffer(
                key=offer.action.key,
                label=said(offer.action.name),
                kind=offer.action.kind,
                primary=primary,
                rule=rule,
                asks=offer.reason_required or bool(asked_fields(step, offer.action)),
            )
        )
    return shown


def known_fields(process: Process, definition: CaseType | None) -> dict[str, Field]:
    """The fields of process and type by key."""
    own = definition.fields if definition else ()
    return {field.key: field for field in (*own, *process.fields)}


def _rule(offer: Offer, process: Process, case: Case, fields: Mapping[str, Field]) -> str:
    """Why an action is not possible now; empty when it is."""
    step = process.step(case.step)
    if offer.refusal == "role":
        role = names.role_name(offer.action.role or step.role)
        return _("This step belongs to: %(role)s") % {"role": role}
    if offer.refusal == "duty":
        duty = names.DUTIES.get(step.duty, step.duty)
        return _("Waits until this is done: %(duty)s") % {"duty": duty}
    if offer.refusal == "condition":
        keys = dict.fromkeys(test.field for test in tests_in(offer.action.when))
        asked = [said(fields[k].label) if k in fields else system_fact(k) for k in keys]
        return _("Does not fit this case; it depends on: %(fields)s") % {
            "fields": _(", ").join(asked)
        }
    return ""


def system_fact(key: str) -> str:
    """The name of what the house itself knows of a case."""
    return {
        "priority": _("Priority"),
        "channel": _("Channel"),
        "tier": _("Customer tier"),
        "emergency": _("Emergency"),
        "needs_follow_up": _("Follow-up call required"),
        "repeat_count": _("Repeated requests"),
        "reopened_count": _("Times reopened"),
        "customer_known": _("Customer known"),
        "main_cause": _("Main cause"),
    }.get(key, key)
