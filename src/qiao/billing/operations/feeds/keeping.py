"""Deliveries as rows: which there are, which may be worked on, their files and their jobs."""

from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from qiao.billing.models import Delivery, Feed
from qiao.billing.models.feeds import MANAGE
from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.table_uploads import FileMovedOn, UploadFolder
from qiao.core.transactions import required

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHECK_TASK: Final = "billing.check_delivery"
TAKE_TASK: Final = "billing.take_delivery"
FOLDER: Final = UploadFolder("feeds")
LONGEST_KEY: Final = 80
LONGEST_REASON: Final = 300
State = Delivery.State


class DeliveryKnown(Exception):  # noqa: N818 - a refusal, not a fault
    """The feed sent a delivery of this number before, and it said something else."""

    def __init__(self, delivery_id: int) -> None:
        super().__init__(str(delivery_id))
        self.delivery_id = delivery_id


def lock_of(delivery_id: int) -> str:
    """The lock of the jobs of a delivery."""
    return f"billing.delivery:{delivery_id}"


def locked(actor: Actor, delivery_id: int, *states: str) -> Delivery:
    """A delivery in one of these states, locked. Raises `FileMovedOn`, `Forbidden`."""
    required()
    delivery = of_feeds().get(pk=delivery_id)
    actor.require(MANAGE, delivery.feed.organisation_id)
    if delivery.state not in states:
        raise FileMovedOn(delivery.state)
    return delivery


def of_feeds() -> "QuerySet[Delivery]":
    """Deliveries with their feeds, to be locked."""
    return Delivery.objects.select_for_update(of=("self",)).select_related("feed")


def feed_to_fill(actor: Actor, feed_id: int) -> Feed:
    """A feed for which the actor takes rows in. Raises `Forbidden`."""
    feed = Feed.objects.get(pk=feed_id)
    actor.require(MANAGE, feed.organisation_id)
    return feed


def known_as(feed: Feed, key: str) -> Delivery | None:
    """The delivery that came by this number, unless it counts no more."""
    gone = [State.FAILED, State.DISCARDED, State.TAKEN_BACK]
    return Delivery.objects.filter(feed=feed, key=key).exclude(state__in=gone).first()


def save_new(delivery: Delivery) -> None:
    """Keep a new delivery. Raises `DeliveryKnown`."""
    try:
        with transaction.atomic():
            delivery.save()
    except IntegrityError as error:  # the same number came at this very moment
        known = known_as(delivery.feed, delivery.key)
        if known is None:
            raise
        raise DeliveryKnown(known.pk) from error


def key_of(text: str) -> str:
    """A sender's number, cleaned. Raises `BadText`."""
    return clean(text, field="key", max_length=LONGEST_KEY, one_line=True, required=True)


def reason_of(text: str) -> str:
    """A reason, cleaned. Raises `BadText`."""
    return clean(text, field="reason", max_length=LONGEST_REASON, required=True)


def defer(task: str, delivery: Delivery, actor: Actor) -> None:
    """Have a job work on a delivery, once this is committed."""
    background.defer(
        task, lock=lock_of(delivery.pk), delivery_id=delivery.pk, staff_id=actor.person_id
    )


def drop(delivery: Delivery) -> None:
    """Let a file go; it leaves the disk once that is committed."""
    delivery.is_on_disk, delivery.samples = False, []
    delivery.save()
    transaction.on_commit(partial(FOLDER.path_of(delivery.pk).unlink, missing_ok=True))
