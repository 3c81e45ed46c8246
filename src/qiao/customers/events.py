"""What the customers module tells others. Ids and facts, no names and no numbers of people."""

from dataclasses import dataclass
from datetime import datetime

from qiao.core.events import event_type


@event_type("customers.customer_registered", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomerRegistered:
    """A customer is held for the first time."""

    customer_id: int


@event_type("customers.customers_imported", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersImported:
    """Many customers were taken in at once: ids `first_id` to `last_id`."""

    first_id: int
    last_id: int
    count: int


@event_type("customers.customers_completed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersCompleted:
    """`count` rows of an import, from first to last, added to customers known before."""

    import_id: int
    first_row: int
    last_row: int
    count: int


@event_type("customers.values_noted", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ValuesNoted:
    """`count` values by month were noted or corrected out of a file of the system `source`."""

    source: str
    count: int


@event_type("customers.customers_taken_back", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersTakenBack:
    """Rows of an import from first to last were undone: `removed` are gone, `kept` stay."""

    import_id: int
    first_row: int
    last_row: int
    removed: int
    kept: int


@event_type("customers.customer_changed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """Master data changed; `fields` names which."""

    customer_id: int
    fields: tuple[str, ...]


@event_type("customers.protection_claimed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionClaimed:
    """A customer is protected from now on; evidence is still awaited."""

    customer_id: int
    protection_id: int
    kind: str


@event_type("customers.protection_confirmed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionConfirmed:
    """Somebody has seen evidence of a protection, for the first time or again."""

    customer_id: int
    protection_id: int
    kind: str


@event_type("customers.protection_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionEnded:
    """People ended a protection."""

    customer_id: int
    protection_id: int
    kind: str


@event_type("customers.protections_moved", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionsMoved:
    """On `day` (a date) `count` protections of a branch came to need a person, in this stage."""

    stage: str
    count: int
    day: str


@event_type("customers.tier_set", topics=("customers",))
@dataclass(frozen=True, slots=True)
class TierSet:
    """A customer came into another tier."""

    customer_id: int
    tier_before: str
    tier: str


@event_type("customers.tiers_graded", topics=("customers",))
@dataclass(frozen=True, slots=True)
class TiersGraded:
    """The rule put `count` customers into another tier at `at`; their ids lie in between.

    Which they are, `customers_tierchange` says by that moment.
    """

    rule_version: str
    count: int
    first_id: int
    last_id: int
    at: datetime


@event_type("customers.phone_added", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PhoneAdded:
    """A number now leads to a customer."""

    customer_id: int
    phone_id: int


@event_type("customers.phone_retired", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PhoneRetired:
    """A number no longer leads to a customer; `former_id` is the `FormerPhone` that it became."""

    customer_id: int
    former_id: int


@event_type("customers.account_opened", topics=("customers",))
@dataclass(frozen=True, slots=True)
class AccountOpened:
    """An account was opened."""

    account_id: int
    service: str


@event_type("customers.party_added", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PartyAdded:
    """A customer took a part in an account."""

    party_id: int
    account_id: int
    customer_id: int
    role: str


@event_type("customers.party_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PartyEnded:
    """A customer's part in an account ends."""

    party_id: int
    account_id: int
    customer_id: int
    role: str


@event_type("customers.customers_merged", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """`merged_id` turned out to be the same customer as `customer_id`."""

    customer_id: int
    merged_id: int


@event_type("customers.merge_undone", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MergeUndone:
    """`merged_id` stands for itself again."""

    customer_id: int
    merged_id: int


@event_type("customers.meter_exchanged", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MeterExchanged:
    """Another meter hangs at a service point."""

    service_point_id: int
    installation_id: int


@event_type("customers.meter_exchange_undone", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MeterExchangeUndone:
    """The meter before hangs at the service point again."""

    service_point_id: int


@event_type("customers.account_corrected", topics=("customers",))
@dataclass(frozen=True, slots=True)
class AccountCorrected:
    """Two people put fields of an account right."""

    account_id: int
    fields: tuple[str, ...]


@event_type("customers.premises_corrected", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PremisesCorrected:
    """Two people put parts of an address right."""

    premises_id: int
    fields: tuple[str, ...]


@event_type("customers.person_erased", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PersonErased:
    """A person was erased in all modules; `erasure_id` is the record of it."""

    customer_id: int
    erasure_id: int


@event_type("customers.segment_changed", topics=("segments",))
@dataclass(frozen=True, slots=True)
class SegmentChanged:
    """Customers joined or left a segment; who, its moves tell."""

    segment_id: int
    joined: int
    left: int


@event_type("customers.account_handed_over", topics=("customers",))
@dataclass(frozen=True, slots=True)
class AccountHandedOver:
    """Somebody moved out of or into an account."""

    move_id: int
    account_id: int


@event_type("customers.move_undone", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MoveUndone:
    """A hand-over was taken back."""

    move_id: int
    account_id: int


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


@event_type("customers.tags_changed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class TagsChanged:
    """A customer was given tags or had some taken off."""

    customer_id: int
    added: tuple[int, ...]
    removed: tuple[int, ...]


@event_type("customers.segment_tagged", topics=("customers",))
@dataclass(frozen=True, slots=True)
class SegmentTagged:
    """The members of a segment were given a tag; `added` did not carry it before."""

    tag_id: int
    segment_id: int
    added: int


@event_type("customers.managers_assigned", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ManagersAssigned:
    """A member of staff looks after `customer_count` customers more; of a hand-over, its id."""

    manager_id: int
    customer_count: int
    hand_over_id: int


@event_type("customers.managers_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ManagersEnded:
    """`customer_count` customers have no manager from a day on; of a single one, its id."""

    customer_count: int
    customer_id: int


@event_type("customers.visit_closed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class VisitClosed:
    """The manager of a customer visited them, or left the visit out; `state` says which."""

    visit_id: int
    customer_id: int
    state: str
