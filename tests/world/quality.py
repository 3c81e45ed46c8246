"""The agent's work judged, appealed against and coached, every text of it marked."""

from datetime import timedelta
from typing import Any

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
    """A plan with its draw, a card with a draft, and two judgements of the case."""
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
    row = Evaluation.objects.create(
        subject_kind="case",
        subject_id=world.ids["case"],
        number="x",
        organisation=company.lake,
        person_id=company.colleague.person_id,
        evaluator_id=company.agent.person_id,
        version_of_card=version_in_use(card.pk),
        created_at=now,
        due_date=now.date(),
    )
    given = {
        question.key: Given(str(question.least), marked(f"remark-{question.key}"))
        for question in card_of(row).questions()
    }
    told: dict[str, Any] = {"evaluation_id": row.pk, "actor": company.agent, "now": now}
    evaluating.finish_evaluation(given=given, comment=marked("comment"), **told)
    evaluating.release_evaluation(**told)
    opened = coaching.open_coaching(
        terms=CoachingTerms(marked("topic"), marked("coach"), now.date() + timedelta(days=7)),
        **told,
    )
    appealing.appeal(
        evaluation_id=row.pk,
        reasons={"coded": marked("objection")},
        actor=company.colleague,
        now=now,
    )
    world.ids |= {"evaluation": row.pk, "coaching": opened.pk}
