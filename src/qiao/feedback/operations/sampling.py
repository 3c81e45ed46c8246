"""Plans of what is judged, and the weekly draw by which nobody picks."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.features import is_on
from qiao.core.manifest import FinishedWork
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.feedback.features import QUALITY
from qiao.feedback.models import (
    Evaluation,
    EvaluationEvent,
    SampleDraw,
    SamplePlan,
    ScoreCard,
    ScoreCardVersion,
)
from qiao.feedback.queries.ratings import badly_rated
from qiao.feedback.queries.score_cards import plans_on, version_in_use
from qiao.feedback.rules.sampling import (
    Evaluator,
    Given,
    Piece,
    draw_all,
    draw_per_person,
    draw_share,
    give_out,
)
from qiao.staff.operations import notify
from qiao.staff.queries import chain_of, holders_of, local_days, subtree_of

PLAN: Final = "quality.plan"
EVALUATE: Final = "quality.evaluate"
RANKED: Final = (EVALUATE, "quality.decide", PLAN)
ASSIGNED: Final = "feedback.evaluation_assigned"
TITLE_LENGTH: Final = 80
WEEK: Final = timedelta(days=7)
Basis = SamplePlan.Basis


class PlanRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be so. `reason`: ``amount``, ``team``, ``person``, ``days`` or ``card``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan says, as `SamplePlan` keeps it."""

    title: str
    organisation_id: int
    card_id: int
    basis: str
    valid_from: date
    amount: int | None = None
    team_id: int | None = None
    person_id: int | None = None
    kind_key: str = ""
    second_percent: int = 0


def add_plan(*, terms: PlanTerms, actor: Actor) -> SamplePlan:
    """Draw by this plan every week from a day on. Raises `Forbidden`, `BadText`, `PlanRefused`."""
    required()
    actor.require(PLAN, terms.organisation_id)
    counted = {Basis.PERSON: 20, Basis.SHARE: 100}.get(Basis(terms.basis))
    if counted is not None and not 1 <= (terms.amount or 0) <= counted:
        raise PlanRefused("amount")
    if not 0 <= terms.second_percent <= 100:
        raise PlanRefused("amount")
    if terms.team_id is not None and terms.team_id not in subtree_of(terms.organisation_id):
        raise PlanRefused("team")
    if not ScoreCard.objects.filter(pk=terms.card_id, is_active=True).exists():
        raise PlanRefused("card")
    return SamplePlan.objects.create(
        title=clean(
            terms.title, field="title", max_length=TITLE_LENGTH, one_line=True, required=True
        ),
        organisation_id=terms.organisation_id,
        card_id=terms.card_id,
        basis=terms.basis,
        amount=terms.amount if counted is not None else None,
        team_id=terms.team_id,
        person_id=terms.person_id,
        kind_key=terms.kind_key,
        second_percent=terms.second_percent,
        valid_from=terms.valid_from,
        created_by_id=actor.staff_id,
    )


def end_plan(*, plan_id: int, valid_until: date, actor: Actor) -> SamplePlan:
    """Draw no more from a day on. Raises `Forbidden`, `PlanRefused`."""
    required()
    plan = SamplePlan.objects.select_for_update().get(pk=plan_id)
    actor.require(PLAN, plan.organisation_id)
    if valid_until < plan.valid_from or plan.valid_until is not None:
        raise PlanRefused("days")
    plan.valid_until = valid_until
    plan.save(update_fields=["valid_until"])
    return plan


def draw_due(*, now: datetime) -> int:
    """Draw of every plan in force what the week before this one brought, unless that was done.
    Returns how many evaluations were given out."""
    required()
    days = local_days(now)
    given = 0
    for plan in plans_on(day=max(days.values())):
        today = days[plan.organisation_id]
        if not is_on(QUALITY, organisation_ids=chain_of(plan.organisation_id), day=today):
            continue
        if plan.valid_from <= today and (plan.valid_until is None or today < plan.valid_until):
            monday = today - timedelta(days=today.weekday())
            given += draw_week(plan=plan, week=monday - WEEK, now=now)
    return given


def draw_week(*, plan: SamplePlan, week: date, now: datetime, seed: int | None = None) -> int:
    """Draw of one plan what was finished in the seven days from `week` on, and give it out.

    Once a week and plan: drawn again it does nothing. The seed is kept with the pool. Returns how
    many evaluations were given out.
    """
    required()
    SamplePlan.objects.select_for_update().get(pk=plan.pk)
    version = version_in_use(plan.card_id)
    if version is None or SampleDraw.objects.filter(plan=plan, week=week).exists():
        return 0
    seed = secrets.randbits(62) if seed is None else seed
    pool = pool_of(plan=plan, week=week)
    drawn = drawn_of(plan=plan, pool=pool, seed=seed)
    day = local_days(now)[plan.organisation_id]
    evaluators, ranks = _evaluators(plan, day)
    given, left = give_out(
        drawn,
        evaluators=evaluators,
        ranks=ranks,
        second_percent=plan.second_percent,
        seed=seed,
    )
    draw = SampleDraw.objects.create(
        plan=plan,
        week=week,
        seed=seed,
        at=now,
        pool=[each.subject_id for each in pool],
        drawn=[each.subject_id for each in drawn],
        unjudged=[each.subject_id for each in left],
    )
    works = {each.subject_id: each for each in pool}
    _write(draw, version, given, works, due=day + timedelta(days=_due_days(plan, day)), now=now)
    return len(given)


