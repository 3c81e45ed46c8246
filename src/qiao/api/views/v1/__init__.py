"""The first version of what programs call: REST over the operations and queries of the screens."""

from qiao.api.views.v1 import (
    accounts,
    billing,
    bills,
    cases,
    contacts,
    customers,
    imports,
    intervals,
    invoices,
    readings,
    relations,
    segments,
    stations,
    tags,
    terms,
)
from qiao.api.views.v1.service import SERVICES, Service, api

__all__ = [
    "SERVICES",
    "Service",
    "accounts",
    "api",
    "billing",
    "bills",
    "cases",
    "contacts",
    "customers",
    "imports",
    "intervals",
    "invoices",
    "readings",
    "relations",
    "segments",
    "stations",
    "tags",
    "terms",
]
