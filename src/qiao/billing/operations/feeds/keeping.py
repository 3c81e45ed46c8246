"""Deliveries as rows, and the life of those that come as files: read by columns, staged and judged
before they are taken in."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction

from qiao.billing.models import Delivery, Feed, StagedRow
from qiao.billing.models.feeds import MANAGE
from qiao.billing.operations.feeds.staging import count, judge, stage, terms_of
from qiao.billing.rules.feeds.kinds import TABLES
from qiao.billing.rules.feeds.rows import cells_by_field, read_row
from qiao.core.actor import Actor
from qiao.core.rules.columns import FieldTable, fold, signature
from qiao.core.rules.text import clean
from qiao.core.sheets import SheetRow, open_sheet
from qiao.core.table_life import TableLife, mapping_of
from qiao.core.table_uploads import FileChanged, UploadFolder, digest_of
from qiao.core.transactions import acting

if TYPE_CHECKING:
    from django.db.models import QuerySet

CHECK_TASK: Final = "billing.check_delivery"
TAKE_TASK: Final = "billing.take_delivery"
BATCH: Final = 5_000
LONGEST_KEY: Final = 80
LONGEST_REASON: Final = 300
State = Delivery.State


class DeliveryKnown(Exception):  # noqa: N818 - a refusal, not a fault
    """The feed sent a delivery of this number before, and it said something else."""

    def __init__(self, delivery_id: int) -> None:
        super().__init__(str(delivery_id))
        self.delivery_id = delivery_id


class Deliveries(TableLife[Delivery]):
    """The life of a delivery: its rows are staged by the check, and its file goes at the start."""

    model = Delivery
    folder = UploadFolder("feeds")
    permission = MANAGE
    subject = "billing.delivery"
    argument = "delivery_id"
    tasks = {State.CHECKING: CHECK_TASK, State.RUNNING: TAKE_TASK}
    exported = ("row", "number", "account", "field", "found", "expected")
    is_staged = True

    def rows(self) -> "QuerySet[Delivery]":
        """Deliveries with their feeds."""
        return Delivery.objects.select_related("feed")

    def to_lock(self) -> "QuerySet[Delivery]":
        """The same, locked alone."""
        return self.rows().select_for_update(of=("self",))

    def unit_of(self, file: Delivery) -> int:
        """That of its feed."""
        return file.feed.organisation_id

    def table_of(self, file: Delivery) -> FieldTable:
        """The fields of its kind of rows."""
        return TABLES[file.kind]

    def mark(self, file: Delivery, path: Path) -> None:
        """Its digest, and by what the next file of the feed with such columns is known."""
        file.signature = signature(file.header)
        file.digest = digest_of(path)

    def propose(self, file: Delivery) -> dict[int, str]:
        """As the columns of the feed's last such file were named, else by their names."""
        before = (
            Delivery.objects.filter(
                feed=file.feed_id,
                kind=file.kind,
                signature=signature(file.header),
                state__in=[State.CHECKED, State.RUNNING, State.DONE, State.TAKEN_BACK],
            )
            .order_by("-pk")
            .first()
        )
        if before is None:
            return super().propose(file)
        kept = {fold(before.header[at]): key for at, key in mapping_of(before).items()}
        return {at: kept.get(fold(name), "") for at, name in enumerate(file.header)}

    def keep(self, file: Delivery) -> None:
        """Keep a new delivery. Raises `DeliveryKnown`."""
        known = known_as(file.feed, file.key)
        if known is not None:
            raise DeliveryKnown(known.pk)
        save_new(file)

    def forget(self, file: Delivery) -> None:
        """Nothing of it is staged any more."""
        StagedRow.objects.filter(delivery=file).delete()

    def fresh(self) -> dict[str, Any]:
        """Nothing was read and nothing found."""
        return {"read_count": 0, "found": {}, "refused_count": 0}

    def check(self, file: Delivery, actor: Actor, now: datetime) -> None:
        """Stage what is left of a file and judge it: what would be taken in, what set aside."""
        del now
        for batch in self._batches(file):
            with acting(actor):
                self._stage(batch, self.locked(actor, file.pk, State.CHECKING))
        with acting(actor):
            file = self.locked(actor, file.pk, State.CHECKING)
            judge(file)
            file.found = count(file)
            file.refused_count = sum(each["rows"] - each["taken"] for each in file.found.values())
            file.state = State.CHECKED
            file.save()

    def _stage(self, batch: Sequence[SheetRow], file: Delivery) -> None:
        terms, mapping = terms_of(file), mapping_of(file)
        told = (
            (row.number, read_row(file.kind, cells_by_field(row.cells, mapping), terms))
            for row in batch
        )
        file.read_count += stage(file, told)
        file.save(update_fields=["read_count"])

    def _batches(self, file: Delivery) -> Iterator[list[SheetRow]]:
        path = self.path_of(file.pk)
        if digest_of(path) != file.digest:
            raise FileChanged(file.file_name)
        rows = islice(open_sheet(path).rows(), file.read_count, None)
        while batch := list(islice(rows, BATCH)):
            yield batch


DELIVERIES: Final = Deliveries()


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
