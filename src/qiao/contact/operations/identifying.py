"""Who it is: the customer chosen, or nobody known and how to find them again."""

from datetime import datetime
from typing import Final

from django.db import transaction

from qiao.contact.models import Interaction
from qiao.contact.operations.journal import RIGHT, change, lock_at_hand
from qiao.contact.operations.refusals import UnknownChoice
from qiao.contact.operations.starting import NAME_LENGTH, PLACE_LENGTH, date_it
from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.core.rules.text import clean
from qiao.customers.operations import (
    NewPhone,
    PhoneKnown,
    add_phone,
    make_visible,
    register_customer,
)
from qiao.customers.queries import (
    AccountChoice,
    NotVisible,
    accounts_of,
    get_customer_for,
    match_phone,
)

MOST_MATCHES: Final = 5


def identify_customer(
    *,
    interaction_id: int,
    customer_id: int,
    actor: Actor,
    now: datetime,
    account_id: int | None = None,
    evidence: str = "chosen",
    teach_number: bool = False,
) -> Interaction:
    """Say which customer the contact is with, and for which account if there is one.

    The contact moves to the branch that keeps the account, if the actor may work there.
    `evidence` says how one knows: ``number`` (the number leads to one person alone), ``chosen``,
    ``searched``. With `teach_number` the number of the call leads to the customer from now on.

    Raises `NotVisible`, `UnknownChoice` for an account that is not the customer's, `WrongState`,
    `NotYours`, `Forbidden`.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    account = _account(actor, customer.pk, account_id)
    if teach_number and interaction.caller_phone:
        _teach(interaction, customer.pk, actor, now)
    interaction.customer_id = customer.pk
    interaction.account_id = account.account_id if account else None
    interaction.unknown_reason = ""
    if account and account.organisation_id in actor.organisations(RIGHT):
        _move(interaction, account.organisation_id)
    make_visible(customer_id=customer.pk, organisation_id=interaction.organisation_id, now=now)
    data = {"customer": customer.pk, "account": interaction.account_id, "evidence": evidence}
    return change(interaction, "identified", data, actor=actor, now=now)


def enrol_customer(*, interaction_id: int, name: str, actor: Actor, now: datetime) -> Interaction:
    """Hold whoever calls as a new customer of the contact's unit, found by the number of the call
    from now on, and say that the contact is with them. Asked for twice it is done once.

    Raises `BadText`, `BadPhone`, `WrongState`, `NotYours`, `Forbidden` without the right to edit
    customers there.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    if interaction.customer is not None and interaction.customer.name == name.strip():
        return interaction
    phone = interaction.caller_phone
    customer = register_customer(
        actor=actor,
        now=now,
        organisation_id=interaction.organisation_id,
        name=name,
        phones=[NewPhone(phone)] if phone else [],
    )
    return identify_customer(
        interaction_id=interaction_id, customer_id=customer.pk, actor=actor, now=now
    )


def recognise(*, interaction: Interaction, actor: Actor, now: datetime) -> int | None:
    """If the number leads to one person alone, that is who it is until somebody says otherwise.

    Returns the customer's id.
    """
    if not interaction.caller_phone:
        return None
    found = match_phone(actor=actor, e164=interaction.caller_phone, limit=MOST_MATCHES)
    people = {match.customer_id for match in found}
    if len(people) != 1:
        return None
    customer_id = people.pop()
    try:
        with transaction.atomic():
            identify_customer(
                interaction_id=interaction.pk,
                customer_id=customer_id,
                evidence="number",
                actor=actor,
                now=now,
            )
    except NotVisible:  # merged or hidden at this moment
        return None
    return customer_id


def mark_unknown(*, interaction_id: int, reason: str, actor: Actor, now: datetime) -> Interaction:
    """Say that nobody known is behind the contact, and why (or "" to leave it open).

    Raises `UnknownChoice`, `WrongState`, `NotYours`, `Forbidden`.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    if reason and reason not in Interaction.Unknown.values:
        raise UnknownChoice("unknown_reason")
    interaction.customer_id = interaction.account_id = None
    interaction.unknown_reason = reason
    return change(interaction, "unidentified", {"reason": reason}, actor=actor, now=now)


def describe_caller(
    *,
    interaction_id: int,
    actor: Actor,
    now: datetime,
    caller_name: str = "",
    phone: str = "",
    place: str = "",
) -> Interaction:
    """Keep what a caller says of themselves: name, number to call back, place of the matter.

    Raises `BadPhone`, `BadText`, `WrongState`, `NotYours`, `Forbidden`.
    """
    interaction = lock_at_hand(interaction_id=interaction_id, actor=actor)
    name = clean(caller_name, field="caller_name", max_length=NAME_LENGTH, one_line=True)
    number = phones.normalise(phone) if phone.strip() else ""
    where = clean(place, field="place", max_length=PLACE_LENGTH)
    given = {"caller_name": name, "caller_phone": number, "place": where}
    changed = [key for key, value in given.items() if getattr(interaction, key) != value]
    if not changed:
        return interaction
    for key in changed:
        setattr(interaction, key, given[key])
    return change(interaction, "described", {"fields": changed}, actor=actor, now=now)


def _account(actor: Actor, customer_id: int, account_id: int | None) -> AccountChoice | None:
    """The named account, or the only one the customer has."""
    choices = accounts_of(actor=actor, customer_id=customer_id)
    if account_id is None:
        return choices[0] if len(choices) == 1 else None
    for choice in choices:
        if choice.account_id == account_id:
            return choice
    raise UnknownChoice("account")


def _move(interaction: Interaction, organisation_id: int) -> None:
    if interaction.organisation_id != organisation_id:
        interaction.organisation_id = organisation_id
        date_it(interaction)


def _teach(interaction: Interaction, customer_id: int, actor: Actor, now: datetime) -> None:
    try:
        add_phone(actor=actor, now=now, customer_id=customer_id, number=interaction.caller_phone)
    except PhoneKnown:
        return
