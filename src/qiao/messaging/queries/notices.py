"""The texts of notices: the one that a unit uses, and all versions for its page."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.registry import registry
from qiao.messaging.models import NoticeText, NoticeVersion
from qiao.messaging.rules.notices import checked, words_of
from qiao.messaging.rules.words import Words, fill
from qiao.staff.queries import chain_of

PACKS: Final = Path(__file__).parents[2] / "packs"


@cache
def shipped(pack: str = "") -> Mapping[str, Mapping[str, Any]]:
    """The texts that came with the product, or those of a pack that differ (``notices.toml``).

    Raises `BadPlace`, `TextMissing`, `KeyError` for an occasion that there is not.
    """
    occasions = registry.occasions()
    if not pack:
        return {key: checked(o.places, _read(o.texts)[key]) for key, o in occasions.items()}
    file = PACKS / pack / "notices.toml"
    found = _read(file) if file.is_file() else {}
    return {key: checked(occasions[key].places, texts) for key, texts in found.items()}


def _read(file: Path) -> Mapping[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class NoticeTexts:
    """The texts in use by language key, and the version they come from (None: shipped)."""

    texts: Mapping[str, Words]
    version_id: int | None
    organisation_id: int | None


def notice_texts(*, occasion: str, organisation_id: int, pack: str = "") -> NoticeTexts:
    """The texts that a unit uses on an occasion: its own or those of the nearest unit above it,
    else the pack's, else those of the product. Raises `KeyError` for no such occasion."""
    chain = chain_of(organisation_id)
    rows = NoticeVersion.objects.filter(
        state="published", notice__occasion=occasion, notice__organisation__in=chain
    ).select_related("notice")
    own = {row.notice.organisation_id: row for row in rows}
    for unit in chain:
        if unit in own:
            return NoticeTexts(words_of(own[unit].texts), own[unit].pk, unit)
    texts = shipped(pack).get(occasion) if pack else None
    return NoticeTexts(words_of(texts or shipped()[occasion]), None, None)


def filled(words: Words, values: Mapping[str, str]) -> Words:
    """A text with values in its places, for what is told on paper. Raises `BadPlace` for a value
    that is missing."""
    return Words(fill(words.title, values), fill(words.body, values))


def versions_for(*, actor: Actor, occasion: str, organisation_id: int) -> list[NoticeVersion]:
    """All versions of a unit's own text, the newest first; none out of sight."""
    if organisation_id not in actor.organisations("messages.texts"):
        return []
    rows = NoticeVersion.objects.filter(
        notice__occasion=occasion, notice__organisation=organisation_id
    )
    return list(rows.order_by("-number"))


def pending_of(*, organisation_ids: tuple[int, ...]) -> set[tuple[str, int]]:
    """Occasions and units whose new text waits for a second person."""
    rows = NoticeText.objects.filter(
        versions__state="pending", organisation__in=organisation_ids
    ).values_list("occasion", "organisation_id")
    return {(occasion, unit) for occasion, unit in rows if unit is not None}
