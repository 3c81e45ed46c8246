"""Complaints about an outlet or a person of the house go past them.

The case moves to a unit below its new owner whose matters are kept from whom it is about
(`staff.operations.sealed_unit`): no list, count, search, export or stream of theirs holds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from qiao.cases.events import CaseChanged, CaseHandedPast
from qiao.cases.journal import (
    INTERNAL,
    CaseClosedAlready,
    Journal,
    ManyJournals,
    lock_case,
    lock_many,
)
from qiao.cases.models import Case, ComplaintDesk, OutletFinding
from qiao.cases.operations.merging import UnderParent, queue_joins
from qiao.cases.rules.naming import names_somebody
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.attachments import move_to
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.operations import sealed_unit
from qiao.staff.queries import (
    actor_by_id,
    chain_of,
    holders_of,
    home_unit,
    members_of,
    organisation,
    subtree_of,
    teams_for,
)

DUTY: Final = "complaints"
FINDING_LENGTH: Final = 2_000


class NobodyNeutral(Exception):  # noqa: N818 - names the finding
    """Nobody is left who could take the complaint: all who may belong to whom it is about."""


class NotAbout(Exception):  # noqa: N818 - names the finding
    """The case is about no unit or person of the house."""


class FindingMissing(Exception):  # noqa: N818 - names the finding
    """A finding says something."""


class NamesCaller(Exception):  # noqa: N818 - names the finding
    """The finding names who complained; `found` is what gives them away."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who takes a complaint: a unit, the team in it, and the person, if a certain one."""

    unit_id: int
    team_id: int
    people: tuple[int, ...]


