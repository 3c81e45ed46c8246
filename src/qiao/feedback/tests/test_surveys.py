"""Surveys from the design to the report: who is drawn, invited once, and what it says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.urls import reverse

from qiao.cases.tests.browsing import text_of
from qiao.core.actor import Forbidden
from qiao.customers.models import Account, Customer
from qiao.customers.operations import merge_customers
from qiao.customers.tests.factories import make_account, make_customer
from qiao.feedback.models import (
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyStratum,
    SurveyWave,
)
from qiao.feedback.operations import survey_drawing, survey_sending, surveys
from qiao.feedback.operations.survey_answering import Given
from qiao.feedback.operations.survey_drawing import Draw, discard_wave, draw_wave
from qiao.feedback.operations.survey_sending import send_part, send_wave
from qiao.feedback.operations.surveys import Asked, SurveyRefused
from qiao.feedback.queries import survey_report
from qiao.feedback.queries import surveys as queries
from qiao.feedback.tests.surveying import (  # noqa: F401 - fixture
    NOW,
    OVERALL,
    PAGE,
    SERVICE,
    WATER,
    WAY,
    WORDS,
    answered,
    client_of,
    consent,
    customers,
    design,
    designed,
    drawn,
    fresh_company,
    link_of,
    sent,
    three,
)
from qiao.messaging.models import Message
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def close_accounts(row: Customer) -> None:
    Account.objects.filter(parties__customer=row).update(
        status="closed", closed_date=NOW.date() - timedelta(days=9)
    )


def test_those_who_may_not_be_asked_are_left_out_and_counted(company: Company) -> None:
    able = customers(company, 4)
    customers(company, 2, agreed=None)
    (refused,) = customers(company, 1)
    consent(company, refused, is_given=False, at=NOW + timedelta(days=1))
    (gone,) = customers(company, 1)
    close_accounts(gone)
    (visitor,) = [
        make_customer(company.agent, name="无户号")
    ]  # never had an account: may be asked
    consent(company, visitor, is_given=True)
    make_account(
        company.outsider, owner=make_customer(company.outsider)
    )  # of the branch next door
    wave = drawn(company, designed(company))
    found = set(wave.invitations.values_list("customer_id", flat=True))
    assert found == {row.pk for row in (*able, visitor)}
    assert wave.left_out == {"not_asked": 2, "refused": 1, "closed": 1}
    assert sum(wave.strata.values_list("population", flat=True)) == 8
    assert sum(wave.strata.values_list("eligible", flat=True)) == wave.drawn_count == 5


def test_a_merged_customer_is_asked_once_and_speaks_for_all_its_rows(company: Company) -> None:
    first, second = customers(company, 2, agreed=None)
    consent(company, second, is_given=True)
    merge_customers(
        actor=company.agent, now=NOW, customer_id=first.pk, merged_id=second.pk, reason="same"
    )
    wave = drawn(company, designed(company))
    assert [each.customer_id for each in wave.invitations.all()] == [first.pk]


def test_nobody_is_invited_twice_within_the_rest(company: Company) -> None:
    customers(company, 3)
    one, other = designed(company), designed(company)
    sent(company, drawn(company, one))
    assert drawn(company, other, now=NOW + timedelta(days=89)).left_out == {"lately": 3}
    discard_wave(wave_id=other.waves.get().pk, actor=company.agent)
    assert drawn(company, other, now=NOW + timedelta(days=91)).drawn_count == 3


def test_who_was_invited_since_the_draw_is_left_in_peace(company: Company) -> None:
    customers(company, 3)
    one, other = (drawn(company, designed(company)) for _ in range(2))
    sent(company, one)
    sent(company, other)
    assert set(other.invitations.values_list("state", "reason")) == {("skipped", "lately")}
    assert Message.objects.filter(kind="survey").count() == 3


def test_the_seed_repeats_the_draw_and_the_segment_narrows_it(company: Company) -> None:
    made = customers(company, 30)
    Customer.objects.filter(pk__in=[row.pk for row in made[:10]]).update(tier="A")
    survey = designed(company)

    def draw(seed: int) -> set[int]:
        wave = draw_wave(survey_id=survey.pk, draw=Draw(9, seed), actor=company.agent, now=NOW)
        found = set(wave.invitations.values_list("customer_id", flat=True))
        tiers = dict(wave.strata.values_list("tier", "drawn"))
        assert tiers == {"A": 3, "C": 6}
        discard_wave(wave_id=wave.pk, actor=company.agent)
        return found

    first = draw(1)
    assert len(first) == 9
    assert draw(1) == first
    assert any(draw(seed) != first for seed in (2, 3, 4))


def test_a_wave_is_sent_once_and_goes_on_where_it_was_killed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers(company, 5)
    wave = drawn(company, designed(company))
    send_wave(wave_id=wave.pk, page_url=PAGE, actor=company.agent, now=NOW)
    assert send_part(wave_id=wave.pk, now=NOW, most=2) == 2

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(survey_sending, "_note", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            send_part(wave_id=wave.pk, now=NOW, most=2)
    assert Message.objects.filter(kind="survey").count() == 2
    send_wave(wave_id=wave.pk, page_url="http://other/", actor=company.agent, now=LATER)
    while send_part(wave_id=wave.pk, now=NOW, most=2):
        pass
    assert Message.objects.filter(kind="survey", body__contains=PAGE).count() == 5
    assert wave.invitations.filter(state="sent").count() == 5
    assert send_part(wave_id=wave.pk, now=NOW) == 0
    with pytest.raises(SurveyRefused, match="sent"):
        send_wave(wave_id=wave.pk, page_url=PAGE, actor=company.agent, now=NOW)
    with pytest.raises(SurveyRefused, match="sent"):
        discard_wave(wave_id=wave.pk, actor=company.agent)
    wave.refresh_from_db()
    assert wave.closes_at == NOW + timedelta(days=21)


def test_only_the_hash_of_a_link_is_kept(company: Company) -> None:
    customers(company, 1)
    wave = sent(company, drawn(company, designed(company)))
    row = wave.invitations.get()
    token = link_of(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM feedback_surveyinvitation i")
        assert token not in str(cursor.fetchall())
    body = Message.objects.get(pk=row.message_id or 0).body
    assert "{how}" in body  # the author's braces are the author's
    assert queries.progress_of([wave.pk])[wave.pk] == queries.Progress(sent=1)


def test_questions_are_frozen_once_sent_and_the_next_wave_copies_them(company: Company) -> None:
    customers(company, 1)
    survey = designed(company)
    wave = sent(company, drawn(company, survey))
    asked = Asked("attribute", three("Taste"), place=1)
    surveys.save_question(survey_id=survey.pk, key=WATER, asked=asked, actor=company.agent)
    surveys.drop_question(survey_id=survey.pk, key=WAY, actor=company.agent)
    added = Asked("yes_no", three("New"))
    surveys.save_question(survey_id=survey.pk, key="", asked=added, actor=company.agent)
    wave.refresh_from_db()
    assert [each["key"] for each in wave.questions] == [f"q{n}" for n in range(1, 8)]
    following = drawn(company, survey, now=NOW + timedelta(days=100))
    assert [each["key"] for each in following.questions] == [
        *("q2", "q1", "q3", "q4", "q6", "q7", "q8")
    ]
    with pytest.raises(IntegrityError, match="is not changed"), transaction.atomic():
        SurveyWave.objects.filter(pk=wave.pk).update(questions=[])


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked("overall", three("Again")), "overall"),
        (Asked("choice", three("One"), (three("x"),)), "choices"),
        (Asked("dance", three("One")), "kind"),
    ],
)
def test_what_is_no_question_is_refused(company: Company, asked: Asked, reason: str) -> None:
    survey = designed(company)
    with pytest.raises(SurveyRefused, match=reason):
        surveys.save_question(survey_id=survey.pk, key="", asked=asked, actor=company.agent)


def answer_all(wave: SurveyWave, marks: list[tuple[int, int]]) -> None:
    """Each customer gives a mark all in all, for the water, and how much that matters."""
    rows = wave.invitations.order_by("pk")
    for row, (mark, matters) in zip(rows, marks, strict=False):
        given = {
            OVERALL: Given(mark),
            WATER: Given(mark, matters),
            SERVICE: Given(6 - mark, 6 - matters),
            WAY: Given(1 if mark > 2 else 2),
            WORDS: Given(words=f"mark {mark}"),
        }
        answered(row, wave.sent_at or NOW, **given)


_SQL_MEAN = """
SELECT sum(s.population * m.mean) / sum(s.population), sum(m.n)
  FROM feedback_surveystratum s
  JOIN (SELECT i.stratum_id, avg(a.value) AS mean, count(*) AS n
          FROM feedback_surveyanswer a JOIN feedback_surveyinvitation i ON i.id = a.invitation_id
         WHERE a.question = %s AND i.wave_id = %s GROUP BY 1) m ON m.stratum_id = s.id
