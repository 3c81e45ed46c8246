"""What other billing systems send is taken in, corrected by what they send later, taken back."""

from qiao.billing.operations.feeds.deliveries import accept, run_take, take_back
from qiao.billing.operations.feeds.keeping import DELIVERIES, DeliveryKnown
from qiao.billing.operations.feeds.receiving import (
    NewDelivery,
    NotStated,
    Stated,
    receive_file,
    receive_rows,
)
from qiao.billing.operations.feeds.setting import (
    BadKey,
    KeyTaken,
    NewFeed,
    add_feed,
    rename_feed,
)

__all__ = [
    "DELIVERIES",
    "BadKey",
    "DeliveryKnown",
    "KeyTaken",
    "NewDelivery",
    "NewFeed",
    "NotStated",
    "Stated",
    "accept",
    "add_feed",
    "receive_file",
    "receive_rows",
    "rename_feed",
    "run_take",
    "take_back",
]
