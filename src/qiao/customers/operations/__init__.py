"""Writes, and the refusals they raise. Keyword-only; the caller has opened the transaction."""

from qiao.customers.operations.access import make_visible, note_last_contact
from qiao.customers.operations.accounts import (
    Place,
    add_party,
    add_premises,
    add_service_point,
    end_party,
    open_account,
    open_account_at,
)
from qiao.customers.operations.bulk import Built, build_customers
from qiao.customers.operations.cards import add_card, end_card
from qiao.customers.operations.customers import (
    NewIdentity,
    NewPhone,
    add_identity,
    add_phone,
    change_name,
    register_customer,
    set_primary_phone,
    set_protected_flags,
)
from qiao.customers.operations.facts import NewFact, note_facts, withdraw_facts
from qiao.customers.operations.merge_choices import Choices
from qiao.customers.operations.merging import merge_customers, undo_merge
from qiao.customers.operations.refusals import (
    AccountNumberTaken,
    AddressMissing,
    AlreadyOwned,
    BadIdentityNumber,
    BadPeriod,
    BadPhone,
    BadText,
    CardTaken,
    CustomerRefusal,
    NotMerged,
    PhoneKnown,
    PremisesKnown,
    ReasonMissing,
    SameCustomer,
    UnknownCard,
    UnknownChoice,
    UnknownFlag,
    UnknownTier,
    WrongState,
)
from qiao.customers.operations.reveals import reveal_identity, reveal_phone
from qiao.customers.operations.tiers import set_tier
from qiao.customers.rules.addresses import Address

__all__ = [
    "AccountNumberTaken",
    "Address",
    "AddressMissing",
    "AlreadyOwned",
    "BadIdentityNumber",
    "BadPeriod",
    "BadPhone",
    "BadText",
    "Built",
    "CardTaken",
    "Choices",
    "CustomerRefusal",
    "NewFact",
    "NewIdentity",
    "NewPhone",
    "NotMerged",
    "PhoneKnown",
    "Place",
    "PremisesKnown",
    "ReasonMissing",
    "SameCustomer",
    "UnknownCard",
    "UnknownChoice",
    "UnknownFlag",
    "UnknownTier",
    "WrongState",
    "add_card",
    "add_identity",
    "add_party",
    "add_phone",
    "add_premises",
    "add_service_point",
    "build_customers",
    "change_name",
    "end_card",
    "end_party",
    "make_visible",
    "merge_customers",
    "note_facts",
    "note_last_contact",
    "open_account",
    "open_account_at",
    "register_customer",
    "reveal_identity",
    "reveal_phone",
    "set_primary_phone",
    "set_protected_flags",
    "set_tier",
    "undo_merge",
    "withdraw_facts",
]
