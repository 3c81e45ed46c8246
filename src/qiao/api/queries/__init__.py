"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.api.queries.access import Access, find_access
from qiao.api.queries.catalogue import (
    ServiceFigures,
    WebhookFigures,
    service_figures,
    webhook_figures,
)
from qiao.api.queries.keys import (
    KeyLine,
    UsageLine,
    days_of,
    get_key_for,
    list_keys,
    usage_of,
)
from qiao.api.queries.webhooks import (
    DeliveryPage,
    EndpointLine,
    NotVisible,
    Outgoing,
    attempts_of,
    get_delivery_for,
    get_endpoint_for,
    list_deliveries,
    list_endpoints,
    outgoing,
)

__all__ = [
    "Access",
    "DeliveryPage",
    "EndpointLine",
    "KeyLine",
    "NotVisible",
    "Outgoing",
    "ServiceFigures",
    "UsageLine",
    "WebhookFigures",
    "attempts_of",
    "days_of",
    "find_access",
    "get_delivery_for",
    "get_endpoint_for",
    "get_key_for",
    "list_deliveries",
    "list_endpoints",
    "list_keys",
    "outgoing",
    "service_figures",
    "usage_of",
    "webhook_figures",
]
