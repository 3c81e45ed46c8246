"""What the care of data finds here: fields that two people may correct, and words of the trail."""
# ruff: noqa: S608 - conditions are put together from this module's own pieces; values are bound

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, Correctable, Correction, rows_of_customers
from qiao.customers.models import (
    Account,
    AccountParty,
    Customer,
    CustomerIdentity,
    CustomerPhone,
    ServicePoint,
)
from qiao.customers.models.choices import Service
from qiao.customers.operations import correcting
from qiao.customers.queries import correctable

CORRECT = correctable.CORRECT
ADDRESS = {
    "region": _("Region code"),
    "district": pgettext_lazy("customer form", "District"),
    "road": pgettext_lazy("customer form", "Road"),
    "house_number": pgettext_lazy("customer form", "House number"),
    "community": pgettext_lazy("customer form", "Community"),
    "building": pgettext_lazy("customer form", "Building"),
    "unit": pgettext_lazy("customer form", "Entrance"),
    "room": pgettext_lazy("customer form", "Room"),
}
NAME = pgettext_lazy("customer form", "Name")
KIND = pgettext_lazy("customer form", "Kind")
GENDER = pgettext_lazy("customer form", "Gender")
CORRECTIONS = (
    Correction(
        key="customers.customer",
        label=_("Customer"),
        number_label=_("Customer number or account number"),
        permission=CORRECT,
        fields=(
            Correctable("name", NAME),
            Correctable("kind", KIND, "choice", tuple(Customer.Kind.choices)),
            Correctable("gender", GENDER, "choice", tuple(Customer.Gender.choices)),
        ),
        find=correctable.find_customer,
        load=correctable.load_customer,
        apply=correcting.correct_customer,
    ),
    Correction(
        key="customers.account",
        label=_("Account"),
        number_label=_("Account number"),
        permission=CORRECT,
        fields=(
            Correctable("number", _("Account number")),
            Correctable("use", _("Use"), "choice", tuple(Account.Use.choices)),
            Correctable("opened_date", _("Opened on"), "date"),
            Correctable("meter_number", _("Meter number")),
        ),
        find=correctable.find_account,
        load=correctable.load_account,
        apply=correcting.correct_account,
    ),
    Correction(
        key="customers.premises",
        label=_("Address"),
        number_label=_("Account number"),
        permission=CORRECT,
        fields=tuple(Correctable(key, label) for key, label in ADDRESS.items()),
        find=correctable.find_place,
        load=correctable.load_place,
        apply=correcting.correct_place,
    ),
)

_OWN = "a.row_id = ANY(%(customer_ids)s)"
_ACCOUNTS = (
    "SELECT p.account_id FROM customers_accountparty p WHERE p.customer_id = ANY(%(customer_ids)s)"
)
_POINTS = f"SELECT c.service_point_id FROM customers_account c WHERE c.id IN ({_ACCOUNTS})"
AUDIT_WORDS = (
    AuditTable(
        table="customers_customer",
        label=_("Customer"),
        fields={
            "number": _("Customer number"),
            "name": NAME,
            "kind": KIND,
            "gender": GENDER,
            "language": _("Language"),
            "tier": _("Tier"),
            "tier_reason": _("Reason of the tier"),
            "flags": _("Protected because of"),
            "merged_into_id": _("Merged into"),
        },
        values={
            "kind": dict(Customer.Kind.choices),
            "gender": dict(Customer.Gender.choices),
        },
        of_customer=_OWN,
    ),
    AuditTable(
        table="customers_customerphone",
        label=_("Telephone number"),
        fields={
            "number": _("Telephone number"),
            "extension": _("Extension"),
            "kind": KIND,
            "label": _("Label"),
            "is_primary": _("First to call"),
        },
        values={"kind": dict(CustomerPhone.Kind.choices)},
        phones=frozenset({"number"}),
        of_customer=rows_of_customers("customers_customerphone", "customer_id"),
    ),
    AuditTable(
        table="customers_customeridentity",
        label=_("Identity document"),
        fields={
            "kind": pgettext_lazy("customer form", "Kind"),
            "ciphertext": _("Document number"),
            "hint": _("Last characters"),
        },
        values={"kind": dict(CustomerIdentity.Kind.choices)},
        hidden=frozenset({"ciphertext", "blind_index"}),
        of_customer=rows_of_customers("customers_customeridentity", "customer_id"),
    ),
    AuditTable(
        table="customers_account",
        label=_("Account"),
        fields={
            "number": _("Account number"),
            "use": _("Use"),
            "service": pgettext_lazy("customer form", "Service"),
            "status": _("State"),
            "opened_date": _("Opened on"),
            "closed_date": _("Closed on"),
        },
        values={
            "use": dict(Account.Use.choices),
            "service": dict(Service.choices),
            "status": dict(Account.Status.choices),
        },
        of_customer=f"a.row_id IN ({_ACCOUNTS})",
    ),
    AuditTable(
        table="customers_accountparty",
        label=_("Part played for an account"),
        fields={"role": _("Part"), "period": _("Days")},
        values={"role": dict(AccountParty.Role.choices)},
        of_customer=rows_of_customers("customers_accountparty", "customer_id"),
    ),
    AuditTable(
        table="customers_servicepoint",
        label=_("Service point"),
        fields={
            "number": pgettext_lazy("service point", "Number"),
            "meter_number": _("Meter number"),
            "meter_size": _("Meter size"),
            "status": _("State"),
        },
        values={"status": dict(ServicePoint.Status.choices)},
        of_customer=f"a.row_id IN ({_POINTS})",
    ),
    AuditTable(
        table="customers_premises",
        label=_("Address"),
        fields={"full_text": _("Address"), "region": _("Region code")},
        of_customer=(
            "a.row_id IN (SELECT s.premises_id FROM customers_servicepoint s"
            f" WHERE s.id IN ({_POINTS}))"
        ),
    ),
)