def pool_of(*, plan: SamplePlan, week: date) -> list[FinishedWork]:
    """All that a plan could draw of the seven days from `week` on: what nobody judged yet."""
    subject = registry.evaluated()[plan.card.subject]
    found: Sequence[FinishedWork] = subject.pool(
        organisation_ids=sorted(subtree_of(plan.organisation_id)),
        since=week,
        until=week + WEEK - timedelta(days=1),
    )
    judged = set(
        Evaluation.objects.filter(
            subject_kind=subject.key, subject_id__in=[each.subject_id for each in found]
        )
        .exclude(state=Evaluation.State.DROPPED)
        .exclude(drawn_by__plan=plan, drawn_by__week=week)
        .values_list("subject_id", flat=True)
    )
    bad = badly_rated(case_ids=[w.subject_id for w in found]) if subject.key == "case" else set()
    return [
        each
        for each in found
        if each.subject_id not in judged and _wanted(plan, each, bad) and _narrowed(plan, each)
    ]


def _wanted(plan: SamplePlan, each: FinishedWork, bad: set[int]) -> bool:
    if plan.basis == Basis.BAD_RATING:
        return each.subject_id in bad
    if plan.basis == Basis.REOPENED:
        return each.was_reopened
    return plan.basis != Basis.COMPLAINTS or each.is_complaint


def _narrowed(plan: SamplePlan, each: FinishedWork) -> bool:
    return (
        plan.team_id in (None, each.team_id)
        and plan.person_id in (None, each.person_id)
        and plan.kind_key in ("", each.kind_key)
    )


def drawn_of(*, plan: SamplePlan, pool: Sequence[FinishedWork], seed: int) -> list[Piece]:
    """What a seed draws from a pool by a plan."""
    pieces = [
        Piece(each.subject_id, each.person_id, each.kind_key, each.touched_by) for each in pool
    ]
    if plan.basis == Basis.PERSON:
        return draw_per_person(pieces, count=plan.amount or 0, seed=seed)
    if plan.basis == Basis.SHARE:
        return draw_share(pieces, percent=plan.amount or 0, seed=seed)
    return draw_all(pieces, seed=seed)


def _evaluators(plan: SamplePlan, day: date) -> tuple[list[Evaluator], dict[int, int]]:
    """Who may judge work of the unit, with rank and load; ranks of everybody with a right to
    judge. A rank is how many of the rights to judge, decide and plan a person holds there."""
    ranks: dict[int, int] = {}
    for permission in RANKED:
        holders = holders_of(
            permission=permission, organisation_ids=[plan.organisation_id], day=day
        )
        for holder in holders:
            ranks[holder.staff_id] = ranks.get(holder.staff_id, 0) + 1
    able = holders_of(permission=EVALUATE, organisation_ids=[plan.organisation_id], day=day)
    open_now = Evaluation.objects.filter(
        state=Evaluation.State.OPEN, evaluator_id__in=[each.staff_id for each in able]
    )
    load = dict(open_now.values_list("evaluator_id").annotate(n=Count("id")).order_by())
    return (
        [
            Evaluator(each.staff_id, ranks[each.staff_id], load.get(each.staff_id, 0))
            for each in able
        ],
        ranks,
    )


def _due_days(plan: SamplePlan, day: date) -> int:
    return int(
        parameters.find(
            "feedback.evaluation_days",
            day=day,
            organisation_ids=chain_of(plan.organisation_id),
        ).value
    )


def _write(
    draw: SampleDraw,
    version: ScoreCardVersion,
    given: Sequence[Given],
    works: dict[int, FinishedWork],
    *,
    due: date,
    now: datetime,
) -> None:
    """Evaluations of a draw, the blind second ones after the first ones they stand beside."""
    firsts: dict[int, Evaluation] = {}
    for is_second in (False, True):
        rows = [
            Evaluation(
                subject_kind=draw.plan.card.subject,
                subject_id=each.piece.subject_id,
                number=works[each.piece.subject_id].number,
                kind_key=works[each.piece.subject_id].kind_key,
                organisation_id=works[each.piece.subject_id].organisation_id,
                team_id=works[each.piece.subject_id].team_id,
                person_id=each.piece.person_id,
                evaluator_id=each.evaluator_id,
                version_of_card=version,
                drawn_by=draw,
                second_of=firsts.get(each.piece.subject_id),
                created_at=now,
                due_date=due,
            )
            for each in given
            if each.is_second is is_second
        ]
        Evaluation.objects.bulk_create(rows)
        EvaluationEvent.objects.bulk_create(
            EvaluationEvent(evaluation=row, seq=1, kind="drawn", at=now) for row in rows
        )
        if not is_second:
            firsts = {row.subject_id: row for row in rows}
    for evaluator in sorted({each.evaluator_id for each in given}):
        count = sum(each.evaluator_id == evaluator for each in given)
        notify(
            staff_ids=[evaluator],
            kind=ASSIGNED,
            subject_id=draw.pk,
            once=f"draw:{draw.pk}",
            now=now,
            facts={"count": count, "due": str(due)},
        )
