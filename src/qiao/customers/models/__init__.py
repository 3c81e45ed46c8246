"""Tables of the customers module."""

from qiao.customers.models.accounts import Account, AccountParty, Premises, ServicePoint
from qiao.customers.models.cards import Card
from qiao.customers.models.care import Consent, Note, Preference
from qiao.customers.models.choices import ProtectedFlag, ProtectionEffect, Service
from qiao.customers.models.documents import Document
from qiao.customers.models.duplicates import (
    Duplicate,
    DuplicateCount,
    DuplicateCountChange,
    DuplicateRun,
)
from qiao.customers.models.holds import Hold
from qiao.customers.models.import_additions import ImportAddition
from qiao.customers.models.import_files import ImportedPlace, ImportFile
from qiao.customers.models.imports import CustomerImport, ImportedRow, ImportMapping
from qiao.customers.models.managers import (
    CustomerVisit,
    HandedOver,
    HandOverOfCustomers,
    ManagerAssignment,
    VisitPlan,
)
from qiao.customers.models.merging import Merge
from qiao.customers.models.meters import MeterInstallation
from qiao.customers.models.moves import Move, MoveParty
from qiao.customers.models.numbers import FormerPhone, PhoneAttempt
from qiao.customers.models.people import (
    Customer,
    CustomerIdentity,
    CustomerOrganisation,
    CustomerPhone,
    LastContact,
    TierChange,
)
from qiao.customers.models.personal import Erasure, SubjectExport
from qiao.customers.models.protection import Protection, ProtectionStep
from qiao.customers.models.relations import Acting, ContactPerson, CustomerGroup, GroupMember
from qiao.customers.models.segments import (
    Segment,
    SegmentCount,
    SegmentDay,
    SegmentDirty,
    SegmentKept,
    SegmentMember,
    SegmentMove,
)
from qiao.customers.models.tags import CustomerTag, Tag, TagKept, TagRun
from qiao.customers.models.tiers import (
    Fact,
    KeyCustomer,
    TierCount,
    TierDue,
    TierRule,
    TierRun,
    ValuePeriod,
)

__all__ = [
    "Account",
    "AccountParty",
    "Acting",
    "Card",
    "Consent",
    "ContactPerson",
    "Customer",
    "CustomerGroup",
    "CustomerIdentity",
    "CustomerImport",
    "CustomerOrganisation",
    "CustomerPhone",
    "CustomerTag",
    "CustomerVisit",
    "Document",
    "Duplicate",
    "DuplicateCount",
    "DuplicateCountChange",
    "DuplicateRun",
    "Erasure",
    "Fact",
    "FormerPhone",
    "GroupMember",
    "HandOverOfCustomers",
    "HandedOver",
    "Hold",
    "ImportAddition",
    "ImportFile",
    "ImportMapping",
    "ImportedPlace",
    "ImportedRow",
    "KeyCustomer",
    "LastContact",
    "ManagerAssignment",
    "Merge",
    "MeterInstallation",
    "Move",
    "MoveParty",
    "Note",
    "PhoneAttempt",
    "Preference",
    "Premises",
    "ProtectedFlag",
    "Protection",
    "ProtectionEffect",
    "ProtectionStep",
    "Segment",
    "SegmentCount",
    "SegmentDay",
    "SegmentDirty",
    "SegmentKept",
    "SegmentMember",
    "SegmentMove",
    "Service",
    "ServicePoint",
    "SubjectExport",
    "Tag",
    "TagKept",
    "TagRun",
    "TierChange",
    "TierCount",
    "TierDue",
    "TierRule",
    "TierRun",
    "ValuePeriod",
    "VisitPlan",
]
