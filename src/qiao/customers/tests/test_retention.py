"""Retention: what is due goes, what is younger or held stays, a killed run goes on."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core import disclosure, parameters, retention
from qiao.core.actor import Actor
from qiao.core.models import Attachment, Disclosure, RetentionRun
from qiao.core.registry import registry
from qiao.core.retention import (
    count_due,
    nothing_holds,
    period,
    rule,
    run_due,
    run_rule,
)
from qiao.core.rules.parameters import BadValue
from qiao.core.tests.deliveries import run_background
from qiao.core.transactions import acting
from qiao.customers.models import Customer, Document, ImportFile
from qiao.customers.operations import documents, merge_customers
from qiao.customers.operations.erasing import request_erasure
from qiao.customers.operations.holds import place_hold, release_hold
from qiao.customers.operations.refusals import WrongState
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
DOCUMENTS, UPLOADS = "customers.documents", "customers.uploads"
YEAR = timedelta(days=365)


@pytest.fixture
def world() -> Company:
    return make_company()


def paper(
    actor: Actor, customer: Customer, words: str, *, expires: datetime | None, **more: Any
) -> Document:
    document = documents.add_document(
        actor=actor,
        now=more.pop("now", NOW),
        customer_id=customer.pk,
        told=documents.NewDocument(
            "contract", words, date(2015, 1, 1),
            expires=expires.date() if expires else None,
        ),
        file=io.BytesIO(words.encode()),
        file_name="x.txt",
        **more,
    )  # fmt: skip
    run_background()
    return document


def run(key: str, now: datetime = NOW) -> RetentionRun:
    return run_rule(rule(key), clock=lambda: now)


def upload(world: Company, age: timedelta) -> ImportFile:
    return ImportFile.objects.create(
        organisation=world.lake, file_name="x.csv", size_bytes=1, state="mapping",
        created_at=NOW - age, created_by_id=world.agent.person_id, samples=["x"],
    )  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ages=st.lists(st.integers(0, 40), max_size=9),
    days=st.integers(1, 30),
    batch=st.integers(1, 4),
)
def test_exactly_what_is_older_than_the_period_goes(
    world: Company, ages: list[int], days: int, batch: int
) -> None:
    """Whatever the period and the size of batches, and a second run finds nothing."""
    with transaction.atomic():
        set_period(world, f"retention.{UPLOADS}", days)
        made = [upload(world, timedelta(days=age)) for age in ages]
        due = count_due(rule(UPLOADS), now=NOW)
        of = with_batch(UPLOADS, batch)
        first = run_rule(of, clock=lambda: NOW)
        gone = {file.pk for file, age in zip(made, ages, strict=True) if age > days}
        discarded = ImportFile.objects.filter(state="discarded", samples=[])
        assert set(discarded.values_list("pk", flat=True)) == gone
        assert first.removed == due.due == len(gone)
        assert run_rule(of, clock=lambda: NOW).removed == 0
        transaction.set_rollback(True)


def with_batch(key: str, batch: int) -> Any:
    return replace(rule(key), batch=batch)


def set_period(world: Company, key: str, days: int) -> None:
    parameters.write(
        parameters.Change(key, days, date(2020, 1, 1), "tested"),
        actor=world.chief,
        now=NOW,
    )


def test_every_period_keeps_its_legal_floor_and_needs_a_second_person(world: Company) -> None:
    for of in registry.retention().values():
        if of.fixed or of.parameter:
            continue
        declared = registry.retention_parameter(of)
        assert declared.second_person
        assert of.keep >= of.least
        change = parameters.Change(declared.key, of.least - 1, timezone.localdate(NOW), "tested")
        with pytest.raises(BadValue):
            parameters.change_parameter(
                change=change, company_id=world.company.pk, actor=world.chief, now=NOW
            )
        waiting = parameters.change_parameter(
            change=parameters.Change(
                declared.key, of.keep + 1, timezone.localdate(NOW), "decided"
            ),
            company_id=world.company.pk,
            actor=world.chief,
            now=NOW,
        )
        assert waiting is not None
        assert period(of, now=NOW).length == of.keep


def test_a_period_is_one_for_the_whole_company(world: Company) -> None:
    change = parameters.Change(
        "retention.core.trail", 2_000, timezone.localdate(NOW), "decided", world.lake.pk
    )
    with pytest.raises(parameters.NotForUnits):
        parameters.change_parameter(
            change=change, company_id=world.company.pk, actor=world.chief, now=NOW
        )


def test_a_value_below_the_floor_that_got_in_counts_as_the_floor(world: Company) -> None:
    set_period(world, f"retention.{DOCUMENTS}", 10)
    assert period(rule(DOCUMENTS), now=NOW).length == 1_095


def test_documents_go_years_after_their_end_with_their_content(
    world: Company, media: Path
) -> None:
    customer = make_customer(world.agent)
    paper(world.agent, customer, "ended long ago", expires=NOW - 6 * YEAR)
    young = paper(world.agent, customer, "ended last year", expires=NOW - YEAR)
    endless = paper(world.agent, customer, "without an end", expires=None)
    assert run(DOCUMENTS).removed == 1
    assert set(Document.objects.values_list("pk", flat=True)) == {young.pk, endless.pk}
    assert Attachment.objects.count() == 2
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2


def test_a_content_that_others_hold_as_well_stays(world: Company, media: Path) -> None:
    one, other = make_customer(world.agent), make_customer(world.agent, name="王五")
    paper(world.agent, one, "same words", expires=NOW - 6 * YEAR)
    paper(world.agent, other, "same words", expires=None)
    assert run(DOCUMENTS).removed == 1
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_what_was_replaced_goes_before_what_replaced_it(world: Company) -> None:
    customer = make_customer(world.agent)
    long_ago = NOW - 7 * YEAR
    first = paper(world.agent, customer, "first", expires=None, now=long_ago)
    second = paper(
        world.agent, customer, "second", expires=None, now=long_ago, replaces_id=first.pk
    )
    paper(world.agent, customer, "third", expires=NOW - 6 * YEAR, now=long_ago,
          replaces_id=second.pk)  # fmt: skip
    assert run(DOCUMENTS).removed == 3
    assert not Document.objects.exists()


def test_nothing_of_a_customer_under_a_hold_goes_also_through_a_merge(world: Company) -> None:
    told: dict[str, Any] = {"actor": world.agent, "now": NOW}
    customer, twin = make_customer(world.agent), make_customer(world.agent, name="陈惠敏")
    paper(world.agent, twin, "ended", expires=NOW - 6 * YEAR)
    merge_customers(customer_id=customer.pk, merged_id=twin.pk, **told)
    place_hold(customer_id=customer.pk, reason="（2026）民初 112 号", **told)
    with pytest.raises(WrongState):
        place_hold(customer_id=twin.pk, reason="again", **told)
    done = run(DOCUMENTS)
    assert (done.removed, done.held) == (0, 1)
    due = count_due(rule(DOCUMENTS), now=NOW)
    assert (due.due, due.held) == (0, 1)
    release_hold(customer_id=customer.pk, **told)
    assert run(DOCUMENTS).removed == 1


def test_an_erasure_that_is_not_decided_holds_everything_back(world: Company) -> None:
    customer = make_customer(world.agent)
    paper(world.agent, customer, "ended", expires=NOW - 6 * YEAR)
    request_erasure(
        actor=world.agent, now=NOW, customer_id=customer.pk, basis="request", reason="letter"
    )
    assert run(DOCUMENTS).removed == 0


def test_a_hold_of_any_kind_that_comes_after_the_batch_was_read_still_counts(
    world: Company,
) -> None:
    """A request for erasure takes no turns with the batches, as `place_hold` does."""
    held, free = make_customer(world.agent), make_customer(world.agent)
    kept, gone = (
        paper(world.agent, each, f"ended {each.pk}", expires=NOW - 6 * YEAR)
        for each in (held, free)
    )
    batch = retention._batch(rule(DOCUMENTS), NOW)  # noqa: SLF001 - something comes in between
    assert set(batch) == {kept.pk, gone.pk}
    request_erasure(
        actor=world.agent, now=NOW, customer_id=held.pk, basis="request", reason="letter"
    )
    with transaction.atomic(), acting(None):
        went = retention._clear(rule(DOCUMENTS), batch, NOW)  # noqa: SLF001 - as above
    assert went == [gone.pk]
    assert Document.objects.get() == kept
    assert Attachment.objects.get().pk == kept.attachment_id
    free_of = nothing_holds("ARRAY[r.id]")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT r.id FROM customers_customer r WHERE {free_of}")
        assert cursor.fetchall() == [(free.pk,)]


def test_an_open_case_holds_everything_back() -> None:
    assert "cases.open" in {hold.key for hold in registry.holds()}
    with connection.cursor() as cursor:
        for hold in registry.holds():
            cursor.execute(f"SELECT {hold.sql} FROM (SELECT ARRAY[1]::bigint[] AS ids) h")
            assert cursor.fetchone() == (False,)


def test_a_run_that_is_killed_keeps_what_it_did_and_the_next_one_goes_on(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(5):
        upload(world, timedelta(days=9))
    of = with_batch(UPLOADS, 2)
    real, calls = retention._clear, []  # noqa: SLF001 - the second batch is made to fail

    def dies(*given: Any) -> Any:
        calls.append(1)
        gone = real(*given)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return gone

    monkeypatch.setattr(retention, "_clear", dies)
    with pytest.raises(RuntimeError):
        run_rule(of, clock=lambda: NOW)
    stopped = RetentionRun.objects.get()
    assert (stopped.removed, stopped.finished_at) == (2, None)
    assert ImportFile.objects.filter(state="discarded").count() == 2
    after = run_rule(of, clock=lambda: NOW)
    assert (after.removed, after.finished_at) == (3, NOW)


def test_a_rule_that_clears_nothing_is_stopped_and_the_others_go_on(world: Company) -> None:
    upload(world, timedelta(days=9))
    idle = replace(rule(UPLOADS), clear=lambda _idents, _now: None)
    with pytest.raises(retention.NothingCleared):
        run_rule(idle, clock=lambda: NOW)
    run_due(hourly=True, clock=lambda: NOW)
    run_due(hourly=False, clock=lambda: NOW)
    rules = set(RetentionRun.objects.values_list("rule", flat=True))
    assert rules == set(registry.retention())
    assert ImportFile.objects.get().state == "discarded"


def test_looks_at_hidden_data_go_by_one_door_that_refuses_young_ones(world: Company) -> None:
    long_ago = datetime(2019, 5, 1, tzinfo=UTC)
    for at in (long_ago, timezone.now()):
        disclosure.record(
            kind="reveal", subject="customer", subject_id=1, fields=("phone",),
            organisation_id=world.lake.pk, actor=world.agent, now=at, reason="x",
        )  # fmt: skip
    done = run("core.disclosures", timezone.now())
    assert (done.removed, Disclosure.objects.count()) == (1, 1)
    young = Disclosure.objects.get().pk
    for table, ids in (("core_disclosure", [young]), ("customers_customer", [1])):
        with (
            pytest.raises(Error, match=r"younger|are kept"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT qiao_expire(%s, %s)", [table, ids])


def test_counting_changes_nothing(world: Company) -> None:
    upload(world, timedelta(days=9))
    for of in registry.retention().values():
        count_due(of, now=NOW)
    assert ImportFile.objects.get().state == "mapping"
    assert not RetentionRun.objects.exists()


def test_old_marks_of_deliveries_go_and_answers_to_programs_stay_a_week(world: Company) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO core_idempotencykey (scope, key, created_at) VALUES (%s, %s, %s)",
            [("event:x", "1", NOW - timedelta(days=91)), ("event:x", "2", NOW),
             ("api:7", "3", NOW - timedelta(days=8)), ("api:7", "4", NOW - timedelta(days=6))],
        )  # fmt: skip
    assert run("core.deliveries").removed == 1
    run("api.answers")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM core_idempotencykey WHERE key = ANY(%s) ORDER BY key",
            [["1", "2", "3", "4"]],
        )
        assert [key for (key,) in cursor.fetchall()] == ["2", "4"]
