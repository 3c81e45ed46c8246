"""Working the ladder: whoever must know of a case that waits or is late is told, once per rung.

The job may be killed at any moment and run twice: a batch is one transaction, and a rung that was
climbed stands in a table with a key of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from qiao.cases import definitions
from qiao.cases.events import CaseChanged
from qiao.cases.journal import Journal, Kept, kept_clocks, known_calendars
from qiao.cases.ladders import Ladder, Ladders, is_meant
from qiao.cases.models import Case, CaseRung
from qiao.cases.operations.ladder_mail import mail_rung
from qiao.cases.queries.ladders import climbed_rungs, waiting_since
from qiao.cases.rules.ladder import Rung, Step, due_steps, steps_of
from qiao.cases.rules.working_time import Calendars
from qiao.core import events
from qiao.core.rules.calendar import is_working
from qiao.core.transactions import required
from qiao.staff.operations import notify
from qiao.staff.queries import chain_of, ids_by_number, members_of, names_of, organisation
from qiao.staff.queries.duty import (
    Answerable,
    active_among,
    answerable_now,
    leads_of,
    nearest_holders,
    supervisors_of,
)

BATCH: Final = 200
NOTICE: Final = "cases.ladder"
MANAGER: Final = "leader"


@dataclass(frozen=True, slots=True)
class _Known:
    """What a batch knows beside its cases."""

    calendars: Calendars
    ladders: Ladders
    climbed: Mapping[int, frozenset[tuple[str, int, str]]]
    waiting: Mapping[int, tuple[int, datetime]]
    clocks: Mapping[int, Kept]


def climb(*, now: datetime) -> int:
    """Climb every rung that is reached, in at most `BATCH` cases. Returns how many were looked at.

    A case that somebody is working on is left to the next round.
    """
    required()
    due = Case.objects.filter(closed_at__isnull=True, ladder_at__lte=now)
    cases = list(due.select_for_update(skip_locked=True).order_by("ladder_at")[:BATCH])
    if not cases:
        return 0
    known = _known(cases)
    for case in cases:
        definitions.attach(case)
        case.organisation = organisation(case.organisation_id)
        following = _climb_one(case, known, now)
        Case.objects.filter(pk=case.pk).update(ladder_at=following)
    return len(cases)


def _known(cases: Sequence[Case]) -> _Known:
    ids = [case.pk for case in cases]
    return _Known(
        calendars=known_calendars(),
        ladders=Ladders(),
        climbed=climbed_rungs(ids),
        waiting=waiting_since([case.pk for case in cases if case.assignee_id is None]),
        clocks=kept_clocks(ids),
    )


def _climb_one(case: Case, known: _Known, now: datetime) -> datetime | None:
    """Climb what one case has reached. Returns when its next rung is."""
    ladder = known.ladders.of(case)
    if ladder is None:
        return None
    state = known.clocks[case.pk].state
    rungs = ladder.rungs_for(case.priority)
    steps = steps_of(state, rungs, known.calendars, known.waiting.get(case.pk))
    steps = [step for step in steps if is_meant(step)]
    due, following = due_steps(steps, known.climbed.get(case.pk, frozenset()), now)
    if due:
        _take(case, ladder, due, known.calendars, now)
    return following


def _take(
    case: Case, ladder: Ladder, due: Sequence[Step], calendars: Calendars, now: datetime
) -> None:
    journal = Journal(case, actor=None, now=now)
    for step in due:
        told, why = _whom(case, ladder, step.rung, calendars, now)
        facts = {
            "after": step.rung.after,
            "figure": step.rung.figure,
            "promise": step.promise,
            "round": step.round,
            "reached_at": step.at.isoformat(),
            "named": _promise_names(case, step.promise),
        }
        CaseRung.objects.create(
            case=case,
            promise=step.promise,
            round=step.round,
            rung=step.rung.key,
            reached_at=step.at,
            climbed_at=now,
        )
        case.escalated = case.escalated or step.rung.raises
        names = names_of(told)
        told_names = [names[pk] for pk in told if pk in names]
        journal.add(
            "raised",
            {
                **facts,
                "why": why,
                "to": list(told),
                "names": told_names,
                "raises": step.rung.raises,
            },
        )
        once = f"{case.pk}:{step.promise}:{step.round}:{step.rung.key}"
        notify(staff_ids=told, kind=NOTICE, subject_id=case.pk, once=once, facts=facts, now=now)
        if step.rung.mails:
            mail_rung(case, told, once=once, now=now)
    journal.write()
    events.publish(
        CaseChanged(case.pk, "raised"), organisation_id=case.organisation_id, actor=None, now=now
    )


def _whom(
    case: Case, ladder: Ladder, rung: Rung, calendars: Calendars, now: datetime
) -> tuple[tuple[int, ...], str]:
    """Who is told, and why they: never nobody while the company has anybody who could be.

    Outside the ladder's hours whoever is at home is not woken: it goes to the person on duty.
    """
    zone = ZoneInfo(organisation(case.organisation_id).timezone)
    day = now.astimezone(zone).date()
    unit = case.team_id
    if not _is_open(ladder, calendars, now) and not rung.tell.startswith("staff:"):
        found = answerable_now(unit_id=unit, now=now, day=day)
        if found.staff_ids:
            return found.staff_ids, found.why
    told = _named(case, rung, unit, day, now)
    if told:
        return tuple(told), rung.tell
    found = answerable_now(unit_id=unit, now=now, day=day)
    return found.staff_ids, found.why


def _is_open(ladder: Ladder, calendars: Calendars, now: datetime) -> bool:
    versions = calendars.get(ladder.hours, ())
    in_force = [each for each in versions if each.effective_from <= now]
    return not in_force or is_working(in_force[-1].calendar, now)


def _named(case: Case, rung: Rung, unit: int, day: date, now: datetime) -> Sequence[int]:
    if rung.tell == "assignee":
        return active_among([case.assignee_id]) if case.assignee_id else ()
    if rung.tell == "team":
        return [member.pk for member in members_of(unit)]
    if rung.tell == "lead":
        return leads_of(unit) or supervisors_of(unit, day).staff_ids
    if rung.tell == "duty":
        found: Answerable = answerable_now(unit_id=unit, now=now, day=day)
        return found.staff_ids
    if rung.tell == "manager":
        return nearest_holders(MANAGER, unit, day)
    if rung.tell == "executive":
        return nearest_holders(MANAGER, _root(unit), day)
    number = rung.tell.removeprefix("staff:")
    return active_among(list(ids_by_number([number]).values()))


def _root(unit: int) -> int:
    return chain_of(unit)[-1]


def _promise_names(case: Case, promise: str) -> dict[str, str]:
    """The name of a promise in every language, as it is when the rung is climbed."""
    definition = definitions.case_types().get(case.case_type.key)
    for spec in definition.promises if definition else ():
        if spec.key == promise:
            return dict(spec.name.data())
    return {}
