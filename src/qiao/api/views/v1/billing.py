"""Money of accounts, and what another billing system delivers about them."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import Path
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes, reads
from qiao.api.views.v1.shapes import PathId, Shown
from qiao.billing.operations import feeds
from qiao.billing.queries.feeds import delivery_for, feed_by_key
from qiao.billing.queries.panels import money_of
from qiao.core.wire import Body, Moment, line

GROUP: Final = "billing"
MOST: Final = 2_000  # rows of a kind in one call
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Amount = Annotated[str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,3})?$")]
Number = Annotated[str, line(60, 1)]
DayText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Whole = Annotated[int, Field(ge=-(2**53 - 1), le=2**53 - 1)]


class ItemSent(Body):
    """An item of a bill."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^;；\n]+$")]
    amount: Amount


class BillSent(Body):
    """A bill for the days from `from_date` to before `until_date`; amounts in major units."""

    number: Number
    account: Number
    from_date: DayText
    until_date: DayText
    issued_date: DayText
    due_date: DayText
    amount: Amount
    usage: Annotated[str, Field(pattern=r"^(-?[0-9]{1,13}(\.[0-9]{1,6})?)?$")] = ""
    unit: Annotated[str, line(60)] = ""
    items: Annotated[list[ItemSent], Field(max_length=60)] = []
    cancelled: bool = False

    def cells(self) -> dict[str, str]:
        """As the reader of rows takes it."""
        return {
            "number": self.number,
            "account": self.account,
            "start": self.from_date,
            "until": self.until_date,
            "issued": self.issued_date,
            "due": self.due_date,
            "amount": self.amount,
            "usage": self.usage,
            "unit": self.unit,
            "lines": ";".join(f"{each.name} {each.amount}" for each in self.items),
            "void": "yes" if self.cancelled else "",
        }


class PaymentSent(Body):
    """A payment, and the numbers of the bills that it is for."""

    number: Number
    account: Number
    paid_at: Moment
    amount: Amount
    bills: Annotated[list[Annotated[str, Field(pattern=r"^[^,;，；、\s\x85\ufeff]{1,60}$")]],
                     Field(max_length=60)] = []  # fmt: skip
    way: Annotated[str, line(60)] = ""
    reversed: bool = False

    def cells(self) -> dict[str, str]:
        """As the reader of rows takes it."""
        return {
            "number": self.number,
            "account": self.account,
            "at": self.paid_at.isoformat(),
            "amount": self.amount,
            "bills": ",".join(self.bills),
            "way": self.way,
            "void": "yes" if self.reversed else "",
        }


class BalanceSent(Body):
    """What is owed on an account, below nothing for what is paid ahead."""

    account: Number
    amount: Amount
    as_of: Moment | None = None

    def cells(self) -> dict[str, str]:
        """As the reader of rows takes it."""
        at = self.as_of.isoformat() if self.as_of else ""
        return {"account": self.account, "amount": self.amount, "at": at}


class StatedSent(Body):
    """How many rows of a kind there are, and what their amounts come to in minor units."""

    count: Annotated[int, Field(ge=0, le=10**9)]
    minor: Whole


class TotalsSent(Body):
    """What the sender says of each kind of rows that it sends."""

    bills: StatedSent | None = None
    payments: StatedSent | None = None
    balances: StatedSent | None = None


class NewDelivery(Body):
    """Rows that a billing system sends at once; `as_of` is the moment up to which it had written
    them. Of two deliveries the one with the later `as_of` is the newer, then the one with the
    higher `sequence`. `completes` is false where more comes up to the same moment."""

    number: Annotated[str, line(80, 1)]
    as_of: Moment
    sequence: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    completes: bool = True
    totals: TotalsSent
    bills: Annotated[list[BillSent], Field(max_length=MOST)] = []
    payments: Annotated[list[PaymentSent], Field(max_length=MOST)] = []
    balances: Annotated[list[BalanceSent], Field(max_length=MOST)] = []


class DeliveryShown(Shown):
    """Where a delivery stands. Of each kind of `found`: `rows` that came, how many were `taken`
    with what they come to in minor units, of how many the number is `new`, `changed`, the `same`
    as before, or came too `late`."""

    delivery_id: int
    feed: str
    number: str
    as_of: datetime
    sequence: int
    state: str
    is_whole: bool
    stated: dict[str, Any]
    found: dict[str, Any]
    refused_count: int
    created_at: datetime
    finished_at: datetime | None


class BillKnown(Shown):
    """A bill for days before `until_date`; amounts are minor units: what it comes to, what is
    `asked` of it (another amount where equal instalments run), and what of that is `open`."""

    number: str
    from_date: date
    until_date: date
    due_date: date
    minor: int
    asked: int
    open: int
    unit: str
    usage: float | None


class Instalments(Shown):
    """Equal instalments that run: what each bill asks, and what stands of them so far in minor
    units, below nothing where more was asked than billed. The bill up to `until_date` settles
    that, or where they end the next one."""

    asked: int
    balance: int
    until_date: date
    ends: bool


