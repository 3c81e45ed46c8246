"""Addresses of programs: their keys, their webhooks, what they call."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import GONE, NOT_ALLOWED, OK, UNKNOWN, Visit

_ONCE: Final = "6f1f3c1a-9f0d-4f0e-8a64-1d1f0c1f2a3b"


def _key(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"key_id": "{key}"}, (), post, get=get)


def _endpoint(
    post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, *queries: str
) -> Visit:
    return Visit({"endpoint_id": "{endpoint}"}, queries, post, get=get)


def _called(get: int = UNKNOWN, **args: str) -> Visit:
    """What programs call: a session opens nothing there; `tests/walker/test_programs.py`."""
    return Visit(args, get=get)


API: Final = {
    "api:keys": Visit(queries=("after=99999999",)),
    "api:key_new": Visit(
        post={
            "name": "x",
            "organisation": "{unit}",
            "calls_a_minute": "60",
            "days": "30",
            "scopes": ["customers:read"],
            "once": _ONCE,
        }
    ),
    "api:key": _key(get=OK),
    "api:key_rotate": _key({"overlap": "24", "once": _ONCE}),
    "api:key_revoke": _key({}),
    "api:endpoints": Visit(),
    "api:endpoint_new": Visit(
        post={
            "name": "x",
            "url": "https://example.com/hook",
            "organisation": "{unit}",
            "event_types": ["cases.case_opened"],
            "once": _ONCE,
        }
    ),
    "api:endpoint": _endpoint(None, OK, "state=delivered", "after=99999999"),
    "api:endpoint_change": _endpoint(
        {"name": "y", "url": "https://example.com/", "event_types": ["cases.case_opened"]}, OK
    ),
    "api:endpoint_rotate": _endpoint({"overlap": "24", "once": _ONCE}),
    "api:endpoint_disable": _endpoint({}),
    "api:endpoint_enable": _endpoint({}),
    "api:endpoint_test": _endpoint({}),
    "api:endpoint_delete": _endpoint({}),
    "api:delivery": Visit({"delivery_id": "{delivery}"}),
    "api:delivery_resend": Visit({"delivery_id": "{delivery}"}, post={}, get=NOT_ALLOWED),
    "api:services": Visit(),
    "api:reference": Visit(public=True),
    "api:openapi": Visit(public=True),
    "api:nothing_here": Visit(get=GONE),
    "api:v1:listCustomers": _called(),
    "api:v1:registerCustomer": _called(),
    "api:v1:getCustomer": _called(customer_id="{customer}"),
    "api:v1:changeCustomer": _called(customer_id="{customer}"),
    "api:v1:addPhone": _called(NOT_ALLOWED, customer_id="{customer}"),
    "api:v1:listSegments": _called(),
    "api:v1:getSegment": _called(segment_id="{segment}"),
    "api:v1:listMembers": _called(segment_id="{segment}"),
    "api:v1:deliverRows": _called(NOT_ALLOWED, key="sap"),
    "api:v1:getDelivery": _called(delivery_id="{fed_delivery}"),
    "api:v1:getMoney": _called(account_id="{paid}"),
    "api:v1:getTerms": _called(account_id="{paid}"),
    "api:v1:beginBilling": _called(NOT_ALLOWED, account_id="{unbilled}"),
    "api:v1:changeTerms": _called(account_id="{paid}"),
    "api:v1:endBilling": _called(NOT_ALLOWED, account_id="{paid}"),
    "api:v1:listImports": _called(),
    "api:v1:getImport": _called(import_id="{import}"),
    "api:v1:takeReadings": _called(NOT_ALLOWED),
    "api:v1:takeIntervals": _called(NOT_ALLOWED),
    "api:v1:listBills": _called(),
    "api:v1:getBill": _called(bill_id="{bill}"),
    "api:v1:listSummaries": _called(),
    "api:v1:listInvoices": _called(),
    "api:v1:getInvoice": _called(invoice_id="{invoice}"),
    "api:v1:askInvoice": _called(NOT_ALLOWED, bill_id="{bill}"),
    "api:v1:tellInvoiceIssued": _called(NOT_ALLOWED, invoice_id="{invoice}"),
    "api:v1:tellInvoiceRefused": _called(NOT_ALLOWED, invoice_id="{invoice}"),
    "api:v1:getSummary": _called(summary_id="{summary}"),
    "api:v1:listTags": _called(),
    "api:v1:listTagsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:tagCustomer": _called(customer_id="{customer}"),
    "api:v1:listAccountsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:listProtectionsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:listPartiesOfCustomer": _called(customer_id="{customer}"),
    "api:v1:getRelations": _called(customer_id="{customer}"),
    "api:v1:listContactsOfCustomer": _called(customer_id="{customer}"),
    "api:v1:openAccount": _called(NOT_ALLOWED),
    "api:v1:getAccount": _called(account_id="{account}"),
    "api:v1:listPartiesOfAccount": _called(account_id="{account}"),
    "api:v1:addParty": _called(account_id="{account}"),
    "api:v1:addPremises": _called(NOT_ALLOWED),
    "api:v1:getPremises": _called(premises_id="{premises}"),
    "api:v1:listContacts": _called(),
    "api:v1:recordContact": _called(),
    "api:v1:getContact": _called(contact_id="{contact}"),
    "api:v1:listCases": _called(),
    "api:v1:openCase": _called(),
    "api:v1:getCase": _called(case_id="{case}"),
    "api:v1:addNote": _called(NOT_ALLOWED, case_id="{case}"),
    "api:v1:listWorkOrders": _called(),
    "api:v1:getWorkOrder": _called(work_order_id="{order}"),
    "api:v1:tierAtStation": _called(),
    "api:v1:listStaff": _called(),
    "api:v1:whoAmI": _called(),
}
