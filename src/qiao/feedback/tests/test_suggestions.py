"""Suggestions from the public page to the answer: screened, joined, voted for, agreed to, told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.tests.browsing import client_of, text_of
from qiao.core.actor import Forbidden
from qiao.core.approvals import SamePerson
from qiao.core.approvals import decide as decide_approval
from qiao.core.models import Approval
from qiao.customers.tests.factories import make_account, make_customer
from qiao.feedback.models import Suggestion, SuggestionFollower
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.operations.answering import answer, publish_answer
from qiao.feedback.operations.suggestions import SuggestionRefused
from qiao.feedback.queries import public_suggestions, suggestions
from qiao.feedback.tests.suggesting import NOW, fresh_company, passed, taken, votes  # noqa: F401 - fixture
from qiao.messaging.models import Message
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def test_nothing_is_public_before_a_person_passed_it(company: Company) -> None:
    row = taken(company, "停水提前通知", name="陈女士", phone="13800138000")
    page = reverse("portal:opinion", args=[row.number])
    assert Client().get(page).status_code == 404
    passed(company, row)
    shown = Client().get(page).content.decode()
    assert "停水提前通知" in shown
    assert "陈女士" not in shown
    assert "13800138000" not in shown


def test_a_duplicate_brings_its_voices_and_takes_them_away_again(company: Company) -> None:
    one, other = (passed(company, taken(company, title)) for title in ("停水短信", "停水的短信"))
    operations.vote(suggestion_id=one.pk, voter="va", now=NOW)
    operations.vote(suggestion_id=other.pk, voter="va", now=NOW)
    operations.vote(suggestion_id=other.pk, voter="vb", now=NOW)
    assert (votes(one), votes(other)) == (2, 3)
    operations.join(suggestion_id=other.pk, into_id=one.pk, actor=company.agent, now=NOW)
    assert votes(one) == 4  # two authors, a and b: a counts once
    assert public_suggestions.voted_among(voter="vb", ids=[one.pk]) == {one.pk}
    operations.part(suggestion_id=other.pk, actor=company.agent, now=NOW)
    assert (votes(one), votes(other)) == (2, 3)
    with pytest.raises(SuggestionRefused, match="itself"):
        operations.join(suggestion_id=one.pk, into_id=one.pk, actor=company.agent, now=NOW)


def test_who_says_the_same_is_proposed_with_the_words_of_both(company: Company) -> None:
    first = taken(company, "停水短信提前两天发", "停水的短信当天才到，希望提前两天发")
    taken(company, "营业厅放轮椅", "台阶太多，请放一把轮椅")
    second = taken(company, "希望停水短信早点发", "停水短信总是来不及，提前两天发就好")
    found = suggestions.likely_same(row=second, actor=company.agent)
    assert [each.row.pk for each in found][:1] == [first.pk]
    assert any("停水短信" in word for word in found[0].words)


def test_a_public_answer_waits_for_a_second_person_and_then_is_told(company: Company) -> None:
    row = passed(company, taken(company, "停水提前通知", email="author@example.com"))
    SuggestionFollower.objects.create(
        suggestion=row,
        email="neighbour@example.com",
        language="zh-Hans",
        page_url="https://example.com/",
        asked_at=NOW,
        confirmed_at=NOW,
    )
    SuggestionFollower.objects.create(
        suggestion=row,
        email="silent@example.com",
        language="zh-Hans",
        page_url="https://example.com/",
        asked_at=NOW,
    )
    answer(
        suggestion_id=row.pk,
        text="提前 48 小时发短信",
        outcome="done",
        is_public=True,
        actor=company.agent,
        now=NOW,
    )
    page = reverse("portal:opinion", args=[row.number])
    assert "48 小时" not in text_of(Client().get(page))
    asked = Approval.objects.get(kind="suggestion.answer", subject_id=row.pk)
    with pytest.raises(SamePerson):
        decide_approval(approval_id=asked.pk, approve=True, note="", actor=company.agent, now=NOW)
    publish_answer(approval=asked, actor=company.colleague, now=NOW)
    assert "48 小时" in text_of(Client().get(page))
    told = set(Message.objects.values_list("to_address", flat=True))
    assert told == {"author@example.com", "neighbour@example.com"}
    row.refresh_from_db()
    assert (row.state, row.finished_at) == ("done", NOW)


def test_an_answer_agreed_to_after_the_suggestion_left_the_public_goes_to_its_author_alone(
    company: Company,
) -> None:
    row = passed(company, taken(company, "停水提前通知", email="author@example.com"))
    SuggestionFollower.objects.create(
        suggestion=row,
        email="neighbour@example.com",
        language="zh-Hans",
        page_url="https://example.com/",
        asked_at=NOW,
        confirmed_at=NOW,
    )
    answer(
        suggestion_id=row.pk,
        text="提前 48 小时发短信",
        outcome="done",
        is_public=True,
        actor=company.agent,
        now=NOW,
    )
    operations.screen(
        suggestion_id=row.pk,
        verdict="private",
        title="",
        text="",
        category="works",
        actor=company.agent,
        now=NOW,
    )
    asked = Approval.objects.get(kind="suggestion.answer", subject_id=row.pk)
    publish_answer(approval=asked, actor=company.colleague, now=NOW)
    assert set(Message.objects.values_list("to_address", flat=True)) == {"author@example.com"}
    page = reverse("portal:opinion", args=[row.number])
    assert Client().get(page).status_code == 404


def test_staff_see_the_contact_of_an_author_masked(company: Company) -> None:
    row = taken(company, "停水提前通知", phone="13800138000", email="author@example.com")
    page = reverse("feedback:suggestion", args=[row.pk])
    shown = client_of(company.agent_staff).get(page).content.decode()
    assert "停水提前通知" in shown
    for hidden in ("13800138000", "138 0013 8000", "author@example.com"):
        assert hidden not in shown


def test_a_case_becomes_a_suggestion_and_both_say_so(company: Company) -> None:
    customer = make_customer(company.agent)
    make_account(company.agent, owner=customer)
    case = open_case(
        request=OpenRequest(
            type_key="water.suggestion",
            organisation_id=company.lake.pk,
            title="希望提前通知",
            channel="phone",
            customer_id=customer.pk,
        ),
        actor=company.agent,
        now=NOW,
    )
    client = client_of(company.agent_staff)
    page = reverse("feedback:suggestion_of_case", args=[case.pk])
    client.post(page, {"title": "提前通知", "text": "提前两天"})
    row = Suggestion.objects.get(case=case)
    assert row.customer_id == customer.pk
    answer(
        suggestion_id=row.pk,
        text="已经安排",
        outcome="answered",
        is_public=False,
        actor=company.agent,
        now=NOW + timedelta(hours=1),
    )
    kinds = list(Case.objects.get(pk=case.pk).events.values_list("kind", flat=True))
    assert {"suggestion_made", "suggestion_answered"} <= set(kinds)
    assert row.number in text_of(client.get(reverse("cases:detail", args=[case.pk])))


def test_an_outsider_neither_sees_nor_works_on_it(company: Company) -> None:
    row = taken(company, "停水提前通知")
    client = client_of(company.outsider_staff)
    assert client.get(reverse("feedback:suggestion", args=[row.pk])).status_code in (403, 404)
    with pytest.raises(Forbidden):
        operations.screen(
            suggestion_id=row.pk,
            verdict="spam",
            title="",
            text="",
            category="other",
            actor=company.outsider,
            now=NOW,
        )


def test_counts_are_kept_through_every_change(company: Company) -> None:
    first, second = taken(company, "一"), taken(company, "二")
    counts = suggestions.state_counts(actor=company.agent)
    assert (counts["received"], counts["waiting"]) == (2, 2)
    passed(company, first)
    passed(company, second)
    operations.join(suggestion_id=second.pk, into_id=first.pk, actor=company.agent, now=NOW)
    operations.fold_suggestion_counts()
    counts = suggestions.state_counts(actor=company.agent)
    assert (counts["received"], counts["waiting"], counts["joined"]) == (1, 0, 1)
