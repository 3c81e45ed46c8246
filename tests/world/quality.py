"""The agent's work judged, appealed against and coached, every text of it marked."""

from datetime import datetime, timedelta

from qiao.cases.models import Case
from qiao.core.actor import Actor
from qiao.feedback.models import Evaluation, ScoreCard
from qiao.feedback.operations import appealing, coaching, evaluating, sampling
from qiao.feedback.operations.coaching import CoachingTerms
from qiao.feedback.operations.evaluating import Given
from qiao.feedback.operations.sampling import PlanTerms
from qiao.feedback.operations.score_cards import install_score_cards, start_draft
from qiao.feedback.queries.evaluations import card_of
from qiao.feedback.queries.score_cards import version_in_use
from tests.world.canaries import World, marked


def add_quality(world: World) -> None:
    """A plan with its draw, a card with a draft, and judgements in each of their states."""
    company, now = world.company, world.now
    install_score_cards(now=now)
    card = ScoreCard.objects.get(key="water.case_service")
    start_draft(card_id=card.pk, actor=company.chief, now=now)
    plan = sampling.add_plan(
        terms=PlanTerms(
            title=marked("plan"),
            organisation_id=company.lake.pk,
            card_id=card.pk,
            basis="person",
            amount=1,
            valid_from=now.date() - timedelta(days=30),
        ),
        actor=company.chief,
    )
    monday = now.date() - timedelta(days=now.date().weekday())
    sampling.draw_week(plan=plan, week=monday - timedelta(days=7), now=now)
    world.ids |= {
        "sample_plan": plan.pk,
        "sample_draw": plan.draws.get().pk,
        "score_card": card.pk,
    }
    judged, agent, colleague = world.ids["case"], company.agent, company.colleague
    free = Case.objects.filter(organisation=company.lake).exclude(pk=judged).order_by("pk")
    others = list(free.values_list("pk", flat=True)[:3])
    version = version_in_use(card.pk)
    row, done, released, begun = (
        Evaluation.objects.create(
            subject_kind="case",
            subject_id=subject,
            number="x",
            organisation=company.lake,
            person_id=person.person_id,
            evaluator_id=evaluator.person_id,
            version_of_card=version,
            created_at=now,
            due_date=now.date(),
        )
        for subject, person, evaluator in (
            (judged, colleague, agent),
            (others[0], colleague, agent),
            (others[1], agent, colleague),
            (others[2], colleague, agent),
        )
    )
    for each, evaluator in ((row, agent), (done, agent), (released, colleague)):
        finish(each, evaluator, now)
    for each, evaluator in ((row, agent), (released, colleague)):
        evaluating.release_evaluation(evaluation_id=each.pk, actor=evaluator, now=now)
    opened = coaching.open_coaching(
        evaluation_id=row.pk,
        terms=CoachingTerms(marked("topic"), marked("coach"), now.date() + timedelta(days=7)),
        actor=agent,
        now=now,
    )
    appealing.appeal(
        evaluation_id=row.pk, reasons={"coded": marked("objection")}, actor=colleague, now=now
    )
    world.ids |= {
        "evaluation": row.pk,
        "evaluation_done": done.pk,
        "evaluation_released": released.pk,
        "evaluation_begun": begun.pk,
        "coaching": opened.pk,
    }


def finish(row: Evaluation, evaluator: Actor, now: datetime) -> None:
    """Answer every question with the least, a remark beside each."""
    given = {
        question.key: Given(str(question.least), marked(f"remark-{question.key}"))
        for question in card_of(row).questions()
    }
    evaluating.finish_evaluation(
        evaluation_id=row.pk, given=given, comment=marked("comment"), actor=evaluator, now=now
    )