def hand_past(
    *,
    case_id: int,
    unit_id: int,
    staff_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Case:
    """Say whom of the house a case is about: from now on it goes past them.

    It goes to the neutral team that a unit above names, else to a team for complaints that is not
    theirs, else to the unit above. Without `unit_id` of a person's own unit the nearest one is
    taken by the caller. The first person stays, unless the case is about them or theirs. Cases
    that were merged into it are the same matter and go with it.

    Raises `Forbidden`, `CaseClosedAlready`, `MergedAway`, `NobodyNeutral`, `UnderParent` for a
    report of a common cause or the cause's own case.
    """
    queue_joins()
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    if case.parent_id is not None or case.is_parent:
        raise UnderParent(case.number)
    return move_past(case, unit_id=unit_id, staff_id=staff_id, actor=actor, now=now)


def move_past(
    case: Case, *, unit_id: int, staff_id: int | None, actor: Actor, now: datetime
) -> Case:
    """The same for a locked case at hand, whatever the actor may do with it."""
    day = now.astimezone(ZoneInfo(case.organisation.timezone)).date()
    owner, sealed = _neutral(unit_id, staff_id, day)
    case.organisation = organisation(sealed)
    case.about_unit_id, case.about_staff_id = unit_id, staff_id
    case.team_id, case.assignee_id = owner.team_id, None
    data: dict[str, object] = {
        "unit": unit_id,
        "staff": staff_id,
        "team": owner.team_id,
        "team_name": organisation(owner.team_id).name,
    }
    able = _able(sealed, day)
    if case.responsible_id not in able:
        data["before"] = case.responsible_id
        case.responsible_id = next((p for p in owner.people if p in able), min(able))
    journal = Journal(case, actor=actor, now=now)
    journal.add("handed_past", data, visibility=INTERNAL)
    journal.write()
    move_to("case", case.pk, organisation_id=sealed)
    events.publish(CaseHandedPast(case.pk, sealed), organisation_id=sealed, actor=actor, now=now)
    _tell(case, "handed_past", actor, now)
    _take_along(case, data, actor, now)
    return case


def _take_along(case: Case, data: dict[str, object], actor: Actor, now: datetime) -> None:
    """Seal what was merged into the case, and what was merged into that, with it."""
    merged: list[int] = []
    level = [case.pk]
    while level and case.merged_count:
        found = Case.objects.filter(merged_into__in=level).order_by("id")
        level = list(found.values_list("id", flat=True))
        merged += level
    if not merged:
        return
    rows = lock_many(sorted(merged))
    journal = ManyJournals(rows, actor=actor, now=now)
    for each in rows:
        journal.add(each, "handed_past", data, visibility=INTERNAL)
    journal.write()
    Case.objects.filter(id__in=merged).update(
        organisation=case.organisation_id,
        about_unit=case.about_unit_id,
        about_staff=case.about_staff_id,
        team=case.team_id,
        assignee=None,
        responsible=case.responsible_id,
    )
    for pk in merged:
        move_to("case", pk, organisation_id=case.organisation_id)
        told = CaseHandedPast(pk, case.organisation_id)
        events.publish(told, organisation_id=case.organisation_id, actor=actor, now=now)


def _neutral(unit_id: int, staff_id: int | None, day: date) -> tuple[_Owner, int]:
    """The owner and the sealed unit below it. Raises `NobodyNeutral`."""
    for owner in _owners(unit_id):
        sealed = sealed_unit(owner_id=owner.unit_id, unit_id=unit_id, staff_id=staff_id).pk
        able = _able(sealed, day)
        if able and (not owner.people or able.intersection(owner.people)):
            return owner, sealed
    raise NobodyNeutral(str(unit_id))


def _able(sealed: int, day: date) -> set[int]:
    """Who may work on cases of the sealed unit."""
    return {
        each.staff_id
        for each in holders_of(permission="cases.work", organisation_ids=[sealed], day=day)
    }


def _owners(unit_id: int) -> Iterable[_Owner]:
    """Who could take it, the nearest first: never the unit itself or what lies below it."""
    theirs = subtree_of(unit_id)
    above = [each for each in chain_of(unit_id) if each != unit_id] or [unit_id]
    desks = {
        desk.organisation_id: desk
        for desk in ComplaintDesk.objects.filter(organisation_id__in=above)
    }
    for each in above:
        desk = desks.get(each)
        if desk and desk.neutral_team_id and desk.neutral_team_id not in theirs:
            yield _team(desk.neutral_team_id)
    for team in teams_for(duty=DUTY):
        if team.team_id not in theirs:
            yield _team(team.team_id)
    for each in above:
        yield _Owner(each, each, tuple(d.manager_id for d in [desks.get(each)] if d))


def _team(team_id: int) -> _Owner:
    return _Owner(team_id, team_id, tuple(person.pk for person in members_of(team_id)))


def actor_again(*, actor: Actor, now: datetime) -> Actor:
    """The same person with the rights of this moment: what was handed past may be out of sight."""
    return actor_by_id(actor.person_id, day=timezone.localdate(now))


def unit_of_person(staff_id: int) -> int:
    """The nearest unit that a person belongs to: their team, else where they are employed."""
    return home_unit(staff_id)


def write_finding(
    *, case_id: int, verdict: str, text: str, actor: Actor, now: datetime
) -> OutletFinding:
    """Write down what was found; the outlet and the person see it once the case is archived.

    Raises `Forbidden`, `NotAbout`, `FindingMissing`, `NamesCaller`, `BadText`, `ValueError` for an
    unknown verdict.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.about_unit_id is None:
        raise NotAbout(case.number)
    words = clean(text, field="text", max_length=FINDING_LENGTH)
    if not words:
        raise FindingMissing(case.number)
    if found := names_somebody(words, _callers(case)):
        raise NamesCaller(found)
    finding, _made = OutletFinding.objects.update_or_create(
        case=case,
        defaults={
            "verdict": OutletFinding.Verdict(verdict),
            "text": words,
            "written_by_id": actor.person_id,
            "written_at": now,
            "given_at": case.closed_at and now,
        },
    )
    journal = Journal(case, actor=actor, now=now)
    journal.add("finding", {"verdict": verdict, "text": words}, visibility=INTERNAL)
    journal.write()
    _tell(case, "finding", actor, now)
    return finding


def give_finding(*, case_id: int, now: datetime) -> bool:
    """Let the outlet and the person read the finding of a case that is archived; True if so."""
    required()
    found = OutletFinding.objects.filter(case_id=case_id, given_at__isnull=True)
    return bool(found.filter(case__closed_at__isnull=False).update(given_at=now))


def _callers(case: Case) -> list[str]:
    """All that would give away who complained."""
    customer = case.customer
    texts = [case.caller_name, case.caller_phone, case.number, case.place]
    if customer is not None:
        texts += [customer.name, customer.number]
        texts += [phone.number for phone in customer.phones.all()]
    if case.account is not None:
        texts.append(case.account.number)
    return [text for text in texts if text]


def _tell(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
