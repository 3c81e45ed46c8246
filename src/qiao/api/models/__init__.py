"""Tables of the module."""

from qiao.api.models.keys import ApiKey, KeyBucket, KeySecret, Usage
from qiao.api.models.webhooks import Attempt, Delivery, Endpoint

__all__ = ["ApiKey", "Attempt", "Delivery", "Endpoint", "KeyBucket", "KeySecret", "Usage"]
