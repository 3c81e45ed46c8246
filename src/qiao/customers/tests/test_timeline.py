"""The timeline out of many sources, and the panels out of many modules."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.actor import Actor
from qiao.core.manifest import Panel, TimelineSource
from qiao.core.panels import compose, load_places
from qiao.core.prepared import fetch_one
from qiao.core.timeline import Entry, read_page
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = Actor(None, "x", 1, {"a.view": (1, 2), "b.view": (2,)})


@pytest.fixture
def world() -> Company:
    return make_company()


def source(key: str, minutes: list[int]) -> TimelineSource:
    """A source with a row for each minute after the start."""
    values = ", ".join(f"({minute}, {ref})" for ref, minute in enumerate(minutes, 1)) or "(0, 0)"
    return TimelineSource(
        key=key,
        sql=f"""
        SELECT at, 'k', ref, 'call', 'title', '', '', '', '' FROM (
            SELECT timestamptz '2026-01-01 00:00+00' + make_interval(mins => minute::int) AS at,
                   ref::bigint
              FROM (VALUES {values}) AS v (minute, ref) WHERE {bool(minutes)}) r
         WHERE at < %(before)s AND cardinality(%(organisation_ids)s) > 0
         ORDER BY at DESC, ref DESC LIMIT %(limit)s""",
        permission="a.view",
        url_name="",
        icon="phone",
    )


def walk(sources: list[TimelineSource], limit: int) -> list[Entry]:
    seen: list[Entry] = []
    before = None
    while True:
        page = read_page(sources, actor=NOBODY, customer_id=1, now=NOW, before=before, limit=limit)
        seen += page.entries
        before = page.before
        if before is None:
            return seen


minutes = st.lists(st.integers(0, 12), max_size=14)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=minutes, other=minutes, limit=st.integers(1, 6))
def test_pages_of_the_timeline_show_every_row_once_in_order(
    db: None, one: list[int], other: list[int], limit: int
) -> None:
    seen = walk([source("one", one), source("other", other)], limit)
    assert sorted((e.source, e.ref) for e in seen) == sorted(
        [("one", n) for n in range(1, len(one) + 1)]
        + [("other", n) for n in range(1, len(other) + 1)]
    )
    assert [e.at for e in seen] == sorted((e.at for e in seen), reverse=True)


def test_rows_of_one_moment_stay_together() -> None:
    page = read_page(
        [source("one", [5] * 30 + [1])], actor=NOBODY, customer_id=1, now=NOW, limit=3
    )
    assert len(page.entries) == 30
    assert page.before == START + timedelta(minutes=5)


def panel(key: str, sql: str, permission: str) -> Panel:
    return Panel(key, key, "x.html", sql, permission, frozenset({"aside"}), 1)


def test_each_panel_reads_within_its_own_right() -> None:
    scope = "SELECT to_json(%(organisation_ids)s)"
    statement = compose(
        [panel("a", scope, "a.view"), panel("b", scope, "b.view"), panel("c", scope, "c.view")],
        actor=NOBODY,
        customer_id=7,
        now=NOW,
    )
    assert fetch_one(statement.sql, statement.parameters) == ([1, 2], [2], [])


def test_panels_know_the_customer_and_all_merged_into_it() -> None:
    sql = "SELECT json_build_array(%(customer_id)s, %(customer_ids)s::bigint[])"
    statement = compose(
        [panel("a", sql, "a.view")], actor=NOBODY, customer_id=7, customer_ids=(7, 9), now=NOW
    )
    assert fetch_one(statement.sql, statement.parameters) == ([7, [7, 9]],)


def test_all_places_of_a_page_are_one_statement(world: Company) -> None:
    customer = make_customer(world.agent, phones=["13805712264"])
    make_account(world.agent, owner=customer)
    with CaptureQueriesContext(connection) as captured:
        places = load_places(world.agent, ("band", "strip", "customer"), customer.pk, NOW)
    assert len(captured) == 1
    keys = {panel.key for panels in places.values() for panel, _ in panels}
    assert {"customers.band", "customers.standing", "customers.accounts"} <= keys
    assert "customers.identities" not in keys  # a panel without value is absent


def test_panels_of_another_branch_hold_nothing_of_the_account(world: Company) -> None:
    customer = make_customer(world.agent)
    account = make_account(world.agent, owner=customer)
    places = load_places(world.outsider, ("band", "strip", "customer"), customer.pk, NOW)
    assert account.number not in str(places)
