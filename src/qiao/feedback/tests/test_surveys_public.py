"""The answer page: each change is kept, twice is once, closed and wrong links say so."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.customers.models import Consent
from qiao.feedback.models import SurveyAnswer, SurveyInvitation, SurveyWave
from qiao.feedback.operations.survey_sending import close_wave
from qiao.feedback.tests.surveying import (  # noqa: F401 - fixture
    OVERALL,
    PAGE,
    WATER,
    WORDS,
    customers,
    designed,
    drawn,
    fresh_company,
    link_of,
    sent,
    visitor,
)
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def invited(company: Company) -> tuple[SurveyWave, SurveyInvitation, str]:
    now = timezone.now()
    customers(company, 1)
    wave = sent(company, drawn(company, designed(company), now=now), now=now)
    row = wave.invitations.get()
    return wave, row, reverse("portal:survey", args=[link_of(row)])


def test_each_change_is_kept_and_the_same_answer_is_changed(company: Company) -> None:
    _wave, row, page = invited(company)
    phone = visitor()
    assert phone.get(page).status_code == 200
    kept = phone.post(page, {"part": "1", f"a-{OVERALL}": "2"})
    assert kept.status_code == 204
    row.refresh_from_db()
    assert row.answered_at
    assert row.completed_at is None
    shown = phone.get(page).content.decode()
    assert f'name="a-{OVERALL}" value="2" checked' in shown
    done = phone.post(page, {f"a-{OVERALL}": "4", f"i-{WATER}": "5", f"w-{WORDS}": "good"})
    assert done.headers["Location"] == f"{page}?done"
    assert visitor().post(page, {f"a-{OVERALL}": "5", f"w-{WORDS}": ""}).status_code == 302
    assert list(SurveyAnswer.objects.values_list("question", "value", "importance", "words")) == [
        (OVERALL, 5, None, "")
    ]
    row.refresh_from_db()
    assert row.completed_at
    assert "Thank you" in phone.get(f"{page}?done").content.decode()


def test_nothing_but_what_was_asked_is_kept(company: Company) -> None:
    _wave, row, page = invited(company)
    odd = {f"a-{OVERALL}": "6", f"a-{WATER}": "x", f"i-{WATER}": "²", "a-q99": "1"}
    assert visitor().post(page, odd).status_code == 302
    assert visitor().post(page, {f"w-{WORDS}": "y" * 1_001}).status_code == 422
    assert visitor().post(page, {f"w-{WORDS}": "a\x07b"}).status_code == 422
    assert not SurveyAnswer.objects.exists()
    row.refresh_from_db()
    assert row.answered_at is None


def test_a_closed_survey_and_a_wrong_link_say_so_kindly(company: Company) -> None:
    wave, _row, page = invited(company)
    close_wave(
        wave_id=wave.pk, actor=company.agent, now=timezone.now() - timedelta(milliseconds=1)
    )
    closed = visitor().post(page, {f"a-{OVERALL}": "5"})
    assert closed.status_code == 410
    assert "closed" in closed.content.decode()
    assert visitor().get(page).status_code == 410
    assert not SurveyAnswer.objects.exists()
    for wrong in ("abcd-efgh-jkmn-pqrs", "", "x" * 300, "\U0001f600"):
        if wrong:
            unknown = visitor().get(reverse("portal:survey", args=[wrong]))
            assert unknown.status_code == 404
            assert "leads to no survey" in unknown.content.decode()


def test_guessing_links_and_flooding_answers_are_stopped(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wave, _row, page = invited(company)
    wrong = reverse("portal:survey", args=["abcd-efgh-jkmn-pqrs"])
    codes = [visitor().get(wrong).status_code for _ in range(61)]
    assert codes == [404] * 60 + [429]
    assert visitor().get(page).status_code == 200
    monkeypatch.setattr("qiao.portal.visitors.LIMITS", {"survey": (1, 1)})
    assert visitor().post(page, {"part": "1"}).status_code == 204
    assert visitor().post(page, {"part": "1"}).status_code == 429


def test_a_link_of_an_erased_customer_opens_nothing(company: Company) -> None:
    _wave, row, page = invited(company)
    SurveyInvitation.objects.filter(pk=row.pk).update(token_hash="")
    assert visitor().get(page).status_code == 404


def test_the_page_needs_the_token_of_its_form_and_keeps_its_address_to_itself(
    company: Company,
) -> None:
    _wave, _row, page = invited(company)
    assert Client(enforce_csrf_checks=True).post(page, {"part": "1"}).status_code == 403
    shown = visitor().get(page)
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in shown.headers["Cache-Control"]
    assert "q-visitor" not in shown.cookies


def test_one_press_ends_all_surveys_and_draws_and_sendings_heed_it(company: Company) -> None:
    wave, row, page = invited(company)
    now = timezone.now()
    stop = f"{page}/stop"
    phone = visitor()
    body = Message.objects.get(pk=row.message_id or 0).body
    assert stop in body
    assert stop in phone.get(page).content.decode()
    assert phone.get(stop).status_code == 200
    assert not Consent.objects.filter(is_given=False).exists()  # opening a link says nothing
    assert "no more surveys" in phone.post(stop).content.decode()
    assert phone.post(stop).status_code == 200
    word = Consent.objects.get(is_given=False)
    assert (word.customer_id, word.purpose, word.how) == (row.customer_id, "survey", "online")
    assert word.actor_id is None
    wave.survey.gap_days = 0
    wave.survey.save()
    later = now + timedelta(days=200)
    again = drawn(company, wave.survey, now=later)
    assert (again.drawn_count, again.left_out) == (0, {"refused": 1})


def test_who_declines_between_draw_and_sending_is_not_invited(company: Company) -> None:
    _wave, row, page = invited(company)
    other = drawn(company, designed(company, gap_days=0), now=timezone.now())
    assert other.drawn_count == 1
    visitor().post(f"{page}/stop")
    sent(company, other, now=timezone.now())
    skipped = other.invitations.get()
    assert (skipped.state, skipped.customer_id) == ("skipped", row.customer_id)


def test_who_never_had_a_link_ends_nothing(company: Company) -> None:
    invited(company)
    wrong = reverse("portal:survey_stop", args=["aaaa-aaaa-aaaa-aaaa"])
    assert visitor().post(wrong).status_code == 404
    assert not Consent.objects.filter(is_given=False).exists()


def test_a_mail_program_ends_them_for_its_reader_without_having_opened_the_page(
    company: Company,
) -> None:
    _wave, row, page = invited(company)
    program = Client(enforce_csrf_checks=True)
    assert program.post(f"{page}/stop").status_code == 403
    assert program.post(f"{page}/stop", {"List-Unsubscribe": "Other"}).status_code == 403
    assert not Consent.objects.filter(is_given=False).exists()
    one_click = program.post(f"{page}/stop", {"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert Consent.objects.get(is_given=False).customer_id == row.customer_id
    wrong = reverse("portal:survey_stop", args=["aaaa-aaaa-aaaa-aaaa"])
    assert program.post(wrong, {"List-Unsubscribe": "One-Click"}).status_code == 404


def test_an_invitation_by_e_mail_carries_the_way_out(company: Company) -> None:
    now = timezone.now()
    (customer,) = customers(company, 1)
    add_email(customer_id=customer.pk, address="wang@example.com", actor=company.agent, now=now)
    row = sent(company, drawn(company, designed(company), now=now), now=now).invitations.get()
    message = Message.objects.get(pk=row.message_id or 0)
    assert message.channel == "email"
    assert message.stop_url == f"{PAGE}{link_of(row)}/stop"
