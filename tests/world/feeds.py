"""A feed of the lake branch: a bill that was corrected, a file at its start, two taken in."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from qiao.billing.models import FedBill
from qiao.billing.operations import feeds
from qiao.core.transactions import acting
from qiao.customers.tests.factories import make_account
from tests.world.canaries import MARK, World, marked

_HEAD = "bill number,account number,from,last day,due,amount,items"


def add_feeds(world: World) -> None:
    """An account that another system bills, and what that sent."""
    agent, now = world.company.agent, world.now
    account = make_account(agent)
    feed = feeds.add_feed(
        feeds.NewFeed(world.company.lake.pk, "sap", marked("feed"), "CNY"), actor=agent, now=now
    )
    brought = []
    for place, amount in enumerate(("12.50", "13.50", "14.50")):
        rows = [
            _HEAD,
            f"{MARK}-1,{account.number},2026-01-01,2026-01-31,2026-02-20,{amount},"
            f"{marked('item')} {amount}",
            f"{MARK}-2,{MARK},2026-01-01,2026-01-31,2026-02-20,1.00,",
        ]
        brought.append(
            feeds.receive_file(
                feeds.NewDelivery(
                    feed.pk,
                    marked(f"delivery {place}"),
                    now - timedelta(hours=9 - place),
                    {"bills": feeds.Stated(2, 1350)},
                ),
                kind="bills",
                upload=SimpleUploadedFile(f"{MARK}.csv", "\n".join(rows).encode()),
                actor=agent,
                now=now,
            )
        )
    for delivery in brought:
        feeds.DELIVERIES.run_check(actor=agent, file_id=delivery.pk, now=now)
    for delivery in brought[:2]:
        with acting(agent):
            feeds.DELIVERIES.start(actor=agent, file_id=delivery.pk)
        feeds.run_take(delivery_id=delivery.pk, now=now)
    world.ids |= {
        "feed": feed.pk,
        "fed_delivery": brought[0].pk,
        "fed_delivery_waiting": brought[2].pk,
        "fed_account": account.pk,
        "fed_bill": FedBill.objects.get(feed=feed, is_current=True).pk,
    }
