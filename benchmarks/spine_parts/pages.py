"""Every page that a supervisor or an agent may open, as the server makes it."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from measuring.browsing import signed_in
from measuring.timing import Limits, Result, measure

PAGE = Limits(p95=100)
OURS = ("core", "desk", "customers", "cases", "dispatch", "feedback", "contact", "staff")
STREAMS = {"core:live"}  # never ends
ROUNDS = 25
SUPERVISOR, AGENT, DISPATCHER = "1008", "1027", "2001"

SAMPLES = {
    "case_id": "SELECT id FROM cases_case WHERE closed_at IS NULL AND customer_id IS NOT NULL"
    " ORDER BY md5(number) LIMIT 1",
    "customer_id": "SELECT customer_id FROM cases_case WHERE customer_id IS NOT NULL"
    " AND closed_at IS NULL ORDER BY md5(number) LIMIT 1",
    "interaction_id": "SELECT id FROM contact_interaction WHERE state = 'closed'"
    " AND customer_id IS NOT NULL ORDER BY id DESC LIMIT 1",
    "work_order_id": "SELECT id FROM dispatch_workorder ORDER BY id DESC LIMIT 1",
    "follow_up_id": "SELECT id FROM feedback_followup ORDER BY id DESC LIMIT 1",
    "phone_id": "SELECT id FROM customers_customerphone ORDER BY id DESC LIMIT 1",
    "account_id": "SELECT id FROM customers_account ORDER BY id DESC LIMIT 1",
    "action": "SELECT 'no_such'",
    "key": "SELECT 'cases.type'",
    "box": "SELECT 'note'",
    "what": "SELECT 'assign'",
}


def pages() -> Iterator[Result]:
    """Each registered page that answers a GET with 200, by the first of them who may open it."""
    browsers = {number: signed_in(number) for number in (SUPERVISOR, AGENT, DISPATCHER)}
    samples = _samples()
    for name, pattern in _patterns(get_resolver(), ()):
        if name.partition(":")[0] not in OURS or name in STREAMS:
            continue
        keys = pattern.pattern.converters
        if not all(key in samples for key in keys):
            continue
        try:
            address = reverse(name, kwargs={key: samples[key] for key in keys})
        except NoReverseMatch:
            continue
        for number, browser in browsers.items():
            answer = browser.get(address)
            if answer.status_code == 200 and not answer.streaming:
                yield _measured(name, address, number, browser)
                break


def _measured(name: str, address: str, number: str, browser: Any) -> Result:
    size = len(browser.get(address).content)
    return measure(
        f"page {name}",
        lambda _: browser.get(address),
        rounds=ROUNDS,
        limits=PAGE,
        address=address,
        person=number,
        bytes=size,
    )


def _samples() -> dict[str, Any]:
    found = {}
    with connection.cursor() as cursor:
        for key, sql in SAMPLES.items():
            cursor.execute(sql)
            row = cursor.fetchone()
            if row is not None:
                found[key] = row[0]
    return found


def _patterns(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            inner = (*spaces, item.namespace) if item.namespace else spaces
            yield from _patterns(item, inner)
        elif item.name:
            yield ":".join((*spaces, item.name)), item
