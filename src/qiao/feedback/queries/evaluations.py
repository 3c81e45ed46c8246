"""Reading evaluations: one, those on a desk, those under appeal, a person's own."""

from datetime import date, datetime
from typing import Final

from django.db.models import F, Q, QuerySet
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.manifest import Story
from qiao.core.registry import registry
from qiao.feedback.models import Coaching, Evaluation
from qiao.feedback.queries.paging import page_of
from qiao.feedback.rules.score_cards import Card, read_card
from qiao.staff.queries import holders_of

VIEW: Final = "quality.view"
OWN: Final = "quality.own"
EVALUATE: Final = "quality.evaluate"
DECIDE: Final = "quality.decide"
PAGE: Final = 50
OWN_COACHINGS: Final = 12
VIEWS: Final = ("to_do", "release", "appeals", "all")
_RELATED: Final = (
    "person",
    "evaluator",
    "organisation",
    "version_of_card",
    "version_of_card__card",
)
State = Evaluation.State


class NoEvaluation(Http404):
    """No such evaluation, or none that the actor may see: outsiders cannot tell."""


def get_evaluation_for(*, actor: Actor, evaluation_id: int) -> Evaluation:
    """One with its card and people. Raises `NoEvaluation`."""
    rows = Evaluation.objects.visible_to(actor).filter(pk=evaluation_id)
    found = rows.select_related(*_RELATED).first()
    if found is None:
        raise NoEvaluation(str(evaluation_id))
    return found


def card_of(evaluation: Evaluation) -> Card:
    """The card as it is judged by."""
    return read_card(evaluation.version_of_card.content)


def story_of(*, evaluation: Evaluation, actor: Actor, now: datetime) -> Story | None:
    """The piece of work with all that happened, as far as the actor may see it."""
    subject = registry.evaluated().get(evaluation.subject_kind)
    if subject is None:
        return None
    return subject.story(actor=actor, subject_id=evaluation.subject_id, now=now)


def _of_view(view: str, actor: Actor) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.visible_to(actor)
    if view == "to_do":
        return rows.filter(evaluator_id=actor.staff_id, state=State.OPEN)
    if view == "release":
        return rows.filter(state=State.DONE, second_of__isnull=True).filter(
            Q(evaluator_id=actor.staff_id) | Q(organisation_id__in=actor.organisations(DECIDE))
        )
    if view == "appeals":
        return rows.filter(state=State.APPEALED)
    return rows.exclude(state=State.DROPPED)


def list_evaluations(*, actor: Actor, view: str, after: str = "") -> tuple[list[Evaluation], str]:
    """A page of a view, due first where work is left, else newest first; the next one's cursor."""
    rows = _of_view(view, actor).select_related(*_RELATED)
    if view == "all":
        return page_of(rows, key="created_at", size=PAGE, after=after, newest_first=True)
    return page_of(rows, key="due_date", size=PAGE, after=after)


def list_counted(rows: QuerySet[Evaluation], *, after: str = "") -> tuple[list[Evaluation], str]:
    """A page of evaluations that a figure counts, the last finished first; the cursor of the
    next."""
    related = rows.select_related(*_RELATED)
    return page_of(related, key="finished_date", size=PAGE, after=after, newest_first=True)


def view_counts(actor: Actor) -> dict[str, int]:
    """How many stand in each view."""
    return {view: _of_view(view, actor).count() for view in VIEWS}


def own_evaluations(*, actor: Actor, after: str = "") -> tuple[list[Evaluation], str]:
    """A page of what was released to the actor, newest first; the cursor of the next."""
    rows = Evaluation.objects.filter(
        person_id=actor.staff_id,
        released_at__isnull=False,
        organisation_id__in=actor.organisations(OWN),
    )
    related = rows.select_related(*_RELATED)
    return page_of(related, key="released_at", size=PAGE, after=after, newest_first=True)


def next_to_do(*, actor: Actor, after_id: int) -> Evaluation | None:
    """The next on the actor's desk after one that was just finished."""
    rows = _of_view("to_do", actor).exclude(pk=after_id)
    return rows.order_by("due_date", "id").first()


def deciders_of(*, evaluation: Evaluation, day: date) -> list[int]:
    """Who may decide an appeal: neither the person judged nor whoever judged."""
    holders = holders_of(permission=DECIDE, organisation_ids=[evaluation.organisation_id], day=day)
    barred = {evaluation.person_id, evaluation.evaluator_id}
    return [each.staff_id for each in holders if each.staff_id not in barred]


def coachings_for(*, actor: Actor, done: bool, after: str = "") -> tuple[list[Coaching], str]:
    """A page of coachings of units whose quality the actor sees, and of those in which the actor
    takes part: due first, or the last done first; the cursor of the next."""
    rows = Coaching.objects.filter(
        Q(organisation_id__in=actor.organisations(VIEW))
        | Q(owner_id=actor.staff_id)
        | Q(person_id=actor.staff_id)
    ).filter(done_date__isnull=not done)
    related = rows.select_related("person", "owner", "evaluation__version_of_card", "organisation")
    if done:
        return page_of(related, key="done_date", size=PAGE, after=after, newest_first=True)
    return page_of(related, key="due_date", size=PAGE, after=after)


def own_coachings(actor: Actor) -> list[Coaching]:
    """The last coachings of the actor, those that run first."""
    rows = Coaching.objects.filter(person_id=actor.staff_id).select_related("owner")
    return list(rows.order_by(F("done_date").desc(nulls_first=True), "-id")[:OWN_COACHINGS])


def get_coaching_for(*, actor: Actor, coaching_id: int) -> Coaching:
    """A coaching that the actor may see. Raises `Http404`."""
    rows = Coaching.objects.filter(pk=coaching_id).filter(
        Q(organisation_id__in=actor.organisations(VIEW))
        | Q(owner_id=actor.staff_id)
        | Q(person_id=actor.staff_id)
    )
    found = rows.select_related("person", "owner", "organisation").first()
    if found is None:
        raise Http404(str(coaching_id))
    return found


def to_do_count(actor: Actor) -> int:
    """How many wait on the actor's desk."""
    return _of_view("to_do", actor).count()
