"""Whoever is not satisfied in a survey is called: within days, by lists or one by one."""

from datetime import timedelta

import pytest
from django.urls import reverse

from qiao.core.actor import Forbidden
from qiao.feedback.models import SurveyCall, SurveyInvitation
from qiao.feedback.operations import AlreadyFinished, UnknownAnswer
from qiao.feedback.operations.survey_answering import Given
from qiao.feedback.operations.survey_calls import TOLD, note_survey_call
from qiao.feedback.tests.surveying import (  # noqa: F401 - fixture
    NOW,
    answered,
    client_of,
    customers,
    designed,
    drawn,
    fresh_company,
    sent,
)
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def invited(company: Company, count: int = 1) -> list[SurveyInvitation]:
    customers(company, count)
    return list(sent(company, drawn(company, designed(company))).invitations.order_by("pk"))


def called_for(company: Company, points: int = 1) -> SurveyCall:
    (row,) = invited(company)
    answered(row, q1=Given(points), q7=Given(words="水压太低"))
    return SurveyCall.objects.get()


def note(company: Company, call: SurveyCall, outcome: str, text: str = "") -> SurveyCall:
    return note_survey_call(
        call_id=call.pk, outcome=outcome, note=text, actor=company.agent, now=NOW
    )


@pytest.mark.parametrize(("points", "is_called"), [(1, True), (2, True), (3, False), (5, False)])
def test_two_points_or_fewer_are_followed_by_a_call_within_days(
    company: Company, points: int, is_called: bool
) -> None:
    (row,) = invited(company)
    answered(row, q1=Given(points))
    assert SurveyCall.objects.exists() == is_called
    if is_called:
        call = SurveyCall.objects.get()
        assert (call.invitation, call.points, call.state) == (row, points, "open")
        assert call.due_at == NOW + timedelta(days=3)


def test_the_owner_is_told_once_for_a_wave(company: Company) -> None:
    for row in invited(company, 3):
        answered(row, q1=Given(1))
    assert SurveyCall.objects.count() == 3
    told = Notice.objects.get(kind=TOLD)
    assert told.staff_id == company.agent.person_id


def test_a_better_answer_before_anybody_called_takes_it_back_and_a_worse_one_opens_it_again(
    company: Company,
) -> None:
    (row,) = invited(company)
    states = []
    for points in (2, 4, 1):
        answered(row, q1=Given(points))
        states.append(SurveyCall.objects.get().state)
    assert states == ["open", "withdrawn", "open"]
    note(company, SurveyCall.objects.get(), "reached", "已解决")
    answered(row, q1=Given(5))
    assert SurveyCall.objects.get().state == "reached"


def test_who_is_not_reached_three_times_is_let_go_and_who_was_spoken_with_is_done(
    company: Company,
) -> None:
    call = called_for(company)
    for outcome, state in (("busy", "open"), ("no_answer", "open"), ("busy", "unreached")):
        assert note(company, call, outcome, "再打").state == state
    with pytest.raises(AlreadyFinished):
        note(company, call, "reached")
    SurveyCall.objects.update(state="open", finished_at=None, attempt_count=0)
    with pytest.raises(UnknownAnswer):
        note(company, call, "delighted")
    with pytest.raises(Forbidden):
        note_survey_call(
            call_id=call.pk, outcome="reached", note="", actor=company.outsider, now=NOW
        )
    done = note(company, call, "reached", "停水通知太晚, 已说明")
    assert (done.state, done.finished_by_id) == ("reached", company.agent.staff_id)


def test_the_page_shows_what_they_answered_and_keeps_what_came_of_the_call(
    company: Company,
) -> None:
    call = called_for(company)
    browser, page = client_of(company.agent_staff), reverse("feedback:survey_call", args=[call.pk])
    shown = browser.get(page).content.decode()
    assert "1 / 5" in shown
    assert "水压太低" in shown
    listed = browser.get(reverse("feedback:survey_calls")).content.decode()
    assert page in listed
    keep = reverse("feedback:survey_call_note", args=[call.pk])
    assert browser.post(keep, {"note": "x"}).status_code == 422
    assert browser.post(keep, {"outcome": "reached", "note": "约好测压"}).status_code == 302
    call.refresh_from_db()
    assert (call.state, call.note) == ("reached", "约好测压")
    assert browser.post(keep, {"outcome": "reached"}).status_code == 422
    done = browser.get(f"{reverse('feedback:survey_calls')}?state=done").content.decode()
    assert "约好测压" in done
    wave = reverse("feedback:survey_wave", args=[call.invitation.wave_id])
    assert page in browser.get(wave).content.decode()
    stranger = client_of(company.outsider_staff)
    assert stranger.get(page).status_code == 404
    assert page not in stranger.get(reverse("feedback:survey_calls")).content.decode()
