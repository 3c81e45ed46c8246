"""Contacts, and who takes them."""

from qiao.contact.models.agents import AgentState, AgentStateChange, Offer, Waiting
from qiao.contact.models.interactions import (
    Interaction,
    InteractionCase,
    InteractionCount,
    InteractionCountChange,
    InteractionCountMonth,
    InteractionDraft,
    InteractionEvent,
    InteractionQuerySet,
)

__all__ = [
    "AgentState",
    "AgentStateChange",
    "Interaction",
    "InteractionCase",
    "InteractionCount",
    "InteractionCountChange",
    "InteractionCountMonth",
    "InteractionDraft",
    "InteractionEvent",
    "InteractionQuerySet",
    "Offer",
    "Waiting",
]
