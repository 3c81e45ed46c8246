"""People of a group: adherence from how they stood, load, certificates, the pulse question."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.contact.models import AgentStateChange, Interaction
from qiao.core.actor import Forbidden
from qiao.staff.tests.cast import Company, make_company
from qiao.workforce.models import (
    Certificate,
    PlanningGroup,
    PulseCount,
    PulseGiven,
    RosterCell,
    RosterWeek,
)
from qiao.workforce.operations.people import (
    AlreadyAnswered,
    BadCertificate,
    NotInGroup,
    add_certificate,
    answer_pulse,
    drop_certificate,
)
from qiao.workforce.queries.conduct import adherence, loads, moods
from qiao.workforce.queries.rosters import monday_of
from qiao.workforce.tests.factories import NOW, TODAY, add_calls, make_group

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def group(world: Company) -> PlanningGroup:
    return make_group(world)


def worked(world: Company, group: PlanningGroup) -> None:
    """The agent's early shift of yesterday, 8 to 16, begun at 8:30 and left at 16."""
    week = RosterWeek.objects.create(
        group=group,
        monday=monday_of(YESTERDAY),
        state="published",
        created_at=NOW,
        published_at=NOW,
    )
    early = group.shifts.get(name="早班")
    RosterCell.objects.create(week=week, staff=world.agent_staff, day=YESTERDAY, shift=early)
    midnight = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, tzinfo=UTC)
    for minute, state in ((30, "ready"), (480, "off")):  # 8 hours behind the wall
        AgentStateChange.objects.create(
            staff=world.agent_staff, at=midnight + timedelta(minutes=minute), state=state
        )


def test_a_shift_is_held_against_how_the_person_stood(
    world: Company, group: PlanningGroup
) -> None:
    worked(world, group)
    ids = [world.agent.person_id, world.colleague_staff.pk]
    span: dict[str, Any] = {
        "group": group,
        "staff_ids": ids,
        "first": YESTERDAY,
        "last": YESTERDAY,
    }
    (found,) = adherence(**span, now=NOW)
    assert found.result.late == timedelta(minutes=30)
    assert found.result.percent == pytest.approx(100 * 405 / 435)
    before = datetime.combine(YESTERDAY, datetime.min.time(), UTC)
    assert adherence(**span, now=before) == []  # not over yet


def test_load_counts_contacts_by_matter_and_hours_of_shifts(
    world: Company, group: PlanningGroup
) -> None:
    add_calls(world, days=10)
    worked(world, group)
    insulted = Interaction.objects.filter(agent=world.agent_staff).order_by("id")[:2]
    Interaction.objects.filter(pk__in=insulted.values("pk")).update(outcome="water.abusive")
    found = loads(
        group=group, staff_ids=[world.agent.person_id, world.colleague_staff.pk], until=TODAY
    )
    mine = found[world.agent.person_id]
    assert mine.contacts == {"water.bill_query": 120}
    assert mine.contact_hours == pytest.approx(10)
    assert mine.shift_hours == pytest.approx(7.25)
    assert (mine.abusive, found[world.colleague_staff.pk].abusive) == (2, 0)
    assert found[world.colleague_staff.pk].count == 0


def test_a_certificate_is_entered_by_who_plans_for_who_is_in_the_group(
    world: Company, group: PlanningGroup
) -> None:
    given: dict[str, Any] = {"group": group, "name": "安全培训", "issued": TODAY, "now": NOW}
    mine: dict[str, Any] = {
        "staff_id": world.agent.person_id,
        "actor": world.agent,
        "expires": None,
    }
    row = add_certificate(**given | mine)
    with pytest.raises(BadCertificate):
        add_certificate(**given | mine | {"expires": TODAY})
    with pytest.raises(NotInGroup):
        add_certificate(**given | mine | {"staff_id": world.outsider_staff.pk})
    with pytest.raises(Forbidden):
        add_certificate(**given | mine | {"actor": world.outsider})
    drop_certificate(
        group=group, staff_id=world.agent.person_id, certificate_id=row.pk, actor=world.agent
    )
    assert not Certificate.objects.exists()


def test_the_pulse_is_answered_once_a_day_and_kept_as_counts_alone(world: Company) -> None:
    answer_pulse(mood=4, day=TODAY, actor=world.agent)
    with pytest.raises(AlreadyAnswered):
        answer_pulse(mood=1, day=TODAY, actor=world.agent)
    answer_pulse(mood=4, day=TODAY, actor=world.colleague)
    assert PulseCount.objects.get().n == 2
    assert PulseGiven.objects.count() == 2
    with connection.cursor() as cursor:
        names = {
            column.name
            for column in connection.introspection.get_table_description(
                cursor, "workforce_pulsecount"
            )
        }
    assert names == {"id", "team_id", "day", "mood", "n"}
    given: dict[str, Any] = {"team_ids": [world.lake_team.pk], "first": TODAY, "last": TODAY}
    assert moods(**given) == [(monday_of(TODAY), None, 0)]
    PulseCount.objects.create(team=world.lake_team, day=TODAY, mood=1, n=3)
    assert moods(**given) == [(monday_of(TODAY), 2.2, 5)]


def test_pages_of_people_show_what_is_known_and_ones_own_is_open_to_oneself(
    client: Client, world: Company, group: PlanningGroup
) -> None:
    client.force_login(world.agent_staff)
    address = reverse("workforce:certificate_new", args=[group.pk, world.agent.person_id])
    day = timezone.localdate()
    client.post(address, {"name": "安全培训", "issued": day.isoformat(), "expires": ""})
    for name in ("workforce:own", "workforce:person"):
        args = [] if name.endswith("own") else [group.pk, world.agent.person_id]
        text = client.get(reverse(name, args=args)).content.decode()
        assert "安全培训" in text
        assert "3 / 5" in text
    assert client.get(reverse("workforce:load", args=[group.pk])).status_code == 200
    assert client.get(reverse("workforce:adherence", args=[group.pk])).status_code == 200
    client.force_login(world.outsider_staff)
    assert client.get(reverse("workforce:own")).status_code == 404
    other = reverse("workforce:person", args=[group.pk, world.agent.person_id])
    assert client.get(other).status_code == 404
