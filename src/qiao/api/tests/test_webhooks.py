"""Events reach other systems: signed, repeated, kept, and only where they may go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from qiao.api import operations, sending, tasks
from qiao.api.models import Attempt, Delivery, Endpoint
from qiao.api.operations.delivering import SEND_TASK
from qiao.api.rules.backoff import ATTEMPTS, GIVEN_UP_AFTER
from qiao.api.tests.receivers import Receiver, dripping, receiver
from qiao.core.events import DELIVER_TASK
from qiao.core.retention import rule, run_rule
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.operations import add_phone
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
WANTED = ["customers.phone_added"]
FORWARD = "api.forward"


@pytest.fixture
def company(settings: Any) -> Company:
    settings.QIAO_WEBHOOKS_PRIVATE = True
    return make_company()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as here:
        yield here


def _endpoint(company: Company, url: str, **more: Any) -> tuple[Endpoint, str]:
    about: dict[str, Any] = {
        "actor": company.agent,
        "now": timezone.now(),
        "organisation_id": company.lake.pk,
        "name": "Billing",
        "url": url,
        "event_types": WANTED,
    }
    return operations.add_endpoint(**(about | more))


def _happen(company: Company, *, who: str = "agent", number: str = "13805712264") -> None:
    actor = getattr(company, who)
    customer = make_customer(actor)
    add_phone(actor=actor, now=timezone.now(), customer_id=customer.pk, number=number)


def _jobs(task: str) -> list[tuple[dict[str, Any], datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args, scheduled_at FROM procrastinate_jobs WHERE task_name = %s"
            " AND status = 'todo' AND coalesce(args ->> 'subscriber', %s) = %s ORDER BY id",
            [task, FORWARD, FORWARD],
        )
        return list(cursor.fetchall())


def _send_all() -> None:
    """What a worker does with everything that waits, whenever it is due."""
    run_deliveries()
    for pk in Delivery.objects.filter(state="waiting").values_list("pk", flat=True):
        tasks.send.func(delivery_id=pk)


def test_an_event_arrives_signed_with_ids_and_facts(company: Company, there: Receiver) -> None:
    endpoint, secret = _endpoint(company, there.url)
    _happen(company)
    _send_all()
    (message,) = there.messages
    assert message.path == "/hook"
    assert message.is_signed_with(secret)
    assert not message.is_signed_with("whsec_" + "A" * 44)
    told = message.data()
    assert told["type"] == "customers.phone_added"
    assert set(told["data"]) == {"customer_id", "phone_id"}
    assert datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    assert told["organisation"] == {"id": company.lake.pk, "code": "lake"}
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 204)
    assert Attempt.objects.get().delivery_id == delivery.pk
    assert endpoint.pk == delivery.endpoint_id


def test_an_event_that_nobody_listens_to_causes_no_job(company: Company, there: Receiver) -> None:
    _endpoint(company, there.url)
    run_deliveries()
    before = len(_jobs(DELIVER_TASK))
    make_customer(company.agent)  # another class
    _happen(company, who="outsider")  # another branch
    assert len(_jobs(DELIVER_TASK)) == before
    _happen(company)
    assert len(_jobs(DELIVER_TASK)) == before + 1


def test_an_endpoint_of_the_company_hears_all_branches(company: Company, there: Receiver) -> None:
    _endpoint(company, there.url, actor=company.chief, organisation_id=company.company.pk)
    _happen(company)
    _happen(company, who="outsider")
    _send_all()
    units = {message.data()["organisation"]["code"] for message in there.messages}
    assert units == {"lake", "river"}


def test_an_event_delivered_twice_makes_one_message(company: Company, there: Receiver) -> None:
    _endpoint(company, there.url)
    _happen(company)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " SELECT queue_name, task_name, args, 'todo' FROM procrastinate_jobs"
            " WHERE task_name = %s AND args ->> 'subscriber' = 'api.forward'",
            [DELIVER_TASK],
        )
    _send_all()
    assert len(there.messages) == 1


def test_what_fails_is_sent_again_under_the_same_id(company: Company) -> None:
    with receiver(statuses=[500, 503, 200], answer=b"busy" * 1_000) as there:
        _endpoint(company, there.url)
        _happen(company)
        _send_all()
        delivery = Delivery.objects.get()
        assert delivery.state == "waiting"
        pause = (delivery.next_at or timezone.now()) - timezone.now()
        assert timedelta(seconds=3) < pause < timedelta(seconds=6)
        scheduled = [at for args, at in _jobs(SEND_TASK) if at is not None]
        assert scheduled == [delivery.next_at]
        _send_all()
        _send_all()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("delivered", 3)
    assert len({m.heads["webhook-id"] for m in there.messages}) == 1
    assert len({m.body for m in there.messages}) == 1
    kept = list(Attempt.objects.order_by("number").values_list("status", flat=True))
    assert kept == [500, 503, 200]
    assert len(Attempt.objects.get(number=1).answer) == 1_024
    assert Endpoint.objects.get().failing_since is None


def test_gone_switches_the_endpoint_off_and_gives_up_what_waits(company: Company) -> None:
    with receiver(statuses=[410]) as there:
        _endpoint(company, there.url)
        _happen(company)
        _happen(company, number="13805712265")
        run_deliveries()
        first = Delivery.objects.earliest("pk")
        tasks.send.func(delivery_id=first.pk)
        _send_all()
    endpoint = Endpoint.objects.get()
    assert (endpoint.disabled_because, len(there.messages)) == ("gone", 1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    _happen(company, number="13805712266")
    run_deliveries()
    assert Delivery.objects.count() == 2


def test_three_days_of_failures_switch_the_endpoint_off(company: Company) -> None:
    endpoint, _secret = _endpoint(company, "http://127.0.0.1:9/")
    now = timezone.now()
    Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=now - GIVEN_UP_AFTER)
    _happen(company)
    _send_all()
    endpoint.refresh_from_db()
    assert endpoint.disabled_because == "failing"
    operations.enable_endpoint(actor=company.agent, endpoint_id=endpoint.pk)
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.failing_since) == (None, None)


def test_the_last_attempt_gives_up(company: Company) -> None:
    _endpoint(company, "http://127.0.0.1:9/")
    _happen(company)
    run_deliveries()
    Delivery.objects.update(attempts=ATTEMPTS - 1)
    _send_all()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("failed", ATTEMPTS)
    assert Attempt.objects.get().fault == "refused"


def test_no_redirect_is_followed(company: Company) -> None:
    with receiver() as inner, receiver(statuses=[302], location=inner.url) as there:
        _endpoint(company, there.url)
        _happen(company)
        _send_all()
        assert (len(there.messages), len(inner.messages)) == (1, 0)
    assert Delivery.objects.get().last_status == 302


def test_private_addresses_are_refused_unless_the_installation_allows_them(
    company: Company, there: Receiver, settings: Any
) -> None:
    endpoint, _secret = _endpoint(company, there.url)
    settings.QIAO_WEBHOOKS_PRIVATE = False
    for url in (there.url, there.url.replace("127.0.0.1", "localhost")):
        Endpoint.objects.filter(pk=endpoint.pk).update(url=url)
        _happen(company)
        _send_all()
    assert there.messages == []
    assert set(Attempt.objects.values_list("fault", flat=True)) == {"forbidden"}


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://", "https://a:b@example.com/", "x",
     "https://example.com/#part", "https://exämple.com/", "https://example.com:99999/"],
)  # fmt: skip
def test_only_https_addresses_are_taken(company: Company, settings: Any, url: str) -> None:
    settings.QIAO_WEBHOOKS_PRIVATE = False
    with pytest.raises(operations.BadAddress):
        _endpoint(company, url)


def test_an_answer_that_drips_is_cut_off_and_counts_by_its_status(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.6)
    with receiver(answer=b"x" * 40, drip_seconds=0.05) as there:
        _endpoint(company, there.url)
        _happen(company)
        _send_all()
    attempt = Attempt.objects.get()
    assert attempt.ms < 2_000
    assert (attempt.status, attempt.fault) == (204, "")


def test_a_receiver_that_never_finishes_its_status_is_given_up(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.6)
    with dripping() as url:
        _endpoint(company, url)
        _happen(company)
        _send_all()
    attempt = Attempt.objects.get()
    assert attempt.ms < 2_000
    assert (attempt.status, attempt.fault) == (None, "slow")


def test_during_a_change_of_secrets_both_sign(company: Company, there: Receiver) -> None:
    endpoint, former = _endpoint(company, there.url)
    now = timezone.now()
    secret = operations.rotate_endpoint_secret(
        actor=company.agent, now=now, endpoint_id=endpoint.pk, overlap=timedelta(hours=1)
    )
    _happen(company)
    _send_all()
    assert there.messages[0].is_signed_with(secret)
    assert there.messages[0].is_signed_with(former)
    Endpoint.objects.update(former_until=now - timedelta(seconds=1))
    _happen(company, number="13805712265")
    _send_all()
    assert there.messages[1].is_signed_with(secret)
    assert not there.messages[1].is_signed_with(former)


def test_a_former_secret_signs_as_long_as_was_promised(company: Company, there: Receiver) -> None:
    endpoint, _first = _endpoint(company, there.url)
    now, day = timezone.now(), timedelta(hours=24)
    about: dict[str, Any] = {"actor": company.agent, "endpoint_id": endpoint.pk, "overlap": day}
    operations.rotate_endpoint_secret(now=now, **about)
    kept = Endpoint.objects.get()
    with pytest.raises(operations.StillOverlapping) as refusal:
        operations.rotate_endpoint_secret(now=now + day - timedelta(seconds=1), **about)
    assert refusal.value.until == now + day
    same = Endpoint.objects.get()
    assert bytes(same.secret) == bytes(kept.secret)
    assert bytes(same.former_secret or b"") == bytes(kept.former_secret or b"")
    assert operations.rotate_endpoint_secret(now=now + day, **about)


def test_a_secret_that_leaked_is_replaced_at_once_whatever_else_signs(
    company: Company, there: Receiver
) -> None:
    endpoint, first = _endpoint(company, there.url)
    about: dict[str, Any] = {"actor": company.agent, "endpoint_id": endpoint.pk}
    now = timezone.now()
    leaked = operations.rotate_endpoint_secret(now=now, overlap=timedelta(hours=24), **about)
    secret = operations.rotate_endpoint_secret(now=now, overlap=timedelta(0), **about)
    _happen(company)
    _send_all()
    (message,) = there.messages
    signed = [message.is_signed_with(each) for each in (first, leaked, secret)]
    assert signed == [False, False, True]


def test_a_secret_is_kept_encrypted(company: Company, there: Receiver) -> None:
    endpoint, secret = _endpoint(company, there.url)
    endpoint.refresh_from_db()
    assert secret.encode() not in bytes(endpoint.secret)


def test_a_message_is_sent_again_by_hand_with_the_same_words(
    company: Company, there: Receiver
) -> None:
    _endpoint(company, there.url)
    _happen(company)
    _send_all()
    about: dict[str, Any] = {"actor": company.agent, "now": timezone.now()}
    delivery = Delivery.objects.get()
    operations.resend(delivery_id=delivery.pk, **about)
    _send_all()
    first, again = there.messages
    assert (first.body, first.heads["webhook-id"]) == (again.body, again.heads["webhook-id"])
    with pytest.raises(Delivery.DoesNotExist):
        operations.resend(delivery_id=delivery.pk, actor=company.outsider, now=timezone.now())


def test_a_test_message_arrives(company: Company, there: Receiver) -> None:
    endpoint, secret = _endpoint(company, there.url)
    operations.send_test(actor=company.agent, now=timezone.now(), endpoint_id=endpoint.pk)
    _send_all()
    assert there.messages[0].data()["type"] == "api.test"
    assert there.messages[0].is_signed_with(secret)


def test_old_messages_and_answers_are_thrown_away(company: Company, there: Receiver) -> None:
    _endpoint(company, there.url)
    _happen(company)
    _send_all()
    run_rule(rule("api.deliveries"), clock=timezone.now)
    assert Delivery.objects.count() == 1
    run_rule(rule("api.deliveries"), clock=lambda: timezone.now() + timedelta(days=31))
    assert (Delivery.objects.count(), Attempt.objects.count()) == (0, 0)
