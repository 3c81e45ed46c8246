"""Every call of the API by a program of the branch next door: nothing seen, nothing changed."""

import json
from typing import Any

import pytest
from django.db import transaction

from qiao.api.tests.programs import Program, make_key
from qiao.api.views.v1 import SERVICES
from tests.walker.snapshot import Camera
from tests.walker.test_walker import secrets_in, text_of
from tests.world import ACCOUNT, World
from tests.world.canaries import METER

OWN = (
    "api_usage",
    "api_keybucket",
    "core_idempotencykey",
    "metering_intervalload",
    "metering_refusedinterval",
)  # what every call of anybody writes of itself, and in its own unit of what it could not place
BODIES: dict[str, dict[str, Any]] = {
    "changeCustomer": {"name": "x"},
    "addPhone": {"number": "13805712264"},
    "openAccount": {
        "number": "77887766554",
        "service": "water",
        "owner_id": "{customer}",
        "address": {"region": "339102", "room": "9"},
        "organisation_id": "{unit}",
    },
    "addParty": {"customer_id": "{customer}", "role": "payer"},
    "addPremises": {"region": "339102", "room": "9", "organisation_id": "{unit}"},
    "registerCustomer": {"name": "x", "organisation_id": "{unit}"},
    "recordContact": {
        "channel": "phone",
        "subject": "x",
        "outcome": "water.answered",
        "customer_id": "{customer}",
    },
    "openCase": {"type": "water.small_leak", "channel": "web", "customer_id": "{customer}"},
    "addNote": {"text": "x"},
    "beginBilling": {"tariff_id": "{tariff}", "since": "2099-01-01", "reason": "x"},
    "changeTerms": {
        "tariff_id": "{tariff}",
        "since": "2099-01-01",
        "given": [{"name": "people", "value": "6"}],
        "reason": "x",
    },
    "endBilling": {"until": "2099-01-01", "reason": "x"},
    "deliverRows": {
        "number": "x",
        "as_of": "2026-01-05T06:00:00+08:00",
        "totals": {"bills": {"count": 0, "minor": 0}},
    },
    "askInvoice": {"title": "x"},
    "tellInvoiceIssued": {"invoice_number": "26332000000000000017", "issued_date": "2026-01-05"},
    "tellInvoiceRefused": {"reason": "x"},
    "tagCustomer": {"add": ["{tag}"]},
    "takeIntervals": {
        "key": "walked",
        "intervals": [{"meter_number": METER, "start": "2026-11-01T09:00:00+08:00", "value": "1"}],
    },
    "takeReadings": {
        "readings": [
            {
                "key": "walked",
                "meter_number": METER,
                "value": "1",
                "read_at": "2026-11-01T09:00:00+08:00",
            }
        ]
    },
}
QUERIES = ("", "?q=zqxcan", "?q=13806177754", f"?card={ACCOUNT}", "?view=all", "?state=all")
IDS = {"contact_id": "closed", "work_order_id": "order", "delivery_id": "fed_delivery"}
OF_CALLS = {"/api/v1/accounts/{account_id}/billing": "unbilled"}
NAMED = (
    "customer", "account", "premises", "contact", "case", "work_order", "segment", "import",
    "bill", "delivery", "summary", "invoice",
)  # fmt: skip


def _told(value: Any, world: World) -> Any:
    if isinstance(value, dict):
        return {key: _told(each, world) for key, each in value.items()}
    if isinstance(value, list):
        return [_told(each, world) for each in value]
    if isinstance(value, str) and value.startswith("{"):
        return world.ids[value.strip("{}")]
    return value


def _path(path: str, world: World) -> str:
    found = path.removeprefix("/api/v1").replace("{key}", "sap")
    for name in NAMED:
        ref = OF_CALLS.get(path) or IDS.get(f"{name}_id", name)
        found = found.replace(f"{{{name}_id}}", str(world.ids[ref]))
    return found


def _call(program: Program, name: str, world: World, query: str = "") -> Any:
    service = SERVICES[name]
    path = _path(service.path, world)
    if service.method == "GET":
        return program.client.get(f"/api/v1{path}{query}", headers=program.heads)
    body = _told(BODIES[name], world)
    return program.post(path, body, method=service.method.lower())


@pytest.fixture(scope="module")
def keys(world: World) -> dict[str, Program]:
    company = world.company
    return {
        "outsider": Program(make_key(company.outsider, calls_a_minute=100_000)),
        "agent": Program(make_key(company.agent, calls_a_minute=100_000)),
    }


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_program_from_next_door_sees_and_changes_nothing(
    name: str, world: World, keys: dict[str, Program]
) -> None:
    with transaction.atomic():
        camera = Camera()
        for query in QUERIES if SERVICES[name].method == "GET" else ("",):
            response = _call(keys["outsider"], name, world, query)
            # Readings of meters that nobody knows are refused one by one.
            one_by_one = name in {"takeReadings", "takeIntervals"}
            told = {200, 403, 404, 422} | ({201} if one_by_one else set())
            assert response.status_code in told, response.content
            sent = f"{query} {json.dumps(BODIES.get(name, ''))}"
            assert not secrets_in(text_of(response), sent, world), (name, query)
        now = camera.take()
        lost = set(camera.first.lost(now)) - set(OWN)
        gained = set(camera.first.gained(now)) - set(OWN)
        assert (lost, gained) == (set(), set())
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_program_of_the_branch_is_served(
    name: str, world: World, keys: dict[str, Program]
) -> None:
    query = f"?card={ACCOUNT}" if name == "tierAtStation" else ""
    with transaction.atomic():
        response = _call(keys["agent"], name, world, query)
        assert response.status_code in {200, 201}, response.content
        transaction.set_rollback(True)


HUNTED = (
    "getCustomer", "listCustomers", "getCase", "listCases", "getContact", "listContacts",
    "getSegment", "listSegments", "listMembers",
)  # fmt: skip


@pytest.mark.parametrize("name", HUNTED)
def test_the_hunt_finds_what_a_program_of_the_branch_is_told(
    name: str, world: World, keys: dict[str, Program]
) -> None:
    assert secrets_in(text_of(_call(keys["agent"], name, world)), "", world)
