"""Contacts, and who takes them."""

from qiao.contact.models.agents import AgentState, AgentStateChange, Offer, Waiting
from qiao.contact.models.interactions import (
    VIEW,
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
    "VIEW",
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
