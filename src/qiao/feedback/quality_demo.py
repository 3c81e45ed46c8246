"""The demo's judgements: four weeks of one team, drawn by lot, an appeal, a coaching."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.transactions import acting
from qiao.feedback.models import (
    Coaching,
    Evaluation,
    EvaluationEvent,
    FollowUp,
    SamplePlan,
    ScoreCard,
)
from qiao.feedback.operations.appealing import appeal, decide_appeal
from qiao.feedback.operations.coaching import CoachingTerms, finish_coaching, open_coaching
from qiao.feedback.operations.evaluating import (
    Given,
    acknowledge,
    finish_evaluation,
    keep_draft,
    release_evaluation,
)
from qiao.feedback.operations.reviewing import OCCASION, review_poor_rating
from qiao.feedback.operations.sampling import PlanTerms, add_plan, draw_week
from qiao.feedback.queries.evaluations import card_of, deciders_of
from qiao.feedback.queries.ratings import POOR
from qiao.feedback.rules.score_cards import Question
from qiao.staff.queries import actor_by_id, actor_by_number, chain_of, home_unit

CARD: Final = "case_service"
PLANNER: Final = "1008"
OF_TEAM: Final = "1027"
ZONE: Final = ZoneInfo("Asia/Shanghai")
WEEKS: Final = 4
WEEK: Final = timedelta(days=7)
TITLE: Final = "热线班组工单周抽检（每人两单）"
COMMENT: Final = (
    "受理信息完整，派单准确；结束语规范。",
    "办理过程清楚，回访及时，可作为班组示例。",
    "诉求记录偏简，回访同事需要再问一次客户。",
    "答复内容正确，但用语偏书面，建议改成客户听得懂的话。",
)
REMARKS: Final = {
    "identified": "未见核实户号的记录。",
    "understood": "只写“没水”，缺少起始时间和影响范围。",
    "coded": "应选“爆管抢修”，误选“停水咨询”。",
    "right_unit": "先派到营业厅，半小时后才转抢修班。",
    "promise_kept": "到场超过承诺时限，事先未告知客户。",
    "solved": "未附处理依据。",
    "answer_right": "告知的恢复供水时间与通知不一致。",
    "answer_plain": "照搬公告原文。",
    "notes_kept": "过程记录在办结时一次补写。",
}
# How likely a question is answered with its best; what fails seldom fails in the demo.
BEST_SHARE, FAIL_SHARE = 0.72, 0.06
OBJECTION: Final = "系统当时推荐的就是该类型，客户也是这样描述的，请复核录音。"
DECIDED: Final = "复核录音：客户先说停水，未提到路面冒水，类型选择合理，改判为“是”。"
TOPIC: Final = "把诉求一次问清、一次记全"
PLAN: Final = "每天挑两单，按“何事、何地、何时起、期望什么”四项自查，周五与班长一起听一段录音。"
REVIEWED: Final = timedelta(days=12)
MOST_REVIEWS: Final = 40
REVIEWED_AS: Final = "看过全过程：等待最长的一段未向客户说明原因，回复时也没有确认客户是否认可。"
RESULT: Final = "已练习两周，记录完整，补问明显减少。"


def build(world: World) -> None:
    """Draw week after week, and let those concerned do what they would have done since."""
    card = ScoreCard.objects.filter(key=f"{world.pack}.{CARD}", is_active=True).first()
    if card is None:  # a world of another pack
        return
    chance = Random(world.seed)  # noqa: S311 - no secret
    today = world.now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    planner = actor_by_number(PLANNER, day=today)
    team = home_unit(actor_by_number(OF_TEAM, day=today).person_id)
    terms = PlanTerms(
        title=TITLE,
        organisation_id=chain_of(team)[-1],
        card_id=card.pk,
        basis=SamplePlan.Basis.PERSON,
        amount=2,
        team_id=team,
        valid_from=monday - WEEKS * WEEK,
        second_percent=10,
    )
    with acting(planner):
        plan = add_plan(terms=terms, actor=planner)
    for weeks in range(WEEKS, 0, -1):
        drawn_at = _at(monday - (weeks - 1) * WEEK, 9)
        with acting(None):
            draw_week(plan=plan, week=monday - weeks * WEEK, now=min(drawn_at, world.now),
                      seed=world.seed + weeks)  # fmt: skip
        rows = list(Evaluation.objects.filter(drawn_by__plan=plan, created_at=drawn_at))
        begun = _begun(rows, planner) if weeks == 1 else None
        for place, row in enumerate(rows):
            _judge(row, place, chance, world, today, is_begun=row == begun)
    _object(plan, planner, world, today)
    _coach(plan, world, today)
    _review(chance, world, today)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def _begun(rows: Sequence[Evaluation], planner: Actor) -> Evaluation | None:
    """The one that the planner has begun and not yet finished, whatever day it is."""
    first = [row for row in rows if row.second_of_id is None]
    own = [row for row in first if row.evaluator_id == planner.staff_id]
    return next(iter(own or first), None)


def _judge(
    row: Evaluation, place: int, chance: Random, world: World, today: date, *, is_begun: bool
) -> None:
    """Finish, release and read it as far as time has gone; every ninth is appealed against."""
    evaluator = actor_by_id(row.evaluator_id, day=today)
    at = row.created_at + timedelta(days=1 + place % 3, hours=place % 5)
    card = card_of(row)
    given = {question.key: _answer(question, chance) for question in card.questions()}
    comment = COMMENT[place % len(COMMENT)]
    if at > world.now or is_begun:
        if place % 4 == 0 or is_begun:
            some = dict(list(given.items())[:4])
            with acting(evaluator):
                keep_draft(evaluation_id=row.pk, given=some, comment="", actor=evaluator)
        return
    with acting(evaluator):
        finish_evaluation(
            evaluation_id=row.pk, given=given, comment=comment, actor=evaluator, now=at
        )
    released = at + timedelta(days=1)
    if released > world.now or row.second_of_id is not None:
        return
    with acting(evaluator):
        release_evaluation(evaluation_id=row.pk, actor=evaluator, now=released)
    person, seen = actor_by_id(row.person_id, day=today), released + timedelta(hours=20)
    if seen > world.now or not person.can_in("quality.own", row.organisation_id):
        return
    weak = next((key for key, each in given.items() if each.comment), "")
    if place % 9 == 4 and weak:
        _appeal(row, weak, person, seen, world, today)
        return
    with acting(person):
        acknowledge(evaluation_id=row.pk, actor=person, now=seen)


def _answer(question: Question, chance: Random) -> Given:
    drawn = chance.random()
    if question.effect == "fatal" or drawn < BEST_SHARE:
        return Given(str(question.most))
    words = REMARKS.get(question.key, "")
    if question.effect != "none" and drawn > 1 - FAIL_SHARE:
        return Given(str(question.least), words or "未达到要求。")
    if question.kind == "yes_no":
        fails = question.effect == "none" and drawn > 1 - 2 * FAIL_SHARE
        return Given(str(question.least), words) if fails else Given(str(question.most))
    return Given(str(round(question.most * 0.8)), words)


def _appeal(
    row: Evaluation, key: str, person: Actor, at: datetime, world: World, today: date
) -> None:
    """The person objects; decided when two days have gone, by whoever may."""
    with acting(person):
        appeal(evaluation_id=row.pk, reasons={key: OBJECTION}, actor=person, now=at)
    row.refresh_from_db()
    decided, deciders = at + timedelta(days=2), deciders_of(evaluation=row, day=today)
    if decided > world.now or not deciders:
        return
    decider = actor_by_id(deciders[0], day=today)
    question = card_of(row).question(key)
    with acting(decider):
        decide_appeal(
            evaluation_id=row.pk,
            decisions={key: (str(question.most if question else 1), DECIDED)},
            actor=decider,
            now=decided,
        )


def _object(plan: SamplePlan, planner: Actor, world: World, today: date) -> None:
    """One appeal waits for its decision, by the planner where that is possible."""
    of_plan = Evaluation.objects.filter(drawn_by__plan=plan)
    if (
        of_plan.filter(state=Evaluation.State.APPEALED)
        .exclude(evaluator=planner.staff_id)
        .exists()
    ):
        return
    told = (Evaluation.State.SEEN, Evaluation.State.RELEASED)
    rows = of_plan.filter(state__in=told, appeal_until__gte=today)
    for row in rows.exclude(evaluator=planner.staff_id).order_by("-released_at", "id"):
        person = actor_by_id(row.person_id, day=today)
        key = next(question.key for question in card_of(row).questions())
        doubted = row.answers.exclude(comment="").values_list("question", flat=True).first()
        with acting(person):
            appeal(
                evaluation_id=row.pk,
                reasons={doubted or key: OBJECTION},
                actor=person,
                now=world.now,
            )
        return


def _coach(plan: SamplePlan, world: World, today: date) -> None:
    """The two weakest are coached: one is done, one is under way."""
    rows = Evaluation.objects.filter(
        drawn_by__plan=plan, released_at__lt=world.now - WEEK, second_of=None, score__lt=95
    ).order_by("score", "id")
    coached: set[int] = set()
    for row in rows:
        if row.person_id in coached or len(coached) == 2 or row.released_at is None:
            continue
        coached.add(row.person_id)
        owner = actor_by_id(row.evaluator_id, day=today)
        at = row.released_at + timedelta(days=1)
        terms = CoachingTerms(TOPIC, PLAN, at.date() + 2 * WEEK, "understood")
        with acting(owner):
            opened = open_coaching(evaluation_id=row.pk, terms=terms, actor=owner, now=at)
            if len(coached) == 1:
                done = min(at + timedelta(days=10), world.now)
                finish_coaching(coaching_id=opened.pk, result=RESULT, actor=owner, now=done)


def _review(chance: Random, world: World, today: date) -> None:
    """Poor ratings of the last days came before a lead; those of other days are judged by now."""
    since = world.now - REVIEWED
    poor = FollowUp.objects.filter(POOR, state=FollowUp.State.REACHED, finished_at__gt=since)
    for follow_up in poor.order_by("finished_at", "id")[:MOST_REVIEWS]:
        at = follow_up.finished_at
        assert at is not None
        with acting(None):
            row = review_poor_rating(follow_up_id=follow_up.pk, now=at)
        if row is None or row.created_at != at or at.astimezone(ZONE).date() == today:
            continue
        evaluator, done = actor_by_id(row.evaluator_id, day=today), at + timedelta(hours=3)
        given = {question.key: _answer(question, chance) for question in card_of(row).questions()}
        with acting(evaluator):
            finish_evaluation(
                evaluation_id=row.pk, given=given, comment=REVIEWED_AS, actor=evaluator, now=done
            )


def audit() -> Sequence[Finding]:
    """Judgements of a month, most of them read, some coaching."""
    judged = Evaluation.objects.exclude(finished_at=None).count()
    coached = Coaching.objects.count()
    begun = Evaluation.objects.filter(state=Evaluation.State.OPEN).exclude(draft={}).count()
    appealed = Evaluation.objects.filter(state=Evaluation.State.APPEALED).count()
    reviews = EvaluationEvent.objects.filter(kind=OCCASION).count()
    return [
        Finding("judged cases", str(judged), "≥ 5", ok=judged >= 5),
        Finding("begun judgements", str(begun), "≥ 1", ok=begun >= 1),
        Finding("open appeals", str(appealed), "≥ 1", ok=appealed >= 1),
        Finding("reviews of poor ratings", str(reviews), "≥ 1", ok=reviews >= 1),
        Finding("coachings", str(coached), "1–2", ok=1 <= coached <= 2),
    ]
