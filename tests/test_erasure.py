"""A person is erased in every module: no table and no file of the house holds a word of them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from qiao.core import approvals
from qiao.core.models import Attachment
from qiao.core.retention import rule, run_rule
from qiao.core.tests.deliveries import run_background
from qiao.customers.models import Account, Customer, Erasure, SubjectExport
from qiao.customers.operations.erasing import (
    ErasureHindered,
    ErasureKnown,
    decide_erasure,
    request_erasure,
    run_erasure,
)
from qiao.customers.operations.subject_access import (
    ask_subject_access,
    file_of,
    take_subject_access,
)
from tests.customer_life import CANARIES, IDENTITY, NAME, PHONE, STREET, WORDS, close_all, live
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def world() -> World:
    world = build_world(timezone.now())
    with connection.cursor() as cursor:  # a job of the walker's that nobody can run
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'walker'")
    return world


def everything() -> Iterator[tuple[str, str]]:
    """Every text, JSON and array of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            "   AND c.data_type IN ('text', 'character varying', 'character', 'jsonb', 'json',"
            "                       'ARRAY')"
        )
        for table, column in cursor.fetchall():
            quoted = connection.ops.quote_name(column)
            cursor.execute(f"SELECT {quoted}::text FROM {connection.ops.quote_name(table)}")
            for (text,) in cursor.fetchall():
                yield f"{table}.{column}", text or ""


def found_in_tables() -> set[tuple[str, str]]:
    return {
        (place, canary)
        for place, text in everything()
        for canary in CANARIES
        if canary in text or canary in text.encode().decode("unicode_escape", "ignore")
    }


def found_in_files(folder: Path) -> set[str]:
    marks = [canary.encode() for canary in CANARIES]
    return {
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    }


def erase(world: World, customer: Customer) -> Erasure:
    asked = request_erasure(
        actor=world.company.agent,
        now=timezone.now(),
        customer_id=customer.pk,
        basis="request",
        reason=f"{NAME} 来函要求",
    )
    decide_erasure(
        actor=world.company.colleague, now=timezone.now(), erasure_id=asked.pk, approve=True
    )
    assert run_background() >= 1
    asked.refresh_from_db()
    return asked


def test_after_an_erasure_no_table_and_no_file_holds_a_word_of_the_person(
    world: World, media: Path
) -> None:
    customer = live(world)
    close_all(customer)
    places = {place for place, _canary in found_in_tables()}
    assert {
        "customers_customer.name",
        "billing_invoice.title",
        "cases_caseevent.data",
        "contact_interaction.summary",
        "core_auditentry.after",
        "core_disclosure.reason",
    } <= places
    picture_of_hers = Attachment.objects.get(owner_kind="case", label=WORDS)
    done = erase(world, customer)
    assert (done.state, done.files) == ("done", [])
    assert done.counts["customers.phones"] == 2
    assert done.counts["customers.tags"] == 1
    assert done.counts["cases.files"] == 1
    assert found_in_tables() == set()
    assert found_in_files(media) == set()
    customer.refresh_from_db()
    assert customer.name == done.pseudonym
    assert Account.objects.get(number="90887766001").status == "closed"
    assert not (media / picture_of_hers.sha256[:2]).exists() or not any(
        picture_of_hers.sha256 in path.name for path in media.rglob("*")
    )


def test_what_others_said_stays(world: World) -> None:
    before = dict(everything())
    customer = live(world)
    close_all(customer)
    erase(world, customer)
    texts = [text for _place, text in everything()]
    for other in ("zqxcanary note", "zqxcanary customer", "zqxcanary summary", "zqxcanary words"):
        assert any(other in text for text in texts), other
    assert before


def test_what_runs_hinders_and_is_named(world: World) -> None:
    customer = live(world)
    with pytest.raises(ErasureHindered) as refusal, transaction.atomic():
        erase(world, customer)
    told = " ".join(str(hinder.text) for hinder in refusal.value.hinders)
    assert "90887766001" in told


def test_one_person_alone_erases_nobody_and_nobody_is_erased_twice(world: World) -> None:
    customer = live(world)
    close_all(customer)
    agent, now = world.company.agent, timezone.now()
    asked = request_erasure(
        actor=agent, now=now, customer_id=customer.pk, basis="order", reason="法院"
    )
    with pytest.raises(approvals.SamePerson), transaction.atomic():
        decide_erasure(actor=agent, now=now, erasure_id=asked.pk, approve=True)
    with pytest.raises(ErasureKnown), transaction.atomic():
        request_erasure(
            actor=agent, now=now, customer_id=customer.pk, basis="order", reason="again"
        )
    run_erasure(erasure_id=asked.pk, now=now)
    customer.refresh_from_db()
    assert customer.name == NAME
    refused = decide_erasure(
        actor=world.company.colleague, now=now, erasure_id=asked.pk, approve=False
    )
    assert refused.state == "refused"


def test_a_job_that_runs_twice_erases_once_and_a_new_hinder_stops_it(world: World) -> None:
    customer = live(world)
    close_all(customer)
    done = erase(world, customer)
    run_erasure(erasure_id=done.pk, now=timezone.now())
    again = Erasure.objects.get(pk=done.pk)
    assert (again.done_at, again.counts) == (done.done_at, done.counts)


def test_the_door_to_history_opens_for_an_approved_erasure_only(world: World) -> None:
    assert world
    for approval in (0, 999_999):
        with (
            pytest.raises(Error, match="does not allow"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT qiao_redact(%s, 'cases_caseevent', 'case_id', '{1}', '{data}')",
                [approval],
            )


def test_all_that_is_held_is_handed_out_and_the_link_expires(world: World, media: Path) -> None:
    customer = live(world)
    told: dict[str, Any] = {"actor": world.company.agent, "customer_id": customer.pk}
    now = timezone.now()
    export = ask_subject_access(now=now, reason="本人凭证件要求", language="en", **told)
    run_background()
    export.refresh_from_db()
    assert export.state == "ready"
    with ZipFile(file_of(export.pk)) as packed:
        data = json.dumps(json.loads(packed.read("data.json")), ensure_ascii=False)
        page = packed.read("index.html").decode()
        files = [name for name in packed.namelist() if name.startswith("files/")]
    for canary in (NAME, PHONE, IDENTITY, STREET, WORDS):
        assert canary in data
    assert NAME in page
    assert any(name.endswith(f"{NAME}.png") for name in files)
    assert take_subject_access(now=now, export_id=export.pk, **told).taken_count == 1
    run_rule(rule("customers.subject_files"), clock=lambda: now + timedelta(days=8))
    assert SubjectExport.objects.get(pk=export.pk).state == "removed"
    assert not file_of(export.pk).exists()
    assert media.exists()
