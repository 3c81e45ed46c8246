"""Satisfaction by cause: who was dissatisfied why, against the period before, in their words."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import load_workbook

from qiao.cases.models import Case, Cause
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.tests.browsing import client_of, text_of
from qiao.core.models import Disclosure
from qiao.feedback.models import FollowUp
from qiao.feedback.queries.satisfaction_causes import Asked, rank_reasons
from qiao.feedback.tests.test_quality import NOW
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2026, 10, 11), date(2026, 11, 9)
ASKED = Asked(SINCE, UNTIL)
PAGE = reverse("feedback:satisfaction")


@pytest.fixture
def company() -> Company:
    return make_company()


def two_causes() -> tuple[Cause, Cause]:
    first, second = Cause.objects.filter(merged_into=None).order_by("id")[:2]
    return first, second


def answered(
    company: Company, cause: Cause | None, rating: str, *, days_ago: int = 1, words: str = "",
    resolved: bool = True,
) -> FollowUp:  # fmt: skip
    """What the customer of a case with a cause said so many days ago."""
    at = NOW - timedelta(days=days_ago)
    request = OpenRequest(
        type_key="water.small_leak", organisation_id=company.lake.pk, title="漏水",
        channel="phone", area="339102",
        facts={"leak_at": "before_meter", "paid_service": "no"},
    )  # fmt: skip
    case = open_case(request=request, actor=company.agent, now=at - timedelta(days=1))
    Case.objects.filter(pk=case.pk).update(main_cause=cause)
    return FollowUp.objects.create(
        case=case, entered_seq=1, organisation=company.lake,
        assigned_to_id=company.agent.person_id, state="reached", opened_at=at, rating=rating,
        resolved=resolved, words=words, attempt_count=1, confirmed_at=at,
        confirmed_by_id=company.agent.person_id, finished_at=at, finished_date=at.date(),
    )  # fmt: skip


def test_causes_are_ranked_by_the_dissatisfied_and_a_merged_one_counts_under_its_heir(
    company: Company,
) -> None:
    slow, dear = two_causes()
    joined = Cause.objects.exclude(pk__in=(slow.pk, dear.pk)).order_by("id").first()
    assert joined is not None
    Cause.objects.filter(pk=joined.pk).update(merged_into=dear, valid_until=SINCE)
    for rating in ("very_satisfied", "satisfied", "not_satisfied"):
        answered(company, slow, rating)
    answered(company, dear, "not_satisfied", resolved=False)
    answered(company, joined, "not_satisfied")
    answered(company, None, "not_satisfied")
    found = rank_reasons(actor=company.agent, asked=ASKED)
    assert [row.key for row in found.rows] == [dear.key, slow.key, ""]
    first, second, _rest = found.rows
    assert (first.unhappy, first.glad.percent, first.mean.value, first.unsolved) == (2, 0, 1, 1)
    assert (second.glad.part, second.top.part, second.glad.whole) == (2, 1, 3)
    assert second.mean.value == pytest.approx((4 + 3 + 1) / 3)
    assert second.glad.interval is not None
    assert 0 < second.glad.interval.low < 66 < second.glad.interval.high < 100
    assert (found.whole.part, found.whole.whole) == (2, 6)


def test_a_change_is_claimed_only_where_it_is_hardly_chance(company: Company) -> None:
    slow, dear = two_causes()
    for _each in range(20):
        answered(company, slow, "satisfied", days_ago=40)
        answered(company, slow, "not_satisfied")
    for _each in range(5):
        answered(company, dear, "satisfied", days_ago=40)
        answered(company, dear, "satisfied")
    first, second = rank_reasons(actor=company.agent, asked=ASKED).rows
    assert first.change is not None
    assert (first.change.value, first.change.verdict) == (-100, "worse")
    assert second.change is not None
    assert second.change.verdict == "open"


def test_what_lies_outside_the_days_the_unit_or_sight_is_not_counted(company: Company) -> None:
    slow, _dear = two_causes()
    answered(company, slow, "satisfied")
    answered(company, slow, "satisfied", days_ago=90)
    found = rank_reasons(actor=company.agent, asked=ASKED)
    assert (found.whole.whole, found.before.whole) == (1, 0)
    assert rank_reasons(actor=company.outsider, asked=ASKED).rows == []
    elsewhere = Asked(SINCE, UNTIL, company.river.pk)
    assert rank_reasons(actor=company.chief, asked=elsewhere).rows == []


def test_examples_are_the_dissatisfied_first_and_their_numbers_are_masked(
    company: Company,
) -> None:
    slow, _dear = two_causes()
    for days_ago in (1, 2, 3):
        answered(company, slow, "satisfied", words=f"还行{days_ago}", days_ago=days_ago)
    bad = answered(
        company, slow, "not_satisfied", words="打13805712264没人接", days_ago=9, resolved=False
    )
    (row,) = rank_reasons(actor=company.agent, asked=ASKED).rows
    assert row.examples[0].follow_up_id == bad.pk
    assert len(row.examples) == 3
    asked = f"?since={SINCE}&until={UNTIL}"
    page = text_of(client_of(company.agent_staff).get(PAGE + asked))
    assert "没人接" in page
    assert "13805712264" not in page
    assert reverse("feedback:detail", args=[bad.pk]) in page


def test_the_page_costs_as_many_questions_for_thirty_answers_as_for_one(company: Company) -> None:
    slow, _dear = two_causes()
    client = client_of(company.agent_staff)
    asked = f"{PAGE}?since={SINCE}&until={UNTIL}"
    answered(company, slow, "satisfied", words="好")
    client.get(asked)
    with CaptureQueriesContext(connection) as one:
        client.get(asked)
    for _each in range(29):
        answered(company, slow, "not_satisfied", words="等得久")
    with CaptureQueriesContext(connection) as many:
        client.get(asked)
    assert len(many) == len(one)


def test_the_workbook_holds_the_rows_and_that_it_was_taken_is_on_record(company: Company) -> None:
    slow, _dear = two_causes()
    answered(company, slow, "not_satisfied")
    answered(company, None, "very_satisfied")
    book = client_of(company.agent_staff).post(
        f"{reverse('feedback:satisfaction_workbook')}?since={SINCE}&until={UNTIL}"
    )
    rows = load_workbook(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert [row[1:4] for row in rows[1:]] == [[1, 1, "0.0"], [1, 0, "100.0"]]
    assert Disclosure.objects.filter(kind="export", subject="feedback.satisfaction").count() == 1
