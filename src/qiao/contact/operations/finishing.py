"""The end of a contact: wrap-up, closing, opening again the same day, and taking over."""

from collections.abc import Mapping
from datetime import datetime

from qiao.contact.events import InteractionFinished
from qiao.contact.models import Interaction
from qiao.contact.operations.agents import end_work_after
from qiao.contact.operations.drafting import NOTE_LENGTH, drop_drafts
from qiao.contact.operations.journal import (
    change,
    local,
    lock_at_hand,
    lock_interaction,
    tell,
    write,
)
from qiao.contact.operations.refusals import (
    HasCases,
    NotYours,
    OtherTextKept,
    TooLate,
    Unfinished,
    UnknownChoice,
    WrongState,
)
from qiao.contact.operations.visits import count_visit
from qiao.contact.queries import outcomes, reason_choices, window_texts
from qiao.contact.rules.drafts import unseen
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.customers.operations import note_call, note_last_contact

SUBJECT_LENGTH = 120


def end_interaction(*, interaction_id: int, actor: Actor, now: datetime) -> Interaction:
    """The other side has gone; what is left is the wrap-up. Raises `WrongState`, `NotYours`."""
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    if interaction.state != Interaction.State.OPEN:
        raise WrongState(interaction.state)
    interaction.state = Interaction.State.WRAP_UP
    interaction.ended_at = max(now, interaction.started_at)
    return change(interaction, "ended", actor=actor, now=now)


def finish(
    *,
    interaction_id: int,
    subject: str,
    outcome: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    note: str = "",
    tab: str = "",
    seen: Mapping[str, int] | None = None,
    ended_at: datetime | None = None,
) -> Interaction:
    """Close the contact. Whether it was resolved at once, the pack's outcome says.

    `note` becomes the summary; `tab` and `seen` tell which windows' drafts it already holds.

    Raises:
        Unfinished: subject, outcome, or any trace of the caller is missing.
        OtherTextKept: another window holds text that `note` would lose.
        UnknownChoice, BadText, WrongState, NotYours, Forbidden.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    interaction.subject = clean(subject, field="subject", max_length=SUBJECT_LENGTH, one_line=True)
    interaction.summary = clean(note, field="note", max_length=NOTE_LENGTH)
    interaction.reason, interaction.outcome = reason, outcome
    _check(interaction)
    texts = window_texts(interaction.pk)
    if unseen(texts, tab=tab, seen=seen or {}, note=interaction.summary):
        raise OtherTextKept(interaction.number)
    interaction.resolved = outcomes()[outcome].resolved
    interaction.state = Interaction.State.CLOSED
    interaction.ended_at = _end(interaction, ended_at, now)
    interaction.closed_at = now
    drop_drafts(interaction)
    data = {"outcome": outcome, "resolved": interaction.resolved}
    write(interaction, "finished", data, actor=actor, now=now)
    _remember(interaction)
    count_visit(interaction, now=now)
    _note_number(interaction, now)
    _end_work_after(interaction, actor, now)
    event = InteractionFinished(
        interaction.pk,
        interaction.channel,
        interaction.customer_id,
        outcome,
        interaction.resolved,
    )
    tell(interaction, event, actor=actor, now=now)
    return interaction


def _end_work_after(interaction: Interaction, actor: Actor, now: datetime) -> None:
    if interaction.channel != Interaction.Channel.PHONE:
        return
    others = Interaction.objects.at_hand().filter(
        agent_id=actor.staff_id, channel=Interaction.Channel.PHONE
    )
    if not others.exclude(pk=interaction.pk).exists():
        end_work_after(actor=actor, now=now)


def _note_number(interaction: Interaction, now: datetime) -> None:
    """Who calls from a number of theirs is reached by it."""
    called_us = (
        interaction.channel == Interaction.Channel.PHONE
        and interaction.direction == Interaction.Direction.IN
        and interaction.caller_phone
    )
    if called_us and interaction.customer_id is not None:
        note_call(
            customer_id=interaction.customer_id,
            outcome="called_us",
            number=interaction.caller_phone,
            source="contact",
            ref=str(interaction.pk),
            at=interaction.started_at,
            now=now,
            staff_id=interaction.agent_id,
        )


def _check(interaction: Interaction) -> None:
    missing = [key for key in ("subject", "outcome") if not getattr(interaction, key)]
    if not interaction.is_traceable:
        missing.append("traceable")
    if missing:
        raise Unfinished(tuple(missing))
    if interaction.outcome not in outcomes():
        raise UnknownChoice("outcome")
    if interaction.reason and interaction.reason not in reason_choices():
        raise UnknownChoice("reason")


def _end(interaction: Interaction, given: datetime | None, now: datetime) -> datetime:
    """A letter ends where it begins; a call when it is hung up, or else now."""
    written = {Interaction.Channel.LETTER, Interaction.Channel.EMAIL}
    if interaction.channel in written:
        return interaction.started_at
    return max(given or interaction.ended_at or now, interaction.started_at)


def _remember(interaction: Interaction) -> None:
    if interaction.customer_id is not None:
        note_last_contact(
            customer_id=interaction.customer_id,
            at=interaction.started_at,
            channel=interaction.channel,
            subject=interaction.subject,
        )


def reopen(*, interaction_id: int, actor: Actor, now: datetime) -> Interaction:
    """Take back the closing (or the abandoning) on the day it happened.

    Raises `WrongState`, `TooLate`, `NotYours`, `Forbidden`.
    """
    interaction = lock_interaction(interaction_id=interaction_id, actor=actor)
    if interaction.is_at_hand or interaction.closed_at is None:
        raise WrongState(interaction.state)
    if interaction.agent_id != actor.staff_id:
        raise NotYours(str(interaction.agent_id))
    if local(interaction.closed_at, interaction).date() != local(now, interaction).date():
        raise TooLate(interaction.number)
    interaction.state = Interaction.State.WRAP_UP
    interaction.closed_at = None
    return change(interaction, "reopened", actor=actor, now=now)


def abandon(*, interaction_id: int, actor: Actor, now: datetime) -> Interaction:
    """The contact was begun by mistake. Raises `HasCases`, `WrongState`, `NotYours`."""
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    if interaction.links.exists():
        raise HasCases(interaction.number)
    interaction.state = Interaction.State.ABANDONED
    interaction.ended_at = max(interaction.ended_at or now, interaction.started_at)
    interaction.closed_at = now
    count_visit(interaction, now=now)
    return change(interaction, "abandoned", actor=actor, now=now)


def take_over(*, interaction_id: int, actor: Actor, now: datetime) -> Interaction:
    """Go on with a colleague's contact. Raises `WrongState`, `Forbidden`."""
    interaction = lock_interaction(interaction_id=interaction_id, actor=actor)
    if not interaction.is_at_hand or interaction.agent_id == actor.staff_id:
        raise WrongState(interaction.state)
    before, interaction.agent_id = interaction.agent_id, actor.staff_id
    return change(interaction, "taken_over", {"before": before}, actor=actor, now=now)
