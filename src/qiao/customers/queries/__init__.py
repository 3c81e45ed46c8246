"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.customers.queries.listing import (
    Likeness,
    ListPage,
    find_likenesses,
    list_customers,
)
from qiao.customers.queries.merges import merged_ids_as_of, survivor_as_of
from qiao.customers.queries.moves import account_for, get_move_for
from qiao.customers.queries.people import (
    AccountChoice,
    CustomerLine,
    NotVisible,
    PhoneMatch,
    accounts_of,
    can_see,
    get_customer_for,
    held_as,
    lines_for,
    match_phone,
    party_since,
)
from qiao.customers.queries.places import (
    PlaceHistory,
    PlaceHit,
    find_places,
    get_premises_for,
    history_of,
)
from qiao.customers.queries.records import (
    AccountRecord,
    CustomerRecord,
    PartyRecord,
    PhoneRecord,
    PremisesRecord,
    account_record,
    parties_of_account,
    parties_of_customer,
    premises_record,
    record_of,
)
from qiao.customers.queries.search import CustomerHit, find_customers, find_near, masked_phone
from qiao.customers.queries.stations import StationTier, tier_at_station
from qiao.customers.queries.tiers import (
    Decision,
    TierStanding,
    rule_in_force,
    tier_as_of,
    tier_history,
)

__all__ = [
    "AccountChoice",
    "AccountRecord",
    "CustomerHit",
    "CustomerLine",
    "CustomerRecord",
    "Decision",
    "Likeness",
    "ListPage",
    "NotVisible",
    "PartyRecord",
    "PhoneMatch",
    "PhoneRecord",
    "PlaceHistory",
    "PlaceHit",
    "PremisesRecord",
    "StationTier",
    "TierStanding",
    "account_for",
    "account_record",
    "accounts_of",
    "can_see",
    "find_customers",
    "find_likenesses",
    "find_near",
    "find_places",
    "get_customer_for",
    "get_move_for",
    "get_premises_for",
    "held_as",
    "history_of",
    "lines_for",
    "list_customers",
    "masked_phone",
    "match_phone",
    "merged_ids_as_of",
    "parties_of_account",
    "parties_of_customer",
    "party_since",
    "premises_record",
    "record_of",
    "rule_in_force",
    "survivor_as_of",
    "tier_as_of",
    "tier_at_station",
    "tier_history",
]
