"""Tables of the customers module."""

from qiao.customers.models.accounts import Account, AccountParty, Premises, ServicePoint
from qiao.customers.models.choices import ProtectedFlag, Service
from qiao.customers.models.imports import CustomerImport, ImportedRow, ImportMapping
from qiao.customers.models.merging import Merge
from qiao.customers.models.people import (
    Customer,
    CustomerIdentity,
    CustomerOrganisation,
    CustomerPhone,
    LastContact,
    TierChange,
)

__all__ = [
    "Account",
    "AccountParty",
    "Customer",
    "CustomerIdentity",
    "CustomerImport",
    "CustomerOrganisation",
    "CustomerPhone",
    "ImportMapping",
    "ImportedRow",
    "LastContact",
    "Merge",
    "Premises",
    "ProtectedFlag",
    "Service",
    "ServicePoint",
    "TierChange",
]