"""


def test_the_report_says_what_sql_says_of_the_answers(company: Company) -> None:
    made = customers(company, 24)
    Customer.objects.filter(pk__in=[row.pk for row in made[:6]]).update(tier="A")
    customers(company, 40, agreed=None)
    wave = sent(company, drawn(company, designed(company)))
    answer_all(wave, [(1 + n % 5, 5 - n % 2) for n in range(20)])
    report = survey_report.report_of(wave)
    by_key = {each.question.key: each for each in report.results}
    with connection.cursor() as cursor:
        cursor.execute(_SQL_MEAN, [OVERALL, wave.pk])
        mean, n = cursor.fetchone()
    figure = by_key[OVERALL].figures[0]
    assert figure.weighted is not None
    assert figure.plain is not None
    assert figure.weighted.value == pytest.approx(float(mean))
    assert figure.weighted.n == n == 20
    rows = SurveyAnswer.objects.filter(question=OVERALL)
    values = [each.value or 0 for each in rows]
    assert figure.plain.value == pytest.approx(sum(values) / 20)
    satisfied = by_key[OVERALL].figures[1].plain
    assert satisfied is not None
    assert satisfied.value == pytest.approx(100 * sum(x >= 4 for x in values) / 20)
    assert [each.n for each in by_key[WAY].slices] == [12, 8]
    assert [each.n for each in by_key[OVERALL].slices] == [None] * 5  # four each: hidden
    assert {each.key for each in report.places} == {WATER, SERVICE}
    assert report.places[0].key == WATER
    assert report.before is None


def test_a_wave_is_compared_with_the_one_before(company: Company) -> None:
    customers(company, 30)
    survey = designed(company)
    first = sent(company, drawn(company, survey))
    answer_all(first, [(2 + n % 2, 4) for n in range(30)])
    then = NOW + timedelta(days=100)
    second = sent(company, drawn(company, survey, now=then), now=then)
    answer_all(second, [(4 + n % 2, 4) for n in range(30)])
    report = survey_report.report_of(second)
    assert report.before == first
    figures = {each.key: each for each in report.results[1].figures}
    assert figures["mean"].change is not None
    assert figures["mean"].change.verdict == "better"
    assert figures["importance"].change is not None
    assert figures["importance"].change.verdict == "open"


def test_few_answers_are_not_shown(company: Company) -> None:
    customers(company, 6)
    wave = sent(company, drawn(company, designed(company)))
    answer_all(wave, [(5, 5)] * 4)
    page = client_of(company.agent_staff).get(reverse("feedback:survey_wave", args=[wave.pk]))
    assert "Fewer than 5 answers" in text_of(page)
    assert not page.context["places"]


def test_words_are_found_without_names_and_the_unhappy_stand_to_be_called(
    company: Company,
) -> None:
    customers(company, 6)
    wave = sent(company, drawn(company, designed(company)))
    answer_all(wave, [(1, 5), (5, 5), (2, 5), (4, 5)])
    found, _after = queries.words_of(wave, question=WORDS, text="mark 5")
    assert [each.words for each in found] == ["mark 5"]
    assert len(queries.unhappy_of(wave)) == 2
    client = client_of(company.agent_staff)
    words = text_of(client.get(reverse("feedback:survey_words", args=[wave.pk])))
    assert "mark 1" in words
    assert "受邀" not in words
    assert "call them" in text_of(client.get(reverse("feedback:survey_wave", args=[wave.pk])))


def test_rows_are_those_of_the_unit_and_making_needs_its_right(company: Company) -> None:
    customers(company, 2)
    survey = designed(company)
    wave = drawn(company, survey)
    with pytest.raises(Http404):
        queries.get_wave_for(actor=company.outsider, wave_id=wave.pk)
    with pytest.raises(Forbidden):
        send_wave(wave_id=wave.pk, page_url=PAGE, actor=company.outsider, now=NOW)
    with pytest.raises(Forbidden):
        surveys.change_survey(survey_id=survey.pk, design=design(company), actor=company.outsider)
    reader = person(number="7001", name="读者", branch=company.lake, permissions=("surveys.view",))
    client = client_of(reader)
    page = client.get(reverse("feedback:survey_wave", args=[wave.pk]))
    assert page.status_code == 200
    assert "Send the wave" not in text_of(page)
    assert client.post(reverse("feedback:survey_send", args=[wave.pk])).status_code == 403
    actor = actor_for(reader, day=TODAY)
    assert [each.survey for each in queries.list_surveys(actor=actor, archived=False, now=NOW)[0]]


def test_pages_lead_from_the_design_to_the_draw(company: Company) -> None:
    customers(company, 3)
    client = client_of(company.agent_staff)
    parts = ("en", "zh_hans", "zh_hant")
    told = {
        "unit": company.lake.pk,
        "owner": company.agent.person_id,
        "segment": "",
        "answer_days": 14,
        "gap_days": 90,
        "every_months": 3,
        **{f"{name}_{part}": "Service" for name in ("name", "intro") for part in parts},
    }
    made = client.post(reverse("feedback:survey_new"), told)
    survey = Survey.objects.get()
    assert made.headers["Location"] == reverse("feedback:survey", args=[survey.pk])
    question = {"kind": "choice", "place": 1, **{f"text_{part}": "Way" for part in parts}}
    address = reverse("feedback:survey_question_new", args=[survey.pk])
    assert client.post(address, {**question, "choices": "Phone | 电话"}).status_code == 422
    choices = "Phone | 电话 | 電話\nCounter | 柜台 | 櫃檯"
    assert client.post(address, {**question, "choices": choices}).status_code == 302
    survey.refresh_from_db()
    assert survey.questions[0]["choices"][1]["zh-Hant"] == "櫃檯"
    change = reverse("feedback:survey_question", args=[survey.pk, "q1"])
    assert "Counter | 柜台 | 櫃檯" in client.get(change).content.decode()
    drew = client.post(reverse("feedback:survey_draw", args=[survey.pk]), {"size": 2, "seed": 5})
    wave = SurveyWave.objects.get()
    assert drew.headers["Location"] == reverse("feedback:survey_wave", args=[wave.pk])
    assert wave.drawn_count == 2
    again = client.post(reverse("feedback:survey_draw", args=[survey.pk]), {"size": 2, "seed": 5})
    assert again.status_code == 422
    assert client.post(reverse("feedback:survey_send", args=[wave.pk])).status_code == 302
    assert "Being sent" in text_of(client.get(reverse("feedback:survey_wave", args=[wave.pk])))
    assert SurveyStratum.objects.count() == 1
    assert SurveyInvitation.objects.filter(state="drawn").count() == 2


def test_the_list_costs_the_same_for_one_survey_and_thirty(
    company: Company, django_assert_max_num_queries: Any
) -> None:
    designed(company)
    client = client_of(company.agent_staff)
    address = reverse("feedback:surveys")
    client.get(address)
    with django_assert_max_num_queries(200) as one:
        client.get(address)
    for _ in range(29):
        surveys.add_survey(design=design(company), actor=company.agent, now=NOW)
    with django_assert_max_num_queries(len(one.captured_queries) + 1):
        client.get(address)


def test_the_survey_of_the_calendar_is_due_after_its_months(company: Company) -> None:
    customers(company, 1)
    survey = designed(company, every_months=3)
    sent(company, drawn(company, survey))
    (line,), _after = queries.list_surveys(actor=company.agent, archived=False, now=NOW)
    assert str(line.due_date) == "2027-02-25"
    assert survey_drawing.MOST > 1
