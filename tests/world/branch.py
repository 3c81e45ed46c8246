"""The lake branch and its people, filled room by room."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from qiao.staff.models import Absence, DutyPattern, Organisation, Role, Staff
from qiao.staff.operations import add_organisation, assign_role
from qiao.staff.operations.absences import plan_absence
from qiao.staff.operations.duty import plan_roster
from qiao.staff.queries import actor_for
from qiao.staff.rules.roster import Need, Shift
from qiao.staff.tests.cast import TODAY, Company, make_company
from tests.world.alike import add_alike
from tests.world.billing import add_billing
from tests.world.call_lists import add_call_list
from tests.world.canaries import PASSWORD, SINCE, SKILLS, World, marked
from tests.world.care import add_requests
from tests.world.cases import add_cases
from tests.world.contacts import add_contacts
from tests.world.customers import add_customer
from tests.world.decisions import add_backup, add_correction, add_notice, add_problem
from tests.world.feeds import add_feeds
from tests.world.files import add_imports
from tests.world.improvements import add_improvement
from tests.world.joining import add_joined
from tests.world.knowledge import add_knowledge
from tests.world.logs import add_logs
from tests.world.menus import add_menus
from tests.world.messages import add_messages
from tests.world.metering import add_metering
from tests.world.past_calls import add_past_calls
from tests.world.processes import add_drafts
from tests.world.programs import add_programs
from tests.world.public_cases import add_public_case
from tests.world.quality import add_quality
from tests.world.rollout import add_rollout
from tests.world.suggestions import add_suggestion
from tests.world.surveys import add_surveys
from tests.world.telephone import add_calls
from tests.world.work import add_follow_ups, add_work
from tests.world.workforce import add_workforce

# In the order in which each needs what others made.
PARTS = (
    add_customer,
    add_cases,
    add_joined,
    add_alike,
    add_messages,
    add_work,
    add_follow_ups,
    add_contacts,
    add_past_calls,
    add_requests,
    add_imports,
    add_logs,
    add_programs,
    add_drafts,
    add_correction,
    add_problem,
    add_backup,
    add_notice,
    add_knowledge,
    add_improvement,
    add_rollout,
    add_quality,
    add_suggestion,
    add_surveys,
    add_public_case,
    add_calls,
    add_menus,
    add_call_list,
    add_workforce,
    add_billing,
    add_feeds,
    add_metering,
)


def build_world(now: datetime) -> World:
    """Fill the lake branch. Needs a transaction."""
    world = World(_with_roles(make_company()), now - timedelta(hours=2))
    company = world.company
    for team in (company.lake_team, company.river_team):
        Organisation.objects.filter(pk=team.pk).update(skills=list(SKILLS))
    for branch, area in ((company.lake, "339102"), (company.river, "339104")):
        Organisation.objects.filter(pk=branch.pk).update(region=area, areas=[area])
    world.staff("agent").set_password(PASSWORD)
    world.staff("agent").save()
    for part in PARTS:
        part(world)
    roster = plan_roster(
        unit=company.lake,
        name=marked("roster"),
        anchor=TODAY,
        weeks=1,
        shifts=[Shift(0, day, 1050, 510, company.agent.person_id) for day in range(7)],
        needs=[Need(day, 1050, 510) for day in range(7)],
    )
    DutyPattern.objects.create(
        roster=roster, since=date(2030, 2, 4), weeks=1, planned_at=now
    )  # one that is still to come
    other_team = add_organisation(
        kind="team", code="lake-2", name="滨湖二班", parent=company.lake, skills=list(SKILLS)
    )
    world.ids |= {
        "agent": company.agent.person_id,
        "roster": roster.pk,
        "absence": _absence(company, now).pk,
        "agent_number": "1027",
        "team": company.lake_team.pk,
        "other_team": other_team.pk,
        "unit": company.lake.pk,
    }
    return world


def _with_roles(company: Company) -> Company:
    """The cast may take every step of a process, each in the own branch."""
    actors: dict[str, Any] = {}
    for who in ("agent", "colleague", "outsider"):
        staff: Staff = getattr(company, f"{who}_staff")
        for key in ("agent", "dispatcher", "technician"):
            role = Role.objects.get(key=key)
            branch = company.river if who == "outsider" else company.lake
            assign_role(staff=staff, role=role, organisation=branch, valid_from=SINCE)
        actors[who] = actor_for(staff, day=TODAY)
    return replace(company, **actors)


def _absence(company: Company, now: datetime) -> Absence:
    """Of a colleague, years ahead: nobody stands in for anybody while the walker walks."""
    return plan_absence(
        staff=company.colleague_staff,
        deputy=None,
        first=now.date() + timedelta(days=900),
        last=now.date() + timedelta(days=901),
        kind=Absence.Kind.LEAVE,
        today=now.date(),
        actor=company.chief,
        now=now,
    )
