"""What people are told inside the product: once, live, until they have read it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiao.staff.models import Notice, Staff
from qiao.staff.operations import (
    NoticeMissing,
    UnknownNotice,
    notify,
    read_notice,
    read_notices,
)
from qiao.staff.queries.notices import MOST_COUNTED, count_unread, notices_of
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
KIND = "cases.ladder"


@pytest.fixture
def company() -> Company:
    return make_company()


def tell(*people: Staff, once: str = "one", **more: Any) -> int:
    given: dict[str, Any] = {
        "staff_ids": [person.pk for person in people],
        "kind": KIND,
        "subject_id": 7,
        "once": once,
        "now": timezone.now(),
    }
    return notify(**given | more)


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client


def test_whoever_was_told_of_an_occasion_is_not_told_again(company: Company) -> None:
    assert tell(company.agent_staff) == 1
    assert tell(company.agent_staff, company.colleague_staff) == 1
    assert tell(company.agent_staff, company.colleague_staff) == 0
    assert count_unread(staff_id=company.agent_staff.pk) == 1


def test_who_no_longer_works_here_is_not_told(company: Company) -> None:
    Staff.objects.filter(pk=company.agent_staff.pk).update(is_active=False)
    assert tell(company.agent_staff) == 0


def test_a_notice_of_an_unknown_kind_or_without_occasion_is_refused(company: Company) -> None:
    with pytest.raises(UnknownNotice):
        tell(company.agent_staff, kind="cases.nothing")
    with pytest.raises(ValueError, match="occasion"):
        tell(company.agent_staff, once="")


def test_reading_marks_only_what_the_person_has_seen(company: Company) -> None:
    tell(company.agent_staff, company.colleague_staff, once="first")
    seen = notices_of(actor=company.agent, limit=5).notices[0]
    tell(company.agent_staff, once="later")
    assert read_notices(actor=company.agent, up_to=seen.notice_id, now=timezone.now()) == 1
    assert count_unread(staff_id=company.agent_staff.pk) == 1
    assert count_unread(staff_id=company.colleague_staff.pk) == 1


def test_the_notice_of_somebody_else_is_not_there(company: Company) -> None:
    tell(company.agent_staff)
    notice = Notice.objects.get()
    with pytest.raises(NoticeMissing):
        read_notice(actor=company.colleague, notice_id=notice.pk, now=timezone.now())


def test_many_unread_are_counted_no_further_than_the_bell_tells(company: Company) -> None:
    for number in range(MOST_COUNTED + 5):
        tell(company.agent_staff, once=f"occasion {number}")
    assert count_unread(staff_id=company.agent_staff.pk) == MOST_COUNTED
    answer = signed_in(company.agent_staff).get("/me/notices/bell/").content.decode()
    assert f"{MOST_COUNTED - 1}+" in answer


def test_pages_of_notices_follow_one_another_without_gap(company: Company) -> None:
    for number in range(7):
        tell(company.agent_staff, once=f"occasion {number}")
    first = notices_of(actor=company.agent, limit=4)
    second = notices_of(actor=company.agent, limit=4, before=first.after)
    ids = [each.notice_id for page in (first, second) for each in page.notices]
    assert len(ids) == 7
    assert ids == sorted(ids, reverse=True)
    assert second.after is None


def test_what_one_may_no_longer_see_is_told_without_words(company: Company) -> None:
    tell(company.agent_staff, subject_id=999_999)
    assert notices_of(actor=company.agent, limit=5).notices[0].words is None
    page = signed_in(company.agent_staff).get("/me/notices/", headers={"accept-language": "en"})
    assert "may no longer see" in page.content.decode()


def test_opening_a_notice_reads_it_and_all_can_be_read_at_once(company: Company) -> None:
    client = signed_in(company.agent_staff)
    tell(company.agent_staff, once="one")
    tell(company.agent_staff, once="two")
    newest = Notice.objects.latest("pk")
    assert client.post(f"/me/notices/{newest.pk}/").status_code == 302
    assert count_unread(staff_id=company.agent_staff.pk) == 1
    client.post("/me/notices/read/", {"up_to": str(newest.pk)})
    assert count_unread(staff_id=company.agent_staff.pk) == 0
    assert client.post("/me/notices/read/", {"up_to": "x"}).status_code == 400


def test_the_list_costs_the_same_for_one_notice_and_thirty(
    company: Company, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        tell(company.agent_staff, once=f"occasion {number}")
    with django_assert_max_num_queries(2):
        assert len(notices_of(actor=company.agent, limit=40).notices) == 30
