"""People of a group: adherence from how they stood, load, certificates, the pulse question."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
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


def rows_behind(client: Client, address: str) -> int:
    """How many rows a list has, on all its pages."""
    found, following = 0, address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, following
        body = answer.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
        found += body.count("<tr") - ("hx-get" in body)
        more = re.search(r'hx-get="([^"]+)"', body)
        following = unescape(more[1]) if more else ""
    return found


def linked(client: Client, page: str, **wanted: str) -> dict[str, str]:
    """The addresses on a page that hold certain words, by those."""
    body = client.get(page).content.decode()
    links = [unescape(each) for each in re.findall(r'href="([^"]+)"', body)]
    return {
        name: next(each for each in links if all(word in each for word in words.split()))
        for name, words in wanted.items()
    }


def test_every_figure_of_load_and_adherence_leads_to_what_it_counts(
    client: Client, world: Company, group: PlanningGroup
) -> None:
    add_calls(world, days=10)
    worked(world, group)
    group.shifts.filter(name="早班").update(is_night=True)
    first = Interaction.objects.filter(agent=world.agent_staff).order_by("id")
    pks = list(first.values_list("pk", flat=True)[:6])
    Interaction.objects.filter(pk__in=pks[:2]).update(outcome="water.abusive")
    Interaction.objects.filter(pk=pks[4]).update(reason="water.no_water")
    Interaction.objects.filter(pk=pks[5]).update(channel="letter")  # its time is not known
    client.force_login(world.agent_staff)
    me = f"person={world.agent.person_id}"
    (load,) = loads(group=group, staff_ids=[world.agent.person_id], until=TODAY).values()
    with time_machine.travel(NOW, tick=False):
        found = linked(
            client,
            reverse("workforce:load", args=[group.pk]),
            count=f"agent={world.agent.person_id} spoken=1",
            matter="reason=water.bill_query",
            abusive="outcome=",
            shifts=f"what=all {me}",
            nights=f"what=night {me}",
        )
        told = {name: rows_behind(client, address) for name, address in found.items()}
        assert load.top
        assert told == {
            "count": load.count, "matter": load.contacts[load.top[0]], "abusive": load.abusive,
            "shifts": 1, "nights": load.nights,
        }  # fmt: skip
        assert (load.count, load.abusive, load.nights) == (119, 2, 1)
        page = reverse("workforce:adherence", args=[group.pk])
        day = f"day={YESTERDAY.isoformat()}"
        found = linked(
            client, page, shifts=f"what=over {me}", late=f"what=late {me}", day=f"what=over {day}"
        )
        assert [rows_behind(client, each) for each in found.values()] == [1, 1, 1]
        assert "what=absent" not in client.get(page).content.decode()  # nobody was
        kept = reverse("workforce:kept", args=[group.pk])
        for nothing in ("what=absent&days=28", f"what=all&person={world.outsider_staff.pk}"):
            assert rows_behind(client, f"{kept}?{nothing}") == 0
        assert client.get(f"{kept}?what=x").status_code == 404
        client.force_login(world.outsider_staff)
        assert client.get(kept).status_code == 404


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
