"""Reading score cards and the plans by which finished work is drawn."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Final

from django.db.models import Q
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.packs import PackInvalid, PackProblem
from qiao.core.packs.reading import Table
from qiao.feedback.models import SampleDraw, SamplePlan, ScoreCard, ScoreCardVersion
from qiao.feedback.rules.score_cards import SeedCard, read_seeds
from qiao.staff.queries import company_id

FILE: Final = "score_cards.toml"
PLAN: Final = "quality.plan"


def load_score_cards(folder: Path) -> tuple[SeedCard, ...]:
    """The score cards of the pack in `folder`; none without the file.

    Raises `PackInvalid` with every problem, each naming file and key.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    problems: list[PackProblem] = []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackInvalid([PackProblem(FILE, "", f"cannot be read: {error}")]) from error
    seeds = read_seeds(Table(data, file=FILE, place="", problems=problems))
    if problems:
        raise PackInvalid(dict.fromkeys(problems))
    return seeds


def version_in_use(card_id: int) -> ScoreCardVersion | None:
    """The newest published version of a card."""
    rows = ScoreCardVersion.objects.filter(card_id=card_id, published_at__isnull=False)
    return rows.order_by("-number").first()


def draft_version(card_id: int) -> ScoreCardVersion | None:
    """The version of a card that is being written."""
    return ScoreCardVersion.objects.filter(card_id=card_id, published_at__isnull=True).first()


def may_design(actor: Actor) -> bool:
    """Whether the actor keeps score cards: they are the whole company's."""
    return actor.can_in(PLAN, company_id())


def get_card_for(*, actor: Actor, card_id: int) -> ScoreCard:
    """A card that the actor may keep. Raises `Http404`."""
    found = ScoreCard.objects.filter(pk=card_id).first() if may_design(actor) else None
    if found is None:
        raise Http404(str(card_id))
    return found


def plans_on(*, day: date) -> list[SamplePlan]:
    """Plans in force on a day, the oldest first."""
    rows = SamplePlan.objects.filter(valid_from__lte=day).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=day)
    )
    return list(rows.select_related("organisation", "card").order_by("id"))


def plans_for(actor: Actor) -> list[SamplePlan]:
    """Plans of units in which the actor keeps them, the newest first."""
    rows = SamplePlan.objects.filter(organisation_id__in=actor.organisations(PLAN))
    return list(rows.select_related("organisation", "card", "team", "person").order_by("-id"))


def get_draw_for(*, actor: Actor, draw_id: int) -> SampleDraw:
    """A draw of a plan that the actor keeps. Raises `Http404`."""
    found = (
        SampleDraw.objects.filter(pk=draw_id, plan__organisation_id__in=actor.organisations(PLAN))
        .select_related("plan", "plan__organisation")
        .first()
    )
    if found is None:
        raise Http404(str(draw_id))
    return found


class NoPlan(Http404):
    """No such plan, or none that the actor keeps."""
