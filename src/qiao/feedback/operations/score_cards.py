"""Score cards: brought by packs, changed by administrators as drafts that are published."""

from datetime import datetime
from typing import Final

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.packs import SHIPPED
from qiao.core.transactions import required
from qiao.feedback.models import ScoreCard, ScoreCardVersion
from qiao.feedback.queries.score_cards import draft_version, load_score_cards, version_in_use
from qiao.feedback.rules.score_cards import Card, SeedCard, card_faults, read_card
from qiao.staff.queries import company_id

PLAN: Final = "quality.plan"


class CardRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``no_draft``, ``nothing`` (there is nothing to start
    from), or ``faults``, which `faults` lists as of `card_faults`."""

    def __init__(self, reason: str, faults: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.faults = faults


def install_score_cards(*, now: datetime) -> None:
    """Bring in what the enabled packs ship. A new edition becomes a version in use unless the
    house has published one of its own, which stays."""
    required()
    for key in settings.QIAO_PACKS:
        for seed in load_score_cards(SHIPPED / key):
            _install(key, seed, now)


def _install(pack: str, seed: SeedCard, now: datetime) -> None:
    card, _made = ScoreCard.objects.get_or_create(
        key=f"{pack}.{seed.key}",
        defaults={"names": dict(seed.names), "subject": seed.subject, "pack": pack},
    )
    newest = card.versions.order_by("-number").first()
    if newest is not None and (newest.edition == 0 or newest.edition >= seed.edition):
        return
    ScoreCardVersion.objects.create(
        card=card,
        number=newest.number + 1 if newest else 1,
        content=seed.card.data(),
        edition=seed.edition,
        created_at=now,
        published_at=now,
    )


def start_draft(*, card_id: int, actor: Actor, now: datetime) -> ScoreCardVersion:
    """The draft of a card, begun from the version in use unless there is one.

    Raises `Forbidden`, `CardRefused`.
    """
    card = _locked(card_id, actor)
    draft = draft_version(card.pk)
    if draft is not None:
        return draft
    newest = version_in_use(card.pk)
    if newest is None:
        raise CardRefused("nothing")
    return ScoreCardVersion.objects.create(
        card=card,
        number=newest.number + 1,
        content=newest.content,
        created_at=now,
        created_by_id=actor.staff_id,
    )


def save_draft(*, card_id: int, content: Card, actor: Actor) -> ScoreCardVersion:
    """Keep a draft as it stands, faults and all. Raises `Forbidden`, `CardRefused`."""
    _locked(card_id, actor)
    draft = _draft(card_id)
    draft.content = content.data()
    draft.save(update_fields=["content"])
    return draft


def publish_draft(*, card_id: int, actor: Actor, now: datetime) -> ScoreCardVersion:
    """Judge by the draft from now on; what was judged keeps its version.

    Raises `Forbidden`, and `CardRefused` with what is wrong with the draft.
    """
    _locked(card_id, actor)
    draft = _draft(card_id)
    faults = card_faults(read_card(draft.content))
    if faults:
        raise CardRefused("faults", tuple(faults))
    draft.published_at = now
    draft.published_by_id = actor.staff_id
    draft.save(update_fields=["published_at", "published_by"])
    return draft


def drop_draft(*, card_id: int, actor: Actor) -> None:
    """Give the draft up. Raises `Forbidden`, `CardRefused`."""
    _locked(card_id, actor)
    _draft(card_id).delete()


def _draft(card_id: int) -> ScoreCardVersion:
    draft = draft_version(card_id)
    if draft is None:
        raise CardRefused("no_draft")
    return draft


def _locked(card_id: int, actor: Actor) -> ScoreCard:
    required()
    actor.require(PLAN, company_id())
    return ScoreCard.objects.select_for_update().get(pk=card_id)