class PayerKnown(Shown):
    """Who pays for the account without using its supply, since when, until before which day, and
    how much of what is owed is asked of them: of bills issued since then, in minor units."""

    customer_id: int
    since: date
    until: date | None
    owed: int


class MoneyShown(Shown):
    """What stands on an account in minor units: `owed` in all, the next `due_date` of it, how much
    of it is `late` and `older` than two years, what is paid `ahead`; the last twelve bills, the
    oldest first. Where equal instalments run, what is owed is what they ask. `told_by` and `as_of`
    say which other system told it and up to when its rows are complete; null for one billed
    here."""

    account_id: int
    number: str
    currency: str
    owed: int
    due_date: date | None
    late: int
    older: int
    ahead: int
    instalments: Instalments | None
    payer: PayerKnown | None
    last_payment_at: datetime | None
    last_payment_minor: int | None
    bills: list[BillKnown]
    told_by: str | None
    as_of: datetime | None


@changes(
    "/feeds/{key}/deliveries", "deliverRows", scope="feeds:write", answer=DeliveryShown,
    group=GROUP, title=_("Deliver bills, payments and balances of another billing system"),
    about=_(
        "They are taken in by a job; read the delivery until its `state` is `done`. What is sent"
        " again with other content corrects what was there. A number that is known with other rows"
        " answers 409."
    ),
)  # fmt: skip
def deliver_rows(request: ProgramRequest, key: Key, body: NewDelivery) -> Done:
    """Take a delivery."""
    actor = actor_of(request)
    feed = feed_by_key(actor=actor, key=key)
    stated = {
        kind: feeds.Stated(each.count, each.minor)
        for kind in ("bills", "payments", "balances")
        if (each := getattr(body.totals, kind)) is not None
    }
    delivery = feeds.receive_rows(
        feeds.NewDelivery(
            feed_id=feed.pk,
            key=body.number,
            as_of=body.as_of,
            sequence=body.sequence,
            completes=body.completes,
            stated=stated,
            rows={
                "bills": [each.cells() for each in body.bills],
                "payments": [each.cells() for each in body.payments],
                "balances": [each.cells() for each in body.balances],
            },
        ),
        actor=actor,
        now=request.call.now,
    )
    return Done(_told(delivery), f"/api/v1/deliveries/{delivery.pk}")


def _told(delivery: Any) -> DeliveryShown:
    named = {"delivery_id", "feed", "number"}
    own = {name: getattr(delivery, name) for name in DeliveryShown.model_fields.keys() - named}
    return DeliveryShown(
        delivery_id=delivery.pk, feed=delivery.feed.key, number=delivery.key, **own
    )


@reads(
    "/deliveries/{delivery_id}", "getDelivery", scope="feeds:write", answer=DeliveryShown,
    group=GROUP, title=_("Read what became of a delivery"),
)  # fmt: skip
def get_delivery(request: ProgramRequest, delivery_id: PathId) -> DeliveryShown:
    """One delivery."""
    return _told(delivery_for(actor=actor_of(request), delivery_id=delivery_id))


@reads(
    "/accounts/{account_id}/money", "getMoney", scope="bills:read", answer=MoneyShown,
    group=GROUP, title=_("Read what is owed and paid on an account"), versioned=False,
)  # fmt: skip
def get_money(request: ProgramRequest, account_id: PathId) -> MoneyShown:
    """What stands on an account."""
    row = money_of(actor=actor_of(request), account_id=account_id, now=request.call.now)
    if row is None:
        raise Http404(str(account_id))
    told, paid = row["told"] or {}, row["last_payment"] or {}
    return MoneyShown(
        account_id=row["account"],
        number=row["number"],
        currency=row["currency"],
        owed=row["owed"],
        due_date=row["due"],
        late=row["late"],
        older=row["older"],
        ahead=row["ahead"],
        instalments=_instalments(row["budget"]),
        payer=_payer(row["payer"]),
        last_payment_at=paid.get("at"),
        last_payment_minor=paid.get("minor"),
        bills=[
            BillKnown(
                number=each["number"],
                from_date=each["start"],
                until_date=each["until"],
                due_date=each["due"],
                minor=each["minor"],
                asked=each["asked"],
                open=each["open"],
                unit=each["unit"],
                usage=each["usage"],
            )
            for each in row["bills"] or []
        ],
        told_by=told.get("name"),
        as_of=told.get("as_of"),
    )


def _instalments(row: dict[str, Any] | None) -> Instalments | None:
    if row is None:
        return None
    return Instalments(
        asked=row["asked"], balance=row["balance"], until_date=row["until"], ends=row["ends"]
    )


def _payer(row: dict[str, Any] | None) -> PayerKnown | None:
    if row is None:
        return None
    return PayerKnown(
        customer_id=row["id"], since=row["since"], until=row["until"], owed=row["asked"]
    )
