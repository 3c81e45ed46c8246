"""Who is signed in by which sessions, asked for many at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.staff.models import Assignment, Staff
from qiao.staff.queries import signed_in
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def session_of(staff: Staff) -> str:
    client = Client()
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return str(client.session.session_key)


def found(*sessions: str) -> dict[str, Actor]:
    return signed_in(sessions=sessions, now=timezone.now())


def test_a_session_tells_its_person_and_what_they_may_do_now(company: Company) -> None:
    mine, other = session_of(company.agent_staff), session_of(company.colleague_staff)
    actors = found(mine, other, "unknown")
    assert {key: each.staff_id for key, each in actors.items()} == {
        mine: company.agent.staff_id,
        other: company.colleague.staff_id,
    }
    assert actors[mine].grants == company.agent.grants
    Assignment.objects.filter(staff=company.agent_staff).delete()
    assert not found(mine)[mine].grants


def expire(session: str, _staff: Staff) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.filter(pk=session).update(expire_date=yesterday)


def sign_out(session: str, _staff: Staff) -> None:
    Session.objects.filter(pk=session).delete()


def suspend(_session: str, staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(is_active=False)


def change_password(_session: str, staff: Staff) -> None:
    staff.set_password("Another 3 rivers")
    staff.save()


@pytest.mark.parametrize("ends", [expire, sign_out, suspend, change_password])
def test_a_session_ends_with_itself_its_person_and_their_password(
    company: Company, settings: Any, ends: Callable[[str, Staff], None]
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    mine, other = session_of(company.agent_staff), session_of(company.colleague_staff)
    ends(mine, company.agent_staff)
    assert list(found(mine, other)) == [other]


def test_many_are_asked_for_in_as_many_statements_as_one(
    company: Company, django_assert_max_num_queries: Any
) -> None:
    people = (company.agent_staff, company.colleague_staff, company.outsider_staff)
    sessions = [session_of(each) for each in people for _browser in range(2)]
    Assignment.objects.filter(staff=people[0]).delete()  # the rights of all are read anew
    with django_assert_max_num_queries(7):
        assert len(found(*sessions)) == 6
    with django_assert_max_num_queries(3):
        assert len(found(*sessions)) == 6
