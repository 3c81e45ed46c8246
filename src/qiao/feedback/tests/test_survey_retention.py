"""What customers wrote in answers to surveys goes when its time is over; marks stay."""

from datetime import timedelta

import pytest

from qiao.core.retention import count_due, rule, run_rule
from qiao.customers.operations.holds import place_hold
from qiao.feedback.models import SurveyAnswer, SurveyCall, SurveyInvitation
from qiao.feedback.operations.survey_answering import Given
from qiao.feedback.operations.survey_calls import note_survey_call
from qiao.feedback.tests.surveying import (  # noqa: F401 - fixture
    NOW,
    OVERALL,
    WORDS,
    answered,
    customers,
    designed,
    drawn,
    fresh_company,
    sent,
)
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
RULE = "feedback.survey_words"
NOTES = "feedback.survey_call_notes"
OVER = NOW + timedelta(days=731)


def test_words_go_after_their_time_marks_stay_and_a_hold_keeps_both(company: Company) -> None:
    customers(company, 2)
    wave = sent(company, drawn(company, designed(company)))
    first, second = SurveyInvitation.objects.filter(wave=wave).order_by("id")
    for row in (first, second):
        answered(row, NOW, **{OVERALL: Given(2), WORDS: Given(None, None, "水压低")})
    place_hold(actor=company.chief, now=NOW, customer_id=second.customer_id, reason="lawsuit")
    assert run_rule(rule(RULE), clock=lambda: NOW + timedelta(days=729)).removed == 0
    counted = count_due(rule(RULE), now=OVER)
    assert (counted.due, counted.held) == (1, 1)
    assert run_rule(rule(RULE), clock=lambda: OVER).removed == 1
    assert run_rule(rule(RULE), clock=lambda: OVER).removed == 0
    words = dict(SurveyAnswer.objects.filter(question=WORDS).values_list("invitation", "words"))
    assert words == {first.pk: "–", second.pk: "水压低"}
    marks = SurveyAnswer.objects.filter(question=OVERALL).values_list("value", flat=True)
    assert list(marks) == [2, 2]


def test_notes_of_calls_go_after_their_time_and_that_they_were_made_stays(
    company: Company,
) -> None:
    customers(company, 2)
    wave = sent(company, drawn(company, designed(company)))
    first, second = SurveyInvitation.objects.filter(wave=wave).order_by("id")
    for row in (first, second):
        answered(row, NOW, **{OVERALL: Given(1)})
        note_survey_call(
            call_id=SurveyCall.objects.get(invitation=row).pk,
            outcome="reached",
            note="约好测压",
            actor=company.agent,
            now=NOW,
        )
    place_hold(actor=company.chief, now=NOW, customer_id=second.customer_id, reason="lawsuit")
    assert run_rule(rule(NOTES), clock=lambda: NOW + timedelta(days=729)).removed == 0
    assert run_rule(rule(NOTES), clock=lambda: OVER).removed == 1
    kept = dict(SurveyCall.objects.values_list("invitation", "note"))
    assert kept == {first.pk: "–", second.pk: "约好测压"}
    assert set(SurveyCall.objects.values_list("state", flat=True)) == {"reached"}
