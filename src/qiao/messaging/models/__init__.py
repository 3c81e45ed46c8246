"""Messages that leave the house, the addresses they go to, and the notices they are made of."""

from qiao.messaging.models.addresses import EmailAddress
from qiao.messaging.models.channels import (
    ChannelStanding,
    MessageCount,
    MessageCountChange,
    PrintBatch,
)
from qiao.messaging.models.messages import Attempt, Message, MessageQuerySet
from qiao.messaging.models.notices import NoticeText, NoticeVersion

__all__ = [
    "Attempt",
    "ChannelStanding",
    "EmailAddress",
    "Message",
    "MessageCount",
    "MessageCountChange",
    "MessageQuerySet",
    "NoticeText",
    "NoticeVersion",
    "PrintBatch",
]
