"""What a key may be given: scopes, and the rights that each of them stands for.

A scope is what an integrator asks for (``customers:read``); rights are what the house checks.
Two scopes may stand for the same right: each operation asks for its own scope as well.
"""

from collections.abc import Iterable
from typing import Final

SCOPES: Final[dict[str, frozenset[str]]] = {
    "customers:read": frozenset({"customers.view"}),
    "customers:contact": frozenset({"customers.view", "customers.contact"}),
    "customers:write": frozenset({"customers.view", "customers.edit"}),
    "contacts:read": frozenset({"interactions.view"}),
    "contacts:write": frozenset({"interactions.view", "interactions.work", "customers.view"}),
    "cases:read": frozenset({"cases.view"}),
    "cases:write": frozenset({"cases.view", "cases.open", "cases.note", "customers.view"}),
    "jobs:read": frozenset({"jobs.view"}),
    "segments:read": frozenset({"customers.view"}),
    "imports:read": frozenset({"customers.import"}),
    "readings:write": frozenset({"metering.view", "metering.read"}),
    "bills:read": frozenset({"bills.view", "customers.view"}),
    "terms:write": frozenset({"bills.view", "bills.terms", "customers.view"}),
    "invoices:read": frozenset({"invoices.ask"}),
    "invoices:ask": frozenset({"invoices.ask"}),
    "invoices:tell": frozenset({"invoices.ask"}),
    "feeds:write": frozenset({"feeds.manage"}),
    "staff:read": frozenset({"staff.view"}),
    "stations:read": frozenset({"customers.view"}),
}


def permissions_of(scopes: Iterable[str]) -> frozenset[str]:
    """All rights that these scopes stand for. Raises `KeyError` for an unknown scope."""
    return frozenset().union(*(SCOPES[scope] for scope in scopes))
