"""The demo company: people whose rights fit their place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from qiao.core.demo import World
from qiao.core.packs.enabled import catalogue
from qiao.staff.demo import DISTRICTS, audit, build_company
from qiao.staff.demo_cast import CAST
from qiao.staff.duty_demo import build_rosters
from qiao.staff.models import DutyPattern, Organisation, Staff
from qiao.staff.queries import actor_by_number, region_names, teams_for
from qiao.staff.queries.duty import as_rules
from qiao.staff.rules.roster import duties, holes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company() -> None:
    build_company(World(customers=10, pack="water", now=timezone.now()))


def test_people_work_in_a_company_with_a_branch_for_each_district() -> None:
    assert Staff.objects.filter(is_active=True).count() == 79 + 2 * 10  # crews of power and gas
    assert [finding for finding in audit() if not finding.ok] == []
    assert Organisation.objects.filter(kind="branch").count() == len(DISTRICTS)
    assert region_names("en")["339102"] == "Binhu"


def test_an_agent_sees_the_whole_company_and_a_clerk_only_the_branch() -> None:
    today = timezone.localdate()
    agent, clerk = (actor_by_number(n, day=today) for n in ("1027", "6101"))
    assert len(agent.organisations("cases.view")) == Organisation.objects.count()
    branch = Organisation.objects.get(code="LJ-BH")
    below = Organisation.objects.filter(path__startswith=branch.path).values_list("id", flat=True)
    assert set(clerk.organisations("cases.view")) == set(below)
    assert not agent.can("staff.manage")


@pytest.mark.parametrize("duty", sorted(catalogue().duties))
def test_every_duty_finds_a_team_in_every_district(duty: str) -> None:
    for district in DISTRICTS:
        team = teams_for(duty=duty, area=district.region)[0]
        assert district.region in team.areas


def test_the_cast_can_sign_in_by_number() -> None:
    assert set(CAST) <= set(Staff.objects.values_list("number", flat=True))


def test_the_first_roster_has_another_pattern_to_come() -> None:
    now = timezone.now()
    build_rosters(World(customers=10, pack="water", now=now))
    pattern = DutyPattern.objects.get()
    assert pattern.since > now.date()
    plan = as_rules(pattern.roster)
    assert duties(plan, pattern.since, pattern.since + timedelta(days=6))
    assert not holes(plan, pattern.since, pattern.since + timedelta(days=27))
