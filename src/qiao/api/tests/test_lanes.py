"""Receivers that hang hold places of their own: nothing else waits for them."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection, connections, transaction
from django.utils import timezone

from qiao.api import operations, queries, tasks
from qiao.api.models import Attempt, Delivery
from qiao.api.tests.receivers import silent
from qiao.core.alone import alone
from qiao.core.registry import registry
from qiao.core.working import Lane, lanes
from qiao.customers.operations import add_phone
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company

SOURCE = Path(__file__).parents[4]
WORK = "import django; django.setup(); from qiao.core.working import *; work(lanes(places=2))"


@contextmanager
def worker(database: str, log: Path) -> Iterator[None]:
    """The worker of an installation, on that database."""
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "qiao.config.settings",
        "PYTHONPATH": str(SOURCE / "src"),
        "QIAO_NO_POOL": "1",
        "QIAO_WEBHOOKS_PRIVATE": "1",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", WORK], env=environment, stdout=out, stderr=out
        )
        try:
            yield
        finally:
            process.kill()
            process.wait(30)


def happen(company: Company, numbers: range) -> None:
    """So many events that an endpoint hears."""
    now = timezone.now()
    customer = make_customer(company.agent)
    for number in numbers:
        add_phone(actor=company.agent, now=now, customer_id=customer.pk, number=str(number))


def listen(company: Company, name: str, url: str) -> int:
    """An endpoint for telephone numbers."""
    endpoint, _secret = operations.add_endpoint(
        actor=company.agent, now=timezone.now(), organisation_id=company.lake.pk, name=name,
        url=url, event_types=["customers.phone_added"],
    )  # fmt: skip
    return endpoint.pk


def waiting(queues: str) -> int:
    """Jobs of the queues whose name is like this that nobody has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            " AND queue_name LIKE %s AND scheduled_at IS NULL",
            [queues],
        )
        return int(cursor.fetchone()[0])


def until(check: Any, seconds: float) -> None:
    """Wait until something holds."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.1)


def test_what_waits_for_others_is_worked_on_apart() -> None:
    everything, *apart = lanes(places=4)
    assert apart == [Lane((queue,), own) for queue, own in sorted(registry.lanes().items())]
    assert {"webhooks", "messages", "recordings"} == set(registry.lanes())
    assert {"events", "bulk", "clock"} <= set(everything.queues)
    assert "webhooks" not in everything.queues
    assert everything.places == 4
    assert lanes(places=1, queues=["bulk"]) == [Lane(("bulk",), 1)]


def test_other_jobs_do_not_wait_for_receivers_that_hang(
    own_database: str, tmp_path: Path, settings: Any
) -> None:
    settings.QIAO_WEBHOOKS_PRIVATE = True
    with silent() as (url, held), worker(own_database, tmp_path / "log"):
        with transaction.atomic():
            company = make_company()
            for number in range(6):  # more than all places together
                listen(company, f"接收端{number}", f"{url}{number}")
            happen(company, range(13805712200, 13805712204))
        until(lambda: len(held) >= registry.lanes()["webhooks"], 25)
        with transaction.atomic():
            happen(company, range(13805712300, 13805712310))
        until(lambda: waiting("events") == 0, 10)
        assert Attempt.objects.count() == 0, "no receiver has answered or run out of time"
        assert len(held) == registry.lanes()["webhooks"], "the others wait in their own queue"
        assert waiting("webhooks") > len(held)


def test_one_receiver_that_hangs_holds_one_place_with_its_repetitions_too(
    own_database: str, settings: Any
) -> None:
    settings.QIAO_WEBHOOKS_PRIVATE = True
    with silent() as (url, held):
        with transaction.atomic():
            company = make_company()
            endpoint_id = listen(company, "接收端", url)
            first, second = (
                Delivery.objects.create(
                    endpoint_id=endpoint_id, message_id=f"msg_{n}", event_id=n, body="{}",
                    event_name="customers.phone_added", state="waiting", attempts=1,
                    created_at=timezone.now(), next_at=timezone.now(),
                ).pk
                for n in (1, 2)
            )  # fmt: skip

        def send() -> None:
            try:
                tasks.send.func(delivery_id=first)
            finally:
                connections.close_all()

        hanging = threading.Thread(target=send)
        hanging.start()
        until(lambda: len(held) == 1, 10)
        tasks.send.func(delivery_id=second)
        assert len(held) == 1, "it was not spoken to a second time"
        postponed = Delivery.objects.get(pk=second)
        assert (postponed.state, postponed.attempts) == ("waiting", 1), "no attempt was made"
        assert postponed.next_at is not None
        assert postponed.next_at > timezone.now()
        held[0].close()
        hanging.join(30)
        assert Delivery.objects.get(pk=first).attempts == 2
        message = queries.outgoing(delivery_id=second, now=timezone.now())
        assert message is not None
        with alone(f"endpoint {message.endpoint_id}") as is_free:
            assert is_free, "and is free again"
