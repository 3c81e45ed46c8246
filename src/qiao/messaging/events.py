"""What becomes known of messages. One event tells of a batch."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("messaging.message_sent", topics=("messages",))
@dataclass(frozen=True)
class MessageSent:
    """Messages about one kind of subject left the house: taken by the mail server, or posted.

    The n-th of `subject_ids` is what the n-th of `message_ids` is about, 0 for nothing.
    """

    message_ids: tuple[int, ...]
    subject_kind: str
    subject_ids: tuple[int, ...]


@event_type("messaging.message_failed", topics=("messages",))
@dataclass(frozen=True)
class MessageFailed:
    """Messages did not reach their receivers, or nobody knows: bounced, failed, unknown, or
    cancelled though nobody of the house wrote them."""

    message_ids: tuple[int, ...]
    subject_kind: str
    subject_ids: tuple[int, ...]


@event_type("messaging.channel_stopped", topics=("messages",))
@dataclass(frozen=True)
class ChannelStopped:
    """A channel takes nothing: messages wait. Told once, until it works again."""

    channel: str
    cause: str


@event_type("messaging.address_doubted", topics=("messages", "customers"))
@dataclass(frozen=True)
class AddressDoubted:
    """A server refused an address of a customer for good."""

    customer_id: int
    address_id: int
