"""A program with a key, and where it is told of events."""

from django.test import override_settings

from qiao.api import operations as programs
from qiao.api.rules.scopes import SCOPES
from tests.world.canaries import MARK, World, marked


def add_programs(world: World) -> None:
    """The program, its webhook, and one delivery of it."""
    agent, now, unit = world.company.agent, world.now, world.company.lake.pk
    key = programs.create_key(
        actor=agent,
        now=now,
        organisation_id=unit,
        name=marked("program"),
        purpose=marked("purpose"),
        scopes=SCOPES,
    )
    with override_settings(QIAO_WEBHOOKS_PRIVATE=True):
        endpoint, _secret = programs.add_endpoint(
            actor=agent,
            now=now,
            organisation_id=unit,
            name=marked("endpoint"),
            url=f"http://127.0.0.1:9/{MARK}",
            event_types=["customers.phone_added"],
        )
    delivery = programs.send_test(actor=agent, now=now, endpoint_id=endpoint.pk)
    programs.keep_attempt(
        delivery_id=delivery.pk,
        outcome=programs.Outcome(8, status=200, answer=marked("answer")),
        now=now,
    )
    world.ids |= {"key": key.key.pk, "endpoint": endpoint.pk, "delivery": delivery.pk}
    world.canaries |= {key.secret.text, key.key.public_id, delivery.message_id}
