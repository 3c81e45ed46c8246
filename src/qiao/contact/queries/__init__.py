"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.contact.queries.agents import (
    StateSpan,
    occupancy,
    seconds_in_states,
    state_spans,
)
from qiao.contact.queries.choices import (
    Named,
    name_of,
    outcome_after,
    outcome_names,
    outcomes,
    proposed_reason,
    reason_choices,
    reason_names,
    scripts_for,
)
from qiao.contact.queries.counting import InteractionCount, interaction_counts
from qiao.contact.queries.drafts import case_draft_of, draft_of, window_texts
from qiao.contact.queries.listing import InteractionFilters, Page, list_interactions
from qiao.contact.queries.of_customer import interactions_of
from qiao.contact.queries.people import find_customers_near
from qiao.contact.queries.places import Place, place_of
from qiao.contact.queries.reading import (
    InteractionRow,
    LinkedCase,
    NotVisible,
    calls_from,
    cases_of,
    count_at_hand,
    find_row,
    get_interaction_for,
    interactions_at_hand,
    last_agent_for,
)
from qiao.contact.queries.rhythm import ContactSlot, contacts_by_slot
from qiao.contact.queries.searching import find_interactions
from qiao.contact.queries.signed_on import why_waiting
from qiao.contact.queries.sources import RECENT, TIMELINE
from qiao.contact.queries.standing import (
    Colleague,
    load_bar,
    ready_colleagues,
    standing_of,
    standings,
)
from qiao.contact.queries.waiting import (
    Emergency,
    Offered,
    came_as_emergency,
    emergencies_waiting,
    expired_offers,
    is_offered,
    offered_to,
    taken_by,
)
from qiao.contact.queries.watching import (
    AgentNow,
    QueueNow,
    agents_now,
    queues_now,
    stands_long,
)

__all__ = [
    "RECENT",
    "TIMELINE",
    "AgentNow",
    "Colleague",
    "ContactSlot",
    "Emergency",
    "InteractionCount",
    "InteractionFilters",
    "InteractionRow",
    "LinkedCase",
    "Named",
    "NotVisible",
    "Offered",
    "Page",
    "Place",
    "QueueNow",
    "StateSpan",
    "agents_now",
    "calls_from",
    "came_as_emergency",
    "case_draft_of",
    "cases_of",
    "contacts_by_slot",
    "count_at_hand",
    "draft_of",
    "emergencies_waiting",
    "expired_offers",
    "find_customers_near",
    "find_interactions",
    "find_row",
    "get_interaction_for",
    "interaction_counts",
    "interactions_at_hand",
    "interactions_of",
    "is_offered",
    "last_agent_for",
    "list_interactions",
    "load_bar",
    "name_of",
    "occupancy",
    "offered_to",
    "outcome_after",
    "outcome_names",
    "outcomes",
    "place_of",
    "proposed_reason",
    "queues_now",
    "ready_colleagues",
    "reason_choices",
    "reason_names",
    "scripts_for",
    "seconds_in_states",
    "standing_of",
    "standings",
    "stands_long",
    "state_spans",
    "taken_by",
    "why_waiting",
    "window_texts",
]
