"""Feeds, what they delivered, and where what they say does not agree with itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Max
from django.http import Http404

from qiao.billing import showing
from qiao.billing.models import (
    BillingAccount,
    Delivery,
    FedPayment,
    FedStanding,
    Feed,
    StagedRow,
)
from qiao.billing.queries.why import signed
from qiao.billing.showing_feeds import KIND_WORDS
from qiao.core.actor import Actor

PAGE: Final = 30
MOST: Final = 50  # differences, rows or numbers that a page shows
CHUNK: Final = 1_000
EXAMPLES: Final = 3  # rows that are told of a fault
_HIDDEN: Final = (Delivery.State.DISCARDED,)


class FeedMissing(Http404):
    """There is no such feed or delivery, or none that the actor looks after."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed in the list: how many accounts it bills, how many of them differ, and the newest of
    its deliveries."""

    feed: Feed
    accounts: int
    differing: int
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose balance is not what its bills and payments come to."""

    account_id: int
    number: str
    balance: str
    reckoned: str
    difference: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a delivery stated of a kind of rows beside what was found: counts, and amounts in
    words; `counts` and `sums` are the differences, "" for none."""

    kind: str
    stated_count: int | None
    stated_sum: str
    taken_count: int
    taken_sum: str
    counts: str
    sums: str
    refused: int
    new: int
    changed: int
    same: int
    late: int | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries in a list, and the id after which the next page begins."""

    rows: tuple[Delivery, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """A bill that a payment names and no delivery brought."""

    number: str
    payment: str
    account_id: int
    account: str


def feed_for(*, actor: Actor, feed_id: int) -> Feed:
    """A feed that the actor looks after. Raises `FeedMissing`."""
    found = Feed.objects.visible_to(actor).filter(pk=feed_id).first()
    if found is None:
        raise FeedMissing(str(feed_id))
    return found


def feed_by_key(*, actor: Actor, key: str) -> Feed:
    """A feed that the actor looks after, by its key. Raises `FeedMissing`."""
    found = Feed.objects.visible_to(actor).filter(key=key).order_by("pk").first()
    if found is None:
        raise FeedMissing(key)
    return found


def feed_lines(*, actor: Actor) -> list[FeedLine]:
    """All feeds that the actor looks after."""
    feeds = list(
        Feed.objects.visible_to(actor)
        .annotate(latest=Max("deliveries__created_at"))
        .order_by("name", "pk")
    )
    accounts = _counted(BillingAccount.objects.filter(feed__in=feeds))
    differing = _counted(FedStanding.objects.filter(feed__in=feeds, state="differs"))
    return [
        FeedLine(
            feed,
            accounts.get(feed.pk, 0),
            differing.get(feed.pk, 0),
            feed.latest,  # type: ignore[attr-defined] # annotated above
        )
        for feed in feeds
    ]


def _counted(rows: Any) -> dict[int, int]:
    return dict(rows.values_list("feed").annotate(n=Count("pk")).order_by())


def differences_of(feed: Feed, *, after: int = 0) -> tuple[list[Difference], int | None]:
    """Accounts whose balance differs, by their ids, and after which one the next page begins."""
    rows = (
        FedStanding.objects.filter(feed=feed, state=FedStanding.State.DIFFERS, pk__gt=after)
        .annotate(number=F("account__account__number"))
        .order_by("pk")
    )
    found = list(rows[: MOST + 1])
    shown = [
        Difference(
            row.pk,
            row.number,
            showing.money(row.balance_minor or 0, feed.currency),
            showing.money(row.reckoned_minor, feed.currency),
            signed(row.difference_minor, feed.currency),
            row.balance_as_of,
        )
        for row in found[:MOST]
    ]
    return shown, (found[MOST - 1].pk if len(found) > MOST else None)


def not_delivered(feed: Feed) -> list[NotDelivered]:
    """Bills that payments name and no delivery brought: some of them, the latest first."""
    rows = FedPayment.objects.raw(
        """
        SELECT y.id, y.number, y.account_id, a.number AS account_number, n.bill
          FROM billing_fedpayment y
          JOIN customers_account a ON a.id = y.account_id
         CROSS JOIN LATERAL jsonb_array_elements_text(y.bills) AS n (bill)
         WHERE y.feed_id = %s AND y.is_current AND NOT y.is_reversed
           AND NOT EXISTS (SELECT 1 FROM billing_fedbill b
                            WHERE b.feed_id = y.feed_id AND b.number = n.bill AND b.is_current)
         ORDER BY y.received_at DESC, y.id DESC LIMIT %s
        """,
        [feed.pk, MOST],
    )
    return [
        NotDelivered(row.bill, row.number, row.account_id, row.account_number)  # type: ignore[attr-defined] # selected above
        for row in rows
    ]


def deliveries_of(feed: Feed, *, after: int = 0) -> DeliveryPage:
    """Deliveries of a feed that were not thrown away, the newest first."""
    rows = Delivery.objects.filter(feed=feed).exclude(state__in=_HIDDEN).order_by("-pk")
    found = list((rows.filter(pk__lt=after) if after else rows)[: PAGE + 1])
    return DeliveryPage(tuple(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else None)


def delivery_for(*, actor: Actor, delivery_id: int) -> Delivery:
    """A delivery of a feed that the actor looks after. Raises `FeedMissing`."""
    rows = Delivery.objects.visible_to(actor).select_related(
        "feed", "created_by", "accepted_by", "taken_back_by"
    )
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise FeedMissing(str(delivery_id))
    return found


def totals_of(delivery: Delivery) -> list[Totals]:
    """What a delivery stated, beside what was found, by kind."""
    currency = delivery.feed.currency
    shown = []
    for kind in KIND_WORDS:
        stated, found = delivery.stated.get(kind), delivery.found.get(kind)
        if stated is None and found is None:
            continue
        taken = found or {"taken": 0, "taken_minor": 0, "rows": 0}
        counts = taken["taken"] - stated["count"] if stated else 0
        minors = taken["taken_minor"] - stated["minor"] if stated else 0
        shown.append(
            Totals(
                kind=str(KIND_WORDS[kind]),
                stated_count=stated["count"] if stated else None,
                stated_sum=showing.money(stated["minor"], currency) if stated else "",
                taken_count=taken["taken"],
                taken_sum=showing.money(taken["taken_minor"], currency),
                counts=f"{counts:+d}" if counts else "",
                sums=signed(minors, currency) if minors else "",
                refused=taken["rows"] - taken["taken"],
                new=taken.get("new", 0),
                changed=taken.get("changed", 0),
                same=taken.get("same", 0),
                late=taken.get("late"),
            )
        )
    return shown


def aside_of(
    delivery: Delivery, *, after: int = 0, limit: int | None = None
) -> Iterator[StagedRow]:
    """Rows of a delivery that were set aside, in their order."""
    rows = StagedRow.objects.filter(delivery=delivery, faults__isnull=False, pk__gt=after)
    ordered = rows.order_by("pk")
    yield from (ordered[:limit] if limit else ordered.iterator(CHUNK))


def faults_of(delivery: Delivery) -> list[dict[str, Any]]:
    """What was found wrong with rows, with how many there are and a few examples of each."""
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[dict[str, Any]]] = {}
    rows = StagedRow.objects.filter(delivery=delivery, faults__isnull=False)
    for number, faults in rows.order_by("row_number").values_list("row_number", "faults"):
        for each in faults or []:
            kind = (each["field"], each["code"])
            counts[kind] += 1
            told = examples.setdefault(kind, [])
            if len(told) < EXAMPLES:
                told.append({"number": number, **each})
    return [
        {"field": name, "code": code, "count": times, "rows": examples[name, code]}
        for (name, code), times in counts.most_common()
    ]
