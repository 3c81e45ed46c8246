"""What becomes known of contacts."""

from dataclasses import dataclass

from qiao.core.events import event_type

TOPICS = ("interactions", "inbox")


@event_type("contact.interaction_started", topics=TOPICS)
@dataclass(frozen=True, slots=True)
class InteractionStarted:
    """Somebody got in touch, or was got in touch with."""

    interaction_id: int
    channel: str
    direction: str
    customer_id: int | None


@event_type("contact.interaction_changed", topics=TOPICS)
@dataclass(frozen=True, slots=True)
class InteractionChanged:
    """Something of a contact changed that its page shows; `kind` names it."""

    interaction_id: int
    kind: str
    customer_id: int | None


@event_type("contact.interaction_finished", topics=TOPICS)
@dataclass(frozen=True, slots=True)
class InteractionFinished:
    """A contact was closed with its subject and outcome."""

    interaction_id: int
    channel: str
    customer_id: int | None
    outcome: str
    resolved: bool


@event_type("contact.agent_turned", topics=("agents",), watched_by="agents.watch")
@dataclass(frozen=True, slots=True)
class AgentTurned:
    """Somebody who takes contacts stands otherwise; `state` names how."""

    staff_id: int
    state: str


@event_type("contact.queue_moved", topics=("queues",))
@dataclass(frozen=True, slots=True)
class QueueMoved:
    """Something waits in a queue, or does not any more."""

    queue: str
    waiting_id: int
    state: str
