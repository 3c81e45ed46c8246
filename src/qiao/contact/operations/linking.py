"""The cases that a contact opened or went on with."""

from datetime import datetime

from qiao.cases.queries import NotVisible, can_see
from qiao.contact.models import Interaction, InteractionCase
from qiao.contact.operations.journal import change, lock_interaction
from qiao.contact.operations.refusals import NotYours, UnknownChoice, WrongState
from qiao.core.actor import Actor
from qiao.customers.operations import make_visible


def link_case(
    *,
    interaction_id: int,
    case_id: int,
    kind: str,
    actor: Actor,
    now: datetime,
) -> InteractionCase:
    """Say that the contact opened a case or went on with one; saying it again changes nothing.

    The customer of the case becomes the contact's if it had none. Also a contact that was closed
    on the same screen may still be linked by its agent.

    Raises `NotVisible` for a case out of sight, `UnknownChoice`, `NotYours`, `WrongState` for a
    contact begun by mistake, `Forbidden`.
    """
    interaction = lock_to_link(interaction_id=interaction_id, actor=actor)
    if kind not in InteractionCase.Kind.values:
        raise UnknownChoice("kind")
    if not can_see(actor=actor, case_id=case_id):
        raise NotVisible(f"case {case_id}")
    link, is_new = InteractionCase.objects.get_or_create(
        interaction=interaction,
        case_id=case_id,
        defaults={"kind": kind, "linked_at": now, "linked_by_id": actor.staff_id},
    )
    if is_new:
        _adopt_customer(interaction, link, now)
        change(interaction, "case_linked", {"case": case_id, "kind": kind}, actor=actor, now=now)
    return link


def lock_to_link(*, interaction_id: int, actor: Actor) -> Interaction:
    """The contact, locked, that the actor may link cases to: asked before one is opened for it.

    Raises `NotYours`, `WrongState`, and what `lock_interaction` raises.
    """
    interaction = lock_interaction(interaction_id=interaction_id, actor=actor)
    if interaction.agent_id != actor.staff_id:
        raise NotYours(str(interaction.agent_id))
    if interaction.state == Interaction.State.ABANDONED:
        raise WrongState(interaction.state)
    return interaction


def _adopt_customer(interaction: Interaction, link: InteractionCase, now: datetime) -> None:
    case = link.case
    if interaction.customer_id is None and case.customer_id is not None:
        interaction.customer_id, interaction.account_id = case.customer_id, case.account_id
        interaction.unknown_reason = ""
    if interaction.customer_id is not None:
        make_visible(
            customer_id=interaction.customer_id,
            organisation_id=interaction.organisation_id,
            now=now,
        )
