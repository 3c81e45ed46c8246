"""What is told of households, company groups, contact persons and acting."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("customers.group_made", topics=("customers",))
@dataclass(frozen=True, slots=True)
class GroupMade:
    """A household or a company group exists; `kind` is ``household`` or ``company``."""

    group_id: int
    kind: str
    customer_ids: tuple[int, ...]


@event_type("customers.group_joined", topics=("customers",))
@dataclass(frozen=True, slots=True)
class GroupJoined:
    """A customer belongs to a household or a company group from a day on."""

    group_id: int
    customer_id: int


@event_type("customers.group_member_placed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class GroupMemberPlaced:
    """A company stands under `under_id` in its group from a day on."""

    group_id: int
    customer_id: int
    under_id: int


@event_type("customers.group_left", topics=("customers",))
@dataclass(frozen=True, slots=True)
class GroupLeft:
    """A customer no longer belongs to a household or a company group from a day on."""

    group_id: int
    customer_id: int


@event_type("customers.group_head_changed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class GroupHeadChanged:
    """A household has another head, a company group another parent company."""

    group_id: int
    customer_id: int


@event_type("customers.group_dissolved", topics=("customers",))
@dataclass(frozen=True, slots=True)
class GroupDissolved:
    """A household or a company group ends on a day."""

    group_id: int


@event_type("customers.contact_person_added", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ContactPersonAdded:
    """Somebody speaks for the organisation `customer_id`."""

    contact_person_id: int
    customer_id: int


@event_type("customers.primary_contact_chosen", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PrimaryContactChosen:
    """Somebody is the first to ask of the organisation `customer_id`, once their time began."""

    contact_person_id: int
    customer_id: int


@event_type("customers.contact_person_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ContactPersonEnded:
    """Somebody no longer speaks for the organisation `customer_id`."""

    contact_person_id: int
    customer_id: int


@event_type("customers.acting_begun", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ActingBegun:
    """A customer may act for another one."""

    acting_id: int
    agent_id: int
    principal_id: int


@event_type("customers.acting_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ActingEnded:
    """A customer may no longer act for another one from a day on."""

    acting_id: int
    agent_id: int
    principal_id: int
