"""A contact begins, or is entered after the fact."""

from datetime import datetime

from qiao.contact.events import InteractionStarted
from qiao.contact.models import Interaction
from qiao.contact.operations.journal import RIGHT, local, tell, write
from qiao.contact.operations.refusals import BadMoment, UnknownChoice
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.rules import phones
from qiao.core.rules.text import clean
from qiao.core.transactions import required

PREFIX = "JC"
NAME_LENGTH = 100
PLACE_LENGTH = 300


def start_interaction(
    *,
    channel: str,
    actor: Actor,
    now: datetime,
    direction: str = Interaction.Direction.IN,
    phone: str = "",
    caller_name: str = "",
    place: str = "",
    started_at: datetime | None = None,
    organisation_id: int | None = None,
) -> Interaction:
    """Begin a contact in the actor's hands.

    `phone` may be written in any way. `started_at` lies before `now` for what is entered after
    the fact: the day a letter came, the hour of a visit. `organisation_id` is the unit that the
    contact belongs to until a customer's account says otherwise; the actor's own by default.

    Raises `Forbidden`, `BadPhone`, `BadText`, `BadMoment`, `UnknownChoice`.
    """
    required()
    unit = organisation_id or actor.organisation_id
    actor.require(RIGHT, unit)
    begun = started_at or now
    if begun > now:
        raise BadMoment(begun.isoformat())
    if channel not in Interaction.Channel.values:
        raise UnknownChoice("channel")
    if direction not in Interaction.Direction.values:
        raise UnknownChoice("direction")
    interaction = Interaction(
        organisation_id=unit,
        channel=channel,
        direction=direction,
        agent_id=actor.staff_id,
        caller_name=clean(caller_name, field="caller_name", max_length=NAME_LENGTH, one_line=True),
        caller_phone=phones.normalise(phone) if phone.strip() else "",
        place=clean(place, field="place", max_length=PLACE_LENGTH),
        started_at=begun,
        entered_at=now,
    )
    date_it(interaction)
    interaction.number = next_number(prefix=PREFIX, day=interaction.started_date)
    data = {"channel": channel, "phone": bool(interaction.caller_phone)}
    write(interaction, "started", data, actor=actor, now=now)
    event = InteractionStarted(interaction.pk, channel, direction, None)
    tell(interaction, event, actor=actor, now=now)
    return interaction


def date_it(interaction: Interaction) -> None:
    """Set day and hour as the clock on the organisation's wall shows them."""
    begun = local(interaction.started_at, interaction)
    interaction.started_date, interaction.started_hour = begun.date(), begun.hour
