"""Surveys that tests begin with: customers who agreed, a design, a wave that was sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from qiao.core.rules.links import hash_of, token_from
from qiao.customers.models import Customer
from qiao.customers.operations.care import record_consent
from qiao.customers.tests.factories import make_account, make_customer
from qiao.feedback.models import Survey, SurveyInvitation, SurveyWave
from qiao.feedback.operations.survey_answering import Given, answer_survey
from qiao.feedback.operations.survey_drawing import Draw, draw_wave
from qiao.feedback.operations.survey_sending import send_part, send_wave
from qiao.feedback.operations.surveys import Asked, Design, add_survey, save_question
from qiao.messaging.models import Message
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
PAGE = "http://testserver/s/"
OVERALL, WATER, SERVICE, YES, WAY, ADVICE, WORDS = (f"q{n}" for n in range(1, 8))


@pytest.fixture(name="company")
def fresh_company() -> Company:
    """The cast, and no visitor counted yet."""
    cache.clear()
    return make_company()


def client_of(staff: Staff) -> Client:
    """A browser of somebody who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client


def visitor() -> Client:
    """A browser of somebody who reads English and does not sign in."""
    return Client(headers={"accept-language": "en"})


def three(text: str) -> dict[str, str]:
    return {"en": text, "zh-Hans": f"{text} 简", "zh-Hant": f"{text} 繁"}


def customers(company: Company, count: int, *, agreed: bool | None = True) -> list[Customer]:
    """Customers of the lake branch with an account; `agreed` is their word on surveys."""
    made = []
    for number in range(count):
        row = make_customer(company.agent, name=f"受邀{number}")
        make_account(company.agent, owner=row)
        if agreed is not None:
            consent(company, row, is_given=agreed)
        made.append(row)
    return made


def consent(company: Company, row: Customer, *, is_given: bool, at: datetime = NOW) -> None:
    record_consent(
        actor=company.agent,
        now=at - timedelta(days=5),
        customer_id=row.pk,
        purpose="survey",
        is_given=is_given,
        how="spoken",
    )


def design(company: Company, **more: Any) -> Design:
    return Design(
        organisation_id=company.lake.pk,
        names=three("Service of the year"),
        intros=three("We should like to hear {how} you find us."),
        owner_id=company.agent.person_id,
        **more,
    )


def designed(company: Company, **more: Any) -> Survey:
    """A survey with a question of each kind."""
    row = add_survey(design=design(company, **more), actor=company.agent, now=NOW)
    for kind, text in (
        ("overall", "All in all"),
        ("attribute", "Quality of the water"),
        ("attribute", "Service at the counter"),
        ("yes_no", "Called within a year"),
        ("choice", "Way"),
        ("nps", "Would recommend"),
        ("words", "Anything else"),
    ):
        choices = (three("Phone"), three("Counter")) if kind == "choice" else ()
        asked = Asked(kind, three(text), choices)
        save_question(survey_id=row.pk, key="", asked=asked, actor=company.agent)
    row.refresh_from_db()
    return row


def drawn(company: Company, survey: Survey, *, size: int = 100, now: datetime = NOW) -> SurveyWave:
    return draw_wave(survey_id=survey.pk, draw=Draw(size, 7), actor=company.agent, now=now)


def sent(company: Company, wave: SurveyWave, *, now: datetime = NOW) -> SurveyWave:
    send_wave(wave_id=wave.pk, page_url=PAGE, actor=company.agent, now=now)
    while send_part(wave_id=wave.pk, now=now):
        pass
    wave.refresh_from_db()
    return wave


def link_of(invitation: SurveyInvitation) -> str:
    """The token that stands in the customer's message."""
    body = Message.objects.get(pk=invitation.message_id or 0).body
    return body.split(PAGE, 1)[1].split()[0]


def answered(invitation: SurveyInvitation, now: datetime = NOW, **given: Given) -> None:
    """Answers of one customer, whatever the link was."""
    token = token_from(invitation.pk)
    SurveyInvitation.objects.filter(pk=invitation.pk).update(token_hash=hash_of(token))
    answer_survey(token=token, given=given, is_all=True, now=now)
