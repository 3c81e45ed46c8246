"""Drafts of voice menus: begun from a version, changed step by step, published, put away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from qiao.core.actor import Actor
from qiao.core.rules.digests import digest_of_data
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.telephony.models import VoiceMenu, VoiceMenuDraft
from qiao.telephony.operations.menus import publish_menu
from qiao.telephony.queries.menu_drafts import require_menu
from qiao.telephony.rules import menu_edit
from qiao.telephony.rules.menu_data import data_of_menu, menu_from_data
from qiao.telephony.rules.menu_edit import Data, StepPart
from qiao.telephony.rules.menus import LONGEST_TEXT

LARGEST: Final = 400_000  # characters of a draft's data
State = VoiceMenuDraft.State


class MenuDraftRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """What was asked of a draft of a voice menu is not possible."""


class NoOpenDraft(MenuDraftRefusal):
    """No draft of the menu is open: it was published or put away."""


class OtherDraftOpen(MenuDraftRefusal):
    """A draft of the menu is open already; `draft` is it. One is worked on at a time."""

    def __init__(self, draft: VoiceMenuDraft) -> None:
        super().__init__(draft.key)
        self.draft = draft


class StepMoved(MenuDraftRefusal):
    """Somebody else changed the same step meanwhile; `stands` is what it holds now, None where it
    is gone."""

    def __init__(self, stands: StepPart | None) -> None:
        super().__init__("the step was changed meanwhile")
        self.stands = stands


class DraftMoved(MenuDraftRefusal):
    """The draft was changed after it was looked at."""


class MenuTooLarge(MenuDraftRefusal):
    """The draft would hold more than any menu needs."""


class MenuUnchanged(MenuDraftRefusal):
    """The draft says what is in service already."""


def begin_menu_draft(*, key: str, version: int, actor: Actor, now: datetime) -> VoiceMenuDraft:
    """Begin a draft with the text of a version. A second press gives the draft of the first one.

    Raises `VoiceMenu.DoesNotExist`, `Forbidden`, `OtherDraftOpen`, and
    `qiao.telephony.rules.menu_data.MenuUnreadable` for a version of another program.
    """
    required()
    require_menu(actor, key)
    based_on = VoiceMenu.objects.get(key=key, version=version)
    stands = VoiceMenuDraft.objects.filter(key=key, state=State.OPEN).first()
    if stands is not None:
        return _same_beginning(stands, based_on)
    data = data_of_menu(menu_from_data(based_on.data))
    try:
        with transaction.atomic():
            return VoiceMenuDraft.objects.create(
                key=key,
                data=data,
                based_on=based_on,
                begun_by_id=actor.person_id,
                begun_at=now,
                changed_by_id=actor.person_id,
                changed_at=now,
            )
    except IntegrityError:  # somebody else began one in the same moment
        return _same_beginning(VoiceMenuDraft.objects.get(key=key, state=State.OPEN), based_on)


def _same_beginning(stands: VoiceMenuDraft, based_on: VoiceMenu) -> VoiceMenuDraft:
    if stands.based_on_id != based_on.pk:
        raise OtherDraftOpen(stands)
    return stands


def _lock(key: str, actor: Actor) -> VoiceMenuDraft:
    required()
    require_menu(actor, key)
    rows = VoiceMenuDraft.objects.select_for_update().filter(key=key, state=State.OPEN)
    draft = rows.first()
    if draft is None:
        raise NoOpenDraft(key)
    return draft


def _keep(draft: VoiceMenuDraft, data: Data, actor: Actor, now: datetime) -> VoiceMenuDraft:
    if len(str(data)) > LARGEST:
        raise MenuTooLarge(str(len(str(data))))
    if data != draft.data:
        draft.data = data
        draft.revision += 1
        draft.changed_by_id, draft.changed_at = actor.person_id, now
        draft.save()
    return draft


def _stands(draft: VoiceMenuDraft, step: str) -> StepPart:
    """A step, or the menu itself, as it stands."""
    try:
        return menu_edit.part_of(draft.data, step)
    except menu_edit.NoSuchStep as error:
        raise StepMoved(None) from error


def _step(draft: VoiceMenuDraft, step: str) -> StepPart:
    """A step as it stands; the menu itself is none."""
    if step == menu_edit.MENU:
        raise StepMoved(None)
    return _stands(draft, step)


def save_step(
    *,
    key: str,
    step: str,
    values: Data,
    texts: Mapping[str, Mapping[str, str]],
    seen: str,
    actor: Actor,
    now: datetime,
) -> tuple[VoiceMenuDraft, str]:
    """Replace a step (or, by the empty key, what belongs to the menu itself) and the words that it
    says. `seen` is the `StepPart.stamp` of what the person saw. Returns the draft and the step's
    key.

    Two people may work on different steps; of the same step the later one is told, and nothing is
    overwritten.

    Raises `NoOpenDraft`, `StepMoved`, `MenuTooLarge`, `menu_edit.KeyTaken`, `menu_edit.BadKey`,
    `BadText`, `Forbidden`.
    """
    draft = _lock(key, actor)
    stands = _stands(draft, step)
    words = {text: _clean(each) for text, each in texts.items()}
    data, named = menu_edit.replaced(draft.data, step, values, words)
    menu_from_data(data)  # whatever is kept can be read again
    if data == draft.data:
        return draft, named
    if stands.stamp != seen:
        raise StepMoved(stands)
    return _keep(draft, data, actor, now), named


def _clean(words: Mapping[str, str]) -> dict[str, str]:
    return {
        language: clean(text, field=language, max_length=LONGEST_TEXT, one_line=True)
        for language, text in words.items()
    }


def add_step(
    *, key: str, kind: str, after: str, actor: Actor, now: datetime
) -> tuple[VoiceMenuDraft, str]:
    """Add a step of a kind behind another one; its key. Raises `NoOpenDraft`, `MenuTooLarge`,
    `Forbidden`, `KeyError` for a kind that there is not."""
    draft = _lock(key, actor)
    data, step = menu_edit.added(draft.data, kind, after=after)
    return _keep(draft, data, actor, now), step


def remove_step(*, key: str, step: str, seen: str, actor: Actor, now: datetime) -> VoiceMenuDraft:
    """Take a step out; what still leads there becomes a fault. Raises `NoOpenDraft`, `Forbidden`,
    `StepMoved` for a step that is not as it was seen."""
    draft = _lock(key, actor)
    stands = _step(draft, step)
    if stands.stamp != seen:
        raise StepMoved(stands)
    return _keep(draft, menu_edit.removed(draft.data, step), actor, now)


def move_step(*, key: str, step: str, by: int, actor: Actor, now: datetime) -> VoiceMenuDraft:
    """Move a step in the list. Raises `NoOpenDraft`, `Forbidden`, `StepMoved` for one that is
    gone."""
    draft = _lock(key, actor)
    _step(draft, step)
    return _keep(draft, menu_edit.moved(draft.data, step, by), actor, now)


def drop_menu_draft(*, key: str, seen: int, actor: Actor, now: datetime) -> VoiceMenuDraft:
    """Put the draft away; it can be taken up again. `seen` is the revision that was looked at.

    Raises `NoOpenDraft`, `DraftMoved`, `Forbidden`.
    """
    draft = _lock(key, actor)
    if draft.revision != seen:
        raise DraftMoved(key)
    return _turn(draft, State.DROPPED, actor, now)


def restore_menu_draft(*, draft_id: int, actor: Actor, now: datetime) -> VoiceMenuDraft:
    """Take a draft up again that was put away. Raises `VoiceMenuDraft.DoesNotExist`, `NoOpenDraft`
    for one that was published, `OtherDraftOpen`, `Forbidden`, and
    `qiao.telephony.rules.menu_data.MenuUnreadable` for one of another program."""
    required()
    draft = VoiceMenuDraft.objects.select_for_update().get(pk=draft_id)
    require_menu(actor, draft.key)
    if draft.state == State.OPEN:
        return draft
    if draft.state == State.PUBLISHED:
        raise NoOpenDraft(draft.key)
    menu_from_data(draft.data)
    other = VoiceMenuDraft.objects.filter(key=draft.key, state=State.OPEN).first()
    if other is not None:
        raise OtherDraftOpen(other)
    try:
        with transaction.atomic():
            return _turn(draft, State.OPEN, actor, now)
    except IntegrityError as error:  # somebody else opened one in the same moment
        stands = VoiceMenuDraft.objects.get(key=draft.key, state=State.OPEN)
        raise OtherDraftOpen(stands) from error


def _turn(draft: VoiceMenuDraft, state: str, actor: Actor, now: datetime) -> VoiceMenuDraft:
    draft.state = state
    draft.changed_by_id, draft.changed_at = actor.person_id, now
    draft.save()
    return draft


def publish_menu_draft(
    *, key: str, seen: int, reason: str, actor: Actor, now: datetime
) -> VoiceMenu:
    """Put the draft into service. `seen` is the revision that was looked at.

    Raises `NoOpenDraft`, `DraftMoved`, `MenuUnchanged`, `Forbidden`, `BadText`, and
    `qiao.telephony.operations.menus.MenuFaulty` with every fault.
    """
    draft = _lock(key, actor)
    if draft.revision != seen:
        raise DraftMoved(key)
    data: dict[str, Any] = menu_edit.tidied(draft.data)
    newest = VoiceMenu.objects.filter(key=key).order_by("-version").first()
    if newest is not None and newest.digest == digest_of_data(data):
        raise MenuUnchanged(key)
    version = publish_menu(menu=menu_from_data(data), actor=actor, now=now, reason=reason)
    draft.published = version
    _turn(draft, State.PUBLISHED, actor, now)
    return version
