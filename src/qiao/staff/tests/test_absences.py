"""Who is away and who stands in: for notices, for the head of a case, for the lists."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.actor import Forbidden
from qiao.staff.models import Absence, Notice, Staff
from qiao.staff.operations import notify
from qiao.staff.operations.absences import (
    DEPUTY_NOTICE,
    AlreadyAway,
    BadAbsence,
    NoDeputy,
    end_absence,
    plan_absence,
)
from qiao.staff.queries.absences import deputies_at, stood_in_for
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)  # noon in Shanghai
TODAY = date(2026, 11, 2)


@pytest.fixture
def company() -> Company:
    return make_company()


def away(
    company: Company, staff: Staff, deputy: Staff | None, days: int = 0, first: date = TODAY
) -> Absence:
    return plan_absence(
        staff=staff,
        deputy=deputy,
        first=first,
        last=first + timedelta(days=days),
        kind=Absence.Kind.LEAVE,
        today=TODAY,
        actor=company.chief,
        now=NOW,
    )


def test_a_deputy_stands_in_from_the_first_day_to_the_last_by_the_clock_of_the_place(
    company: Company,
) -> None:
    away(company, company.agent_staff, company.colleague_staff, days=2)
    mine = {"staff_ids": [company.agent_staff.pk]}
    here = {company.agent_staff.pk: company.colleague_staff.pk}
    nobody: dict[int, int] = {}
    midnight = datetime(2026, 11, 1, 16, tzinfo=UTC)  # the 2nd begins in Shanghai
    assert deputies_at(**mine, now=midnight - timedelta(seconds=1)) == nobody
    assert deputies_at(**mine, now=midnight) == here
    assert deputies_at(**mine, now=midnight + timedelta(days=3, seconds=-1)) == here
    assert deputies_at(**mine, now=midnight + timedelta(days=3)) == nobody


def test_a_deputy_who_is_away_too_is_stood_in_for_and_a_ring_leads_to_nobody(
    company: Company,
) -> None:
    agent, colleague, outsider = (
        company.agent_staff, company.colleague_staff, company.outsider_staff,
    )  # fmt: skip
    away(company, agent, colleague)
    away(company, colleague, outsider)
    assert deputies_at(staff_ids=[agent.pk], now=NOW) == {agent.pk: outsider.pk}
    found = stood_in_for(staff_id=outsider.pk, now=NOW)
    assert {each.staff_id for each in found} == {agent.pk, colleague.pk}
    away(company, outsider, agent)
    assert deputies_at(staff_ids=[agent.pk, colleague.pk, outsider.pk], now=NOW) == {}


def test_what_the_absent_are_told_their_deputy_is_told_in_their_name(company: Company) -> None:
    away(company, company.agent_staff, company.colleague_staff)
    told = {"kind": DEPUTY_NOTICE, "subject_id": 1, "once": "x", "now": NOW}
    count = notify(staff_ids=[company.agent_staff.pk], facts={"a": 1}, **told)  # type: ignore[arg-type]
    assert count == 2
    notice = Notice.objects.get(staff=company.colleague_staff, once="x")
    assert notice.facts == {"a": 1, "stands_in_for": company.agent_staff.pk}
    assert Notice.objects.get(staff=company.agent_staff, once="x").facts == {"a": 1}


def test_whoever_is_told_for_themselves_is_not_told_as_a_deputy(company: Company) -> None:
    away(company, company.agent_staff, company.colleague_staff)
    both = [company.agent_staff.pk, company.colleague_staff.pk]
    notify(staff_ids=both, kind=DEPUTY_NOTICE, subject_id=1, once="x", now=NOW)
    assert Notice.objects.get(staff=company.colleague_staff, once="x").facts == {}


def test_the_deputy_is_told_of_it_and_freed_when_the_person_is_back(company: Company) -> None:
    row = away(company, company.agent_staff, company.colleague_staff, days=5)
    assert Notice.objects.filter(staff=company.colleague_staff, kind=DEPUTY_NOTICE).count() == 1
    end_absence(absence_id=row.pk, actor=company.agent, now=NOW)
    assert deputies_at(staff_ids=[company.agent_staff.pk], now=NOW) == {}
    away(company, company.agent_staff, None)


def test_what_cannot_be_is_refused(company: Company) -> None:
    agent, colleague = company.agent_staff, company.colleague_staff
    away(company, agent, colleague, days=3)
    with pytest.raises(AlreadyAway):
        away(company, agent, None, first=TODAY + timedelta(days=3))
    with pytest.raises(NoDeputy):
        away(company, colleague, colleague)
    with pytest.raises(BadAbsence):
        away(company, colleague, None, days=-1)
    with pytest.raises(BadAbsence):
        away(company, colleague, None, first=TODAY - timedelta(days=9), days=2)
    plain = person(number="1099", name="丁一", branch=company.lake, permissions=("staff.view",))
    with pytest.raises(Forbidden):
        plan_absence(
            staff=plain, deputy=None, first=TODAY, last=TODAY, kind=Absence.Kind.LEAVE,
            today=TODAY, actor=company.outsider, now=NOW,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            staff=agent, deputy=agent, days=(TODAY, TODAY), kind="leave", entered_at=NOW
        )


def test_somebody_enters_their_own_days_on_the_page(company: Company) -> None:
    client = Client()
    client.cookies["q-language"] = "en"
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    day = timezone.localdate() + timedelta(days=400)
    form = {
        "person": company.agent.number,
        "first": day.isoformat(),
        "last": day.isoformat(),
        "kind": "training",
        "deputy": f"{company.colleague.number} {company.colleague.name}",
    }
    wrong = client.post(reverse("staff:absence_new"), form | {"deputy": "none"})
    assert wrong.status_code == 422
    assert client.post(reverse("staff:absence_new"), form).status_code == 302
    shown = client.get(reverse("staff:absences")).content.decode()
    assert company.colleague.name in shown
    row = Absence.objects.get()
    client.post(reverse("staff:absence_end", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at is not None


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=4, max_size=4),
    st.sets(st.integers(0, 3)),
)
def test_the_one_who_stands_in_is_here_and_reached_by_deputies_alone(
    company: Company, deputies: list[int | None], absent: set[int]
) -> None:
    people = [
        company.agent_staff,
        company.colleague_staff,
        company.outsider_staff,
        company.chief_staff,
    ]
    Absence.objects.all().delete()
    for place in absent:
        to = deputies[place]
        Absence.objects.create(
            staff=people[place],
            deputy=None if to is None or to == place else people[to],
            days=(TODAY, TODAY + timedelta(days=1)),
            kind="leave",
            entered_at=NOW,
        )
    found = deputies_at(staff_ids=[each.pk for each in people], now=NOW)
    for place, each in enumerate(people):
        at, seen = place, {place}
        while at in absent and deputies[at] is not None and deputies[at] not in seen:
            at = deputies[at]  # type: ignore[assignment]
            seen.add(at)
        expected = people[at].pk if place in absent and at not in absent else None
        assert found.get(each.pk) == expected
