"""Messages whose endpoint is taken away while they are sent, or afterwards."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from qiao.api import operations
from qiao.api.models import Attempt, Delivery, Endpoint
from qiao.api.operations import Outcome
from qiao.api.operations.delivering import keep_attempt, postpone
from qiao.core.events import publish
from qiao.core.job_events import JobHandled
from qiao.core.tests.deliveries import run_deliveries
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
FAILED = Outcome(12, status=503)


@pytest.fixture
def company(settings: Any) -> Company:
    settings.QIAO_WEBHOOKS_PRIVATE = True
    return make_company()


@pytest.fixture
def chief(company: Company) -> Client:
    """The browser of who looks after the installation."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(company.chief_staff, backend="qiao.staff.signin.StaffBackend")
    return client


@pytest.fixture
def message(company: Company) -> Delivery:
    """A message that waits."""
    endpoint, _secret = operations.add_endpoint(
        actor=company.agent, now=timezone.now(), organisation_id=company.lake.pk, name="Billing",
        url="http://127.0.0.1:9/", event_types=["customers.phone_added"],
    )  # fmt: skip
    return operations.send_test(actor=company.agent, now=timezone.now(), endpoint_id=endpoint.pk)


def take_away(company: Company, message: Delivery) -> None:
    operations.delete_endpoint(
        actor=company.agent, now=timezone.now(), endpoint_id=message.endpoint_id
    )


def off_and_on(company: Company, message: Delivery) -> None:
    about: dict[str, Any] = {"actor": company.agent, "endpoint_id": message.endpoint_id}
    operations.disable_endpoint(now=timezone.now(), **about)
    operations.enable_endpoint(**about)


@pytest.mark.parametrize("meanwhile", [take_away, off_and_on])
def test_an_attempt_that_fails_after_its_message_was_given_up_stays_on_record(
    company: Company, message: Delivery, meanwhile: Any
) -> None:
    meanwhile(company, message)
    keep_attempt(delivery_id=message.pk, outcome=FAILED, now=timezone.now())
    message.refresh_from_db()
    assert (message.state, message.next_at) == (Delivery.State.FAILED, None)
    assert Attempt.objects.get(delivery=message).status == 503


def test_a_message_that_was_given_up_is_not_postponed(company: Company, message: Delivery) -> None:
    take_away(company, message)
    postpone(delivery_id=message.pk, now=timezone.now())
    message.refresh_from_db()
    assert (message.state, message.next_at) == (Delivery.State.FAILED, None)


def test_a_message_of_an_endpoint_that_was_removed_is_not_sent_again(
    company: Company, message: Delivery
) -> None:
    """It would wait for ever: nothing is sent there, and only what ended is let go of."""
    take_away(company, message)
    with pytest.raises(operations.WrongState):
        operations.resend(actor=company.agent, now=timezone.now(), delivery_id=message.pk)
    assert Endpoint.objects.get().deleted_at


def job_of(message: Delivery) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM procrastinate_jobs WHERE task_name = 'api.send_webhook'"
            " AND args ->> 'delivery_id' = %s",
            [str(message.pk)],
        )
        (job_id,) = cursor.fetchone()
    return int(job_id)


def give_up(client: Client, message: Delivery) -> None:
    address = f"/administration/jobs/{job_of(message)}/"
    done = client.post(address, {"verb": "give_up", "reason": "the receiver is gone"})
    assert done.status_code == 302
    run_deliveries()
    message.refresh_from_db()


def test_a_message_whose_job_is_given_up_waits_no_longer(
    company: Company, message: Delivery, chief: Client
) -> None:
    give_up(chief, message)
    assert (message.state, message.next_at) == (Delivery.State.FAILED, None)
    assert message.ended_because == Delivery.Ended.GIVEN_UP
    page = chief.get(f"/webhooks/messages/{message.pk}/").content.decode()
    assert str(Delivery.Ended.GIVEN_UP.label) in page
    operations.resend(actor=company.agent, now=timezone.now(), delivery_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.ended_because) == (Delivery.State.WAITING, "")


def test_an_attempt_that_arrives_after_its_job_was_given_up_counts(
    message: Delivery, chief: Client
) -> None:
    give_up(chief, message)
    keep_attempt(delivery_id=message.pk, outcome=Outcome(9, status=204), now=timezone.now())
    message.refresh_from_db()
    assert (message.state, message.ended_because) == (Delivery.State.DELIVERED, "")


def test_a_job_that_runs_again_leaves_its_message_waiting(
    company: Company, message: Delivery
) -> None:
    told = JobHandled(job_of(message), "api.send_webhook", "again", "the receiver is back")
    publish(told, organisation_id=company.lake.pk, actor=company.chief, now=timezone.now())
    run_deliveries()
    message.refresh_from_db()
    assert message.state == Delivery.State.WAITING
