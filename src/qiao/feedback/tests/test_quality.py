"""From the draw to the decided appeal and the coaching, through operations and pages."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from python_calamine import load_workbook

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.tests.browsing import client_of, text_of
from qiao.core.actor import Forbidden
from qiao.customers.tests.factories import make_customer
from qiao.feedback.models import Evaluation, SampleDraw, SamplePlan, ScoreCard
from qiao.feedback.operations.appealing import appeal, decide_appeal
from qiao.feedback.operations.coaching import (
    CoachingRefused,
    CoachingTerms,
    finish_coaching,
    open_coaching,
)
from qiao.feedback.operations.evaluating import (
    EvaluationRefused,
    Given,
    acknowledge,
    drop_evaluation,
    finish_evaluation,
    keep_draft,
    release_evaluation,
)
from qiao.feedback.operations.sampling import (
    PlanRefused,
    PlanTerms,
    add_plan,
    draw_week,
    drawn_of,
    end_plan,
    pool_of,
)
from qiao.feedback.operations.score_cards import (
    CardRefused,
    install_score_cards,
    publish_draft,
    save_draft,
    start_draft,
)
from qiao.feedback.queries.evaluations import (
    PAGE,
    card_of,
    list_counted,
    list_evaluations,
    own_evaluations,
)
from qiao.feedback.queries.quality_figures import Asked, agreement_of, by_group, counted, whole
from qiao.feedback.queries.score_cards import version_in_use
from qiao.feedback.rules.score_cards import Card, read_card
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
WEEK = date(2026, 11, 2)
NOW = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """The cast with the shipped card, a plan of the lake branch and archived cases."""

    company: Company
    card: ScoreCard
    plan: SamplePlan


def closed_case(company: Company, day: date) -> Case:
    """A case that the agent took and that was archived on a day."""
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    request = OpenRequest(
        type_key="water.works_complaint",
        organisation_id=company.lake.pk,
        title="水有氯味",
        description="厨房水氯味很重。",
        channel="phone",
        area="339102",
        customer_id=make_customer(company.agent).pk,
        facts={},
    )
    case = open_case(request=request, actor=company.agent, now=at)
    Case.objects.filter(pk=case.pk).update(
        closed_at=at + timedelta(hours=5), closed_date=day, phase="closed"
    )
    return case


@pytest.fixture
def home() -> Home:
    company = make_company()
    install_score_cards(now=NOW)
    card = ScoreCard.objects.get(key="water.case_service")
    for place in range(4):
        closed_case(company, WEEK + timedelta(days=place))
    terms = PlanTerms("每人两件", company.lake.pk, card.pk, "person", WEEK, amount=2)
    return Home(company, card, add_plan(terms=terms, actor=company.chief))


def drawn(home: Home) -> Evaluation:
    """An evaluation of the agent's work on the colleague's desk."""
    draw_week(plan=home.plan, week=WEEK, now=NOW, seed=1)
    row = Evaluation.objects.order_by("id").first()
    assert row is not None
    Evaluation.objects.filter(pk=row.pk).update(evaluator=home.company.colleague.person_id)
    row.refresh_from_db()
    return row


def best(row: Evaluation, **changes: str) -> dict[str, Given]:
    return {
        question.key: Given(changes.get(question.key, str(question.most)), "看过记录")
        for question in card_of(row).questions()
    }


def judged(home: Home, **changes: str) -> Evaluation:
    row = drawn(home)
    told: dict[str, Any] = {"evaluation_id": row.pk, "actor": home.company.colleague, "now": NOW}
    finish_evaluation(given=best(row, **changes), comment="做得好", **told)
    return release_evaluation(**told)


def test_a_week_is_drawn_once_from_a_kept_seed_and_nobody_judges_his_own(home: Home) -> None:
    assert draw_week(plan=home.plan, week=WEEK, now=NOW) == 2
    assert draw_week(plan=home.plan, week=WEEK, now=NOW) == 0
    draw = SampleDraw.objects.get()
    pool = pool_of(plan=home.plan, week=WEEK)
    again = drawn_of(plan=home.plan, pool=pool, seed=draw.seed)
    assert [each.subject_id for each in again] == draw.drawn
    assert len(draw.pool) == 4
    rows = list(Evaluation.objects.all())
    assert {row.person_id for row in rows} == {home.company.agent.person_id}
    assert home.company.agent.person_id not in {row.evaluator_id for row in rows}
    assert home.company.outsider.person_id not in {row.evaluator_id for row in rows}
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.filter(pk=rows[0].pk).update(evaluator=home.company.agent.person_id)


def test_a_plan_refuses_what_does_not_fit_and_ends(home: Home) -> None:
    company = home.company
    lake, card = company.lake.pk, home.card.pk
    for terms, reason in (
        (PlanTerms("x", lake, card, "person", WEEK, amount=21), "amount"),
        (PlanTerms("x", lake, card, "share", WEEK, amount=0), "amount"),
        (PlanTerms("x", lake, 0, "complaints", WEEK), "card"),
        (
            PlanTerms("x", lake, card, "complaints", WEEK, team_id=company.river_team.pk),
            "team",
        ),
    ):
        with pytest.raises(PlanRefused) as refused:
            add_plan(terms=terms, actor=company.chief)
        assert refused.value.reason == reason
    with pytest.raises(Forbidden):
        add_plan(terms=PlanTerms("x", lake, card, "complaints", WEEK), actor=company.outsider)
    end_plan(plan_id=home.plan.pk, valid_until=WEEK, actor=company.chief)
    with pytest.raises(PlanRefused):
        end_plan(plan_id=home.plan.pk, valid_until=WEEK, actor=company.chief)


def test_a_judgement_is_whole_explained_and_released_by_whoever_may(home: Home) -> None:
    row, company = drawn(home), home.company
    told: dict[str, Any] = {"evaluation_id": row.pk, "actor": company.colleague, "now": NOW}
    keep_draft(
        evaluation_id=row.pk,
        given={"coded": Given("0", "类型错")},
        comment="",
        actor=company.colleague,
    )
    row.refresh_from_db()
    assert row.draft["answers"]["coded"]["comment"] == "类型错"
    with pytest.raises(EvaluationRefused) as refused:
        finish_evaluation(given={"coded": Given("0")}, comment="", **told)
    assert "solved" in refused.value.questions
    silent = {key: Given(each.value) for key, each in best(row, promise_kept="0").items()}
    with pytest.raises(EvaluationRefused) as refused:
        finish_evaluation(given=silent, comment="", **told)
    assert refused.value.questions == ("promise_kept",)
    astray = {**best(row), "coded": Given("1", "", 999)}
    with pytest.raises(EvaluationRefused, match="entry"):
        finish_evaluation(given=astray, comment="", **told)
    with pytest.raises(Forbidden):
        finish_evaluation(
            evaluation_id=row.pk, given=best(row), comment="", actor=company.chief, now=NOW
        )
    done = finish_evaluation(given=best(row, promise_kept="0"), comment="好", **told)
    assert done.score == pytest.approx(65)  # handling, 35 of 100, is lost
    with pytest.raises(EvaluationRefused, match="own"):
        release_evaluation(evaluation_id=row.pk, actor=company.agent, now=NOW)
    assert release_evaluation(**told).appeal_until == date(2026, 11, 14)


def test_the_person_acknowledges_and_appeals_and_a_third_person_decides(home: Home) -> None:
    row, company = judged(home, no_red_line="0"), home.company
    assert row.is_fatal
    acknowledge(evaluation_id=row.pk, actor=company.agent, now=NOW)
    late = NOW + timedelta(days=6)
    reasons = {"no_red_line": "没有辱骂，录音可证", "nonsense": "x"}
    with pytest.raises(EvaluationRefused, match="late"):
        appeal(evaluation_id=row.pk, reasons=reasons, actor=company.agent, now=late)
    with pytest.raises(Forbidden):
        appeal(evaluation_id=row.pk, reasons=reasons, actor=company.colleague, now=NOW)
    opened = appeal(evaluation_id=row.pk, reasons=reasons, actor=company.agent, now=NOW)
    assert list(opened.points) == ["no_red_line"]
    stands = {"no_red_line": ("1", "复听录音，申诉成立")}
    for barred in (company.agent, company.colleague):
        with pytest.raises(Forbidden):
            decide_appeal(evaluation_id=row.pk, decisions=stands, actor=barred, now=NOW)
    with pytest.raises(EvaluationRefused, match="unanswered"):
        decide_appeal(evaluation_id=row.pk, decisions={}, actor=company.chief, now=NOW)
    decided = decide_appeal(evaluation_id=row.pk, decisions=stands, actor=company.chief, now=NOW)
    row.refresh_from_db()
    assert (decided.score_before, decided.score_after) == (0, 100)
    assert (row.first_score, row.score, row.is_fatal) == (0, 100, False)
    answer = row.answers.get(question="no_red_line")
    assert (answer.first_value, answer.value, answer.failed) == ("0", "1", False)


def test_blind_second_judgements_are_hidden_and_their_agreement_counted(home: Home) -> None:
    company = home.company
    SamplePlan.objects.filter(pk=home.plan.pk).update(second_percent=100)
    home.plan.refresh_from_db()
    assert draw_week(plan=home.plan, week=WEEK, now=NOW, seed=3) == 4
    first = Evaluation.objects.filter(second_of__isnull=True).order_by("id").first()
    assert first is not None
    actors = {each.person_id: each for each in (company.colleague, company.chief)}
    for row in (first, first.second):
        seen = Evaluation.objects.visible_to(actors[row.evaluator_id])
        assert seen.filter(pk__in=[first.pk, first.second.pk]).get() == row
    for row in (first, first.second):
        finish_evaluation(
            evaluation_id=row.pk,
            given=best(row, coded="1" if row == first else "0"),
            comment="",
            actor=actors[row.evaluator_id],
            now=NOW,
        )
    asked = Asked(WEEK, NOW.date())
    found = agreement_of(company.chief, asked)
    assert (found.pairs, found.same) == (11, 10)
    assert found.is_small
    counted = whole(company.chief, asked)
    assert counted is not None
    assert counted.mean.n == 1
    with pytest.raises(EvaluationRefused):
        release_evaluation(evaluation_id=first.second.pk, actor=company.chief, now=NOW)


def test_coaching_is_agreed_after_the_release_and_ends_once(home: Home) -> None:
    row, company = judged(home), home.company
    terms = CoachingTerms("一次派单", "跟岗两天", NOW.date() + timedelta(days=7), "right_unit")
    told: dict[str, Any] = {"evaluation_id": row.pk, "actor": company.colleague, "now": NOW}
    with pytest.raises(CoachingRefused, match="oneself"):
        open_coaching(evaluation_id=row.pk, terms=terms, actor=company.agent, now=NOW)
    opened = open_coaching(terms=terms, **told)
    with pytest.raises(Forbidden):
        finish_coaching(coaching_id=opened.pk, result="x", actor=company.chief, now=NOW)
    finish_coaching(coaching_id=opened.pk, result="已跟岗", actor=company.colleague, now=NOW)
    with pytest.raises(CoachingRefused, match="done"):
        finish_coaching(coaching_id=opened.pk, result="x", actor=company.colleague, now=NOW)


def test_a_card_is_changed_by_a_draft_and_what_was_judged_keeps_its_version(home: Home) -> None:
    row, chief = judged(home), home.company.chief
    with pytest.raises(CardRefused, match="no_draft"):
        publish_draft(card_id=home.card.pk, actor=chief, now=NOW)
    draft = start_draft(card_id=home.card.pk, actor=chief, now=NOW)
    content = read_card(draft.content)
    save_draft(card_id=home.card.pk, content=Card(()), actor=chief)
    with pytest.raises(CardRefused, match="faults"):
        publish_draft(card_id=home.card.pk, actor=chief, now=NOW)
    save_draft(card_id=home.card.pk, content=Card(content.sections[:2]), actor=chief)
    published = publish_draft(card_id=home.card.pk, actor=chief, now=NOW)
    assert version_in_use(home.card.pk) == published
    row.refresh_from_db()
    assert len(list(card_of(row).questions())) == 11
    install_score_cards(now=NOW)
    assert version_in_use(home.card.pk) == published


def test_what_cannot_be_judged_is_given_up_and_may_be_drawn_anew(home: Home) -> None:
    row = drawn(home)
    drop_evaluation(evaluation_id=row.pk, reason="资料缺失", actor=home.company.colleague, now=NOW)
    row.refresh_from_db()
    assert row.state == Evaluation.State.DROPPED
    assert row.events.get(kind="dropped").data["reason"] == "资料缺失"


def test_pages_lead_from_the_desk_through_the_card_to_figures_and_workbook(home: Home) -> None:
    row, company = drawn(home), home.company
    desk = client_of(company.colleague_staff)
    assert row.number in text_of(desk.get(reverse("feedback:quality")))
    page = reverse("feedback:evaluation", args=[row.pk])
    assert "是否在承诺时限内办结" in text_of(desk.get(page)) or "promised time" in text_of(
        desk.get(page)
    )
    answers = {f"a-{key}": each.value for key, each in best(row).items()}
    part = dict(list(answers.items())[:3])
    assert desk.post(reverse("feedback:evaluation_draft", args=[row.pk]), part).status_code == 204
    finish = reverse("feedback:evaluation_finish", args=[row.pk])
    assert desk.post(finish, part).status_code == 422
    assert desk.post(finish, {**answers, "then": "release"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.score) == ("released", 100)
    mine = client_of(company.agent_staff)
    assert row.number in text_of(mine.get(reverse("feedback:quality_mine")))
    asked = f"?since={WEEK}&until=2099-01-01"
    figures = text_of(desk.get(reverse("feedback:quality_figures") + asked))
    assert "100.0" in figures
    assert row.number in text_of(desk.get(reverse("feedback:quality_counted") + asked))
    book = desk.post(reverse("feedback:quality_workbook") + asked)
    rows = load_workbook(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:2] == ["林晓岚", "100.0"]
    outside = client_of(company.outsider_staff)
    assert outside.get(page).status_code == 404
    assert row.number not in text_of(outside.get(reverse("feedback:quality_counted") + asked))


def test_the_replay_tells_every_step_with_the_time_between(home: Home) -> None:
    case = Case.objects.order_by("id").first()
    assert case is not None
    page = reverse("feedback:replay", args=["case", case.pk])
    assert case.number in text_of(client_of(home.company.agent_staff).get(page))
    assert client_of(home.company.outsider_staff).get(page).status_code == 404


def test_figures_are_of_those_whom_the_actor_may_see(home: Home) -> None:
    judged(home)
    asked = Asked(WEEK, NOW.date())
    assert [row.key for row in by_group(home.company.chief, asked, "person")] == [
        home.company.agent.person_id
    ]
    assert by_group(home.company.outsider, asked, "person") == []


def many(row: Evaluation, count: int) -> None:
    """More judgements like one, days and moments apart and alike."""
    Evaluation.objects.bulk_create(
        Evaluation(
            subject_kind="case",
            subject_id=-place,
            number=f"P{place}",
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            evaluator_id=row.evaluator_id,
            version_of_card=row.version_of_card,
            state=Evaluation.State.RELEASED,
            created_at=NOW - timedelta(hours=place // 3),
            due_date=NOW.date(),
            score=80,
            finished_at=NOW,
            finished_date=NOW.date() - timedelta(days=place // 40),
            released_at=NOW - timedelta(hours=place // 5),
        )
        for place in range(1, count + 1)
    )


def test_lists_are_paged_without_a_gap_or_a_repetition(home: Home) -> None:
    many(judged(home), PAGE + 20)
    every = sorted(f"P{place}" for place in range(1, PAGE + 21))
    chief, agent = home.company.chief, home.company.agent
    figure = counted(chief, Asked(NOW.date() - timedelta(days=9), NOW.date()))
    pages: list[Any] = [
        lambda after: list_evaluations(actor=chief, view="all", after=after),
        lambda after: own_evaluations(actor=agent, after=after),
        lambda after: list_counted(figure, after=after),
    ]
    for page in pages:
        some, following = page("")
        rest, end = page(following)
        assert (len(some), end) == (PAGE, "")
        numbers = [each.number for each in [*some, *rest]]
        assert sorted(each for each in numbers if each.startswith("P")) == every


def test_the_next_page_asks_for_the_same_evaluations(home: Home) -> None:
    row = judged(home)
    many(row, PAGE)
    asked = f"since={WEEK}&until={NOW.date()}&person={row.person_id}"
    address = reverse("feedback:quality_counted")
    page = text_of(client_of(home.company.chief_staff).get(f"{address}?{asked}"))
    assert f"?{asked.replace('&', '&amp;')}&after=" in page
