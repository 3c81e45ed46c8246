"""Opening a case: the one way, for the desk, the customer's page, an import and the demo."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qiao.cases import definitions
from qiao.cases.events import CaseOpened
from qiao.cases.journal import Journal
from qiao.cases.models import Case, CaseGreen
from qiao.cases.operations.arriving import enter_steps
from qiao.cases.operations.complaints import count_complaint
from qiao.cases.operations.customer_numbers import with_numbers
from qiao.cases.operations.green import enter_by_rule, rule_data
from qiao.cases.operations.hotline import move_past
from qiao.cases.operations.raising import raise_by_answers
from qiao.cases.queries.facts import facts_of
from qiao.cases.queries.figures_of_promises import Place, figures_at, has_tiers, promises_for
from qiao.cases.rules.process import start
from qiao.cases.rules.values import check_facts
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.once import settled
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.queries.tiers_now import tiers_of
from qiao.staff.queries import chain_to, organisation, teams_for

PREFIX = "GD"
TITLE_LENGTH = 120
TEXT_LENGTH = 4_000


class UnknownCaseType(Exception):  # noqa: N818 - names the finding
    """No enabled pack has a case type of this key."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """All that is known when a case is opened.

    `responsible_id` is the first person; the actor, unless an import names somebody. `area` is a
    region code. `facts` are values of the case type's own fields. `at` is the moment of intake
    when it lies before now (a letter's stamp, an imported row). `about_unit_id` and
    `about_staff_id` are whom of the house it complains about: it goes past them at once.
    """

    type_key: str
    organisation_id: int
    title: str
    channel: str
    description: str = ""
    priority: str = ""
    area: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    customer_id: int | None = None
    account_id: int | None = None
    premises_id: int | None = None
    service_point_id: int | None = None
    place: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    tier: str = ""
    responsible_id: int | None = None
    team_id: int | None = None
    about_unit_id: int | None = None
    about_staff_id: int | None = None
    at: datetime | None = None


@settled()
@events.together()
def open_case(*, request: OpenRequest, actor: Actor, now: datetime) -> Case:
    """Open a case, start its clocks and its process, and find the team that takes it.

    Raises:
        Forbidden: the actor may not open cases in that organisation.
        UnknownCaseType, BadText, BadFact: what was typed cannot be taken; nothing was written.
    """
    required()
    actor.require("cases.open", request.organisation_id)
    definition = definitions.case_types().get(request.type_key)
    if definition is None:
        raise UnknownCaseType(request.type_key)
    unit = organisation(request.organisation_id)
    case_type, version, form = definitions.in_force(definition.key, now)
    definition = definitions.shaped(definition, form.pk if form else None)
    case = _new_case(request, definition, unit, actor, request.at or now)
    case.case_type, case.process, case.form = case_type, version, form
    process = definitions.process_of(case.process)
    raised = raise_by_answers(case, definition, tier=request.tier)
    before, rule = case.priority, enter_by_rule(case, now)
    journal = Journal(case, actor=actor, now=now)
    opened_at = case.opened_at
    promised = _promised(request, case, definition, process)
    journal.add(
        "opened",
        {"priority": case.priority, "channel": case.channel, **promised, **raised},
        at=opened_at,
    )
    if rule is not None:
        journal.add("green_entered", {**rule_data(rule), "before": before}, at=opened_at)
    move = start(process, facts_of(case, definition))
    arrival = enter_steps(journal, process, move.passages, move.state.step, at=opened_at)
    journal.write()
    if rule is not None:
        CaseGreen.objects.create(case=case, rule=rule, put_at=now)
    arrival.finish(case=case, actor=actor, now=now)
    count_complaint(case, group=definition.group, now=now)
    events.publish(
        CaseOpened(case.pk, definition.key, case.customer_id, case.priority, definition.emergency),
        organisation_id=case.organisation_id,
        actor=actor,
        now=now,
    )
    if request.about_unit_id is not None:
        move_past(
            case,
            unit_id=request.about_unit_id,
            staff_id=request.about_staff_id,
            actor=actor,
            now=now,
        )
    return case


def _promised(request: OpenRequest, case: Case, definition: Any, process: Any) -> dict[str, Any]:
    """What the case owes, as its opening keeps it: the promises, the tier they were given to and
    why a figure is not the one that everybody gets."""
    place = Place(chain_to(case.organisation), case.area, case.opened_date)
    owed = figures_at(definition, place)
    tier = request.tier
    if not tier and request.customer_id and has_tiers(definition, owed):
        tier = tiers_of([request.customer_id]).get(request.customer_id, "")
    given = promises_for(
        definition=definition, process=process, tier=tier, day=place.day, owed=owed
    )
    said: dict[str, Any] = {"promise_set": definitions.promise_set_of(given.promises)}
    if given.because:
        said |= {"tier": tier, "because": dict(given.because)}
    return said


def _new_case(
    request: OpenRequest, definition: Any, unit: Any, actor: Actor, opened_at: datetime
) -> Case:
    facts = check_facts(
        definition.fields, request.facts, complete=False, today=_local_date(opened_at, unit)
    )
    facts = with_numbers(definition.fields, facts, customer_id=request.customer_id, actor=actor)
    return Case(
        number=next_number(prefix=PREFIX, day=_local_date(opened_at, unit)),
        organisation=unit,
        priority=request.priority or definition.default_priority,
        channel=request.channel,
        area=clean(request.area, field="area", max_length=40),
        title=clean(request.title, field="title", max_length=TITLE_LENGTH)
        or definition.name.zh_hans,
        description=clean(request.description, field="description", max_length=TEXT_LENGTH),
        facts=facts,
        customer_id=request.customer_id,
        account_id=request.account_id,
        premises_id=request.premises_id,
        service_point_id=request.service_point_id,
        place=clean(request.place, field="place", max_length=300),
        caller_name=clean(request.caller_name, field="caller_name", max_length=100),
        caller_phone=clean(request.caller_phone, field="caller_phone", max_length=40),
        responsible_id=request.responsible_id or actor.person_id,
        team_id=request.team_id or _team(request, definition.duty, actor, unit),
        assignee_id=None if definition.duty else request.responsible_id or actor.person_id,
        opened_by_id=actor.staff_id,
        opened_at=opened_at,
        opened_date=_local_date(opened_at, unit),
    )


def _team(request: OpenRequest, duty: str, actor: Actor, unit: Any) -> int:
    """The team for the duty in the area, nearest unit first; without one, the actor's own."""
    if duty:
        chain = chain_to(unit)
        teams = teams_for(duty=duty, area=request.area)
        for team in sorted(teams, key=lambda t: t.branch_id not in chain):
            return team.team_id
    return actor.team_ids[0] if actor.team_ids else unit.pk


def _local_date(moment: datetime, unit: Any) -> Any:
    return moment.astimezone(zoneinfo.ZoneInfo(unit.timezone)).date()
