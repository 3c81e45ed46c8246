"""Text modules: written by a person for themselves, for a unit, or officially for all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from re import compile as pattern
from typing import Final

from django.db import IntegrityError, connection, transaction

from qiao.core.actor import Actor
from qiao.core.rules.text import BadText, TextFault, clean
from qiao.core.transactions import required
from qiao.knowledge.models import Scope, TextModule, TextModuleKept
from qiao.knowledge.operations.wording import NotOffered, by_language, keep_findable
from qiao.knowledge.rules.placeholders import check
from qiao.staff.queries import company_id

WRITE: Final = "knowledge.write"
KEEP: Final = "knowledge.keep"
BODY_LENGTH: Final = 2_000
_KEY = pattern(r"[a-z0-9][a-z0-9_-]{0,29}")


class KeyTaken(Exception):  # noqa: N818 - names the finding
    """Another text of the same scope is typed with this key."""


@dataclass(frozen=True, slots=True)
class TextDraft:
    """A text module as somebody wrote it. `organisation_id` is the unit of scope ``unit``."""

    key: str
    titles: Mapping[str, str]
    bodies: Mapping[str, str]
    scope: str = Scope.OWN
    organisation_id: int | None = None
    case_types: Iterable[str] = field(default_factory=tuple)
    valid_from: date | None = None
    valid_until: date | None = None


def create_text(*, draft: TextDraft, actor: Actor, now: datetime) -> TextModule:
    """Keep a new text.

    Raises `Forbidden`, `KeyTaken`, `UnknownPlaces`, `NoWords`, `BadText`.
    """
    required()
    text = TextModule(changed_by_id=actor.person_id, changed_at=now)
    _write(text, draft, actor, now)
    TextModuleKept.objects.create(text_module=text)
    return text


def change_text(*, text_id: int, draft: TextDraft, actor: Actor, now: datetime) -> TextModule:
    """Give a text other words; one of a pack is written by the pack no more.

    Raises as `create_text`, and `TextModule.DoesNotExist`.
    """
    text = _lock(text_id, actor)
    text.is_edited = text.is_edited or bool(text.pack)
    _write(text, draft, actor, now)
    return text


def retire_text(*, text_id: int, actor: Actor, now: datetime) -> TextModule:
    """Offer a text no more. Raises `Forbidden`, `TextModule.DoesNotExist`."""
    return _set_active(text_id, actor, now, is_active=False)


def restore_text(*, text_id: int, actor: Actor, now: datetime) -> TextModule:
    """Offer it again. Raises as `retire_text`, and `KeyTaken`."""
    return _set_active(text_id, actor, now, is_active=True)


def _set_active(text_id: int, actor: Actor, now: datetime, *, is_active: bool) -> TextModule:
    text = _lock(text_id, actor)
    text.is_active, text.is_edited = is_active, text.is_edited or bool(text.pack)
    text.changed_by_id, text.changed_at = actor.person_id, now
    _save(text)
    return text


def _lock(text_id: int, actor: Actor) -> TextModule:
    required()
    text = TextModule.objects.visible_to(actor).select_for_update().get(pk=text_id)
    require_scope(actor, text.scope, text.organisation_id)
    return text


def require_scope(actor: Actor, scope: str, organisation_id: int | None) -> None:
    """Raises `Forbidden` unless the actor may write for that scope."""
    if scope == Scope.OWN:
        actor.require(WRITE)
    else:
        actor.require(KEEP, organisation_id if scope == Scope.UNIT else company_id())


def _write(text: TextModule, draft: TextDraft, actor: Actor, now: datetime) -> None:
    unit = draft.organisation_id if draft.scope == Scope.UNIT else None
    require_scope(actor, draft.scope, unit)
    text.scope, text.organisation_id = draft.scope, unit
    text.owner_id = actor.person_id if draft.scope == Scope.OWN else None
    text.key = _key(draft.key)
    text.titles, text.bodies = by_language(draft.titles, draft.bodies, body_length=BODY_LENGTH)
    for body in text.bodies.values():
        check(body)
    text.case_types = sorted(set(draft.case_types))
    text.valid_from, text.valid_until = draft.valid_from, draft.valid_until
    text.changed_by_id, text.changed_at = actor.person_id, now
    keep_findable(text)
    _save(text)


def _key(typed: str) -> str:
    key = clean(typed, field="key", max_length=30, one_line=True, required=True).lower()
    if not _KEY.fullmatch(key):
        raise BadText("key", TextFault.NOT_TEXT)
    return key


def _save(text: TextModule) -> None:
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError as error:
        if "knowledge_text_key" not in str(error):
            raise
        raise KeyTaken(text.key) from error


_USED: Final = """
UPDATE knowledge_textmodulekept SET use_count = use_count + 1, used_at = %(now)s
 WHERE text_module_id = %(text)s
"""


def use_text(*, text_id: int, actor: Actor, now: datetime) -> None:
    """Count that a text was inserted. Raises `NotOffered`."""
    required()
    if not TextModule.objects.visible_to(actor).filter(pk=text_id).exists():
        raise NotOffered(str(text_id))
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"text": text_id, "now": now})
