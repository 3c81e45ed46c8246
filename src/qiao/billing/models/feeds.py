"""What other billing systems send: feeds, their deliveries, and what each of them told.

A row that was told is a version: what it said is never changed. `Told` says which delivery told
which version; whatever else is kept (which version is current, what is open of a bill, what
stands on an account) follows from it, so that deliveries may come late and in any order.
"""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.bills import BillingAccount
from qiao.billing.rules.feeds.kinds import KINDS
from qiao.core.actor import Actor
from qiao.core.table_models import KeptTable

MANAGE = "feeds.manage"


class FeedQuerySet(models.QuerySet["Feed"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Feeds of the organisations in which the actor looks after them."""
        return self.filter(organisation__in=list(actor.organisations(MANAGE)))


class Feed(models.Model):
    """Another billing system that bills accounts of a unit and of those below it.

    The three moments say up to when its rows of a kind were last taken in whole.
    """

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    key = models.TextField(db_collation="C")
    name = models.TextField()
    currency = models.TextField(db_collation="C")
    bills_as_of = models.DateTimeField(null=True)
    payments_as_of = models.DateTimeField(null=True)
    balances_as_of = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="billing_feed_key"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_-]{0,39}$", currency__regex=r"^[A-Z]{3}$")
                & ~Q(name=""),
                name="billing_feed_whole",
            ),
        ]

    @property
    def as_of(self) -> datetime | None:
        """Up to when all kinds of rows that it sends were taken in whole; None before that."""
        known = (self.bills_as_of, self.payments_as_of, self.balances_as_of)
        return min((each for each in known if each is not None), default=None)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Deliveries of feeds that the actor looks after."""
        return self.filter(feed__organisation__in=list(actor.organisations(MANAGE)))


class Delivery(KeptTable):
    """Rows that a feed sent at once: as of when, what it says they come to, what became of them.

    `key` is the sender's own number of it, once. `as_of`, then `sequence`, then `key` say which
    of two deliveries is the newer one. `completes` is false for a part after which more comes up
    to the same moment. `stated` and `found` are figures by kind, see `operations.feeds.totals`.
    `kind` is that of a file, empty where a program sent the rows: a delivery without a file has
    nothing in the fields of one. `read_count` rows have been read.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("delivery", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("delivery", "Being checked")
        CHECKED = "checked", pgettext_lazy("delivery", "Checked")
        FAILED = "failed", pgettext_lazy("delivery", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("delivery", "Removed")
        RUNNING = "running", pgettext_lazy("delivery", "Being taken in")
        DONE = "done", pgettext_lazy("delivery", "Taken in")
        TAKEN_BACK = "taken_back", pgettext_lazy("delivery", "Taken back")

    class Way(models.TextChoices):
        FILE = "file", pgettext_lazy("delivery", "File")
        PROGRAM = "program", pgettext_lazy("delivery", "Program")

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="deliveries", db_index=False)
    key = models.TextField(db_collation="C")
    way = models.TextField(choices=Way.choices)
    kind = models.TextField(default="", blank=True)
    as_of = models.DateTimeField()
    sequence = models.BigIntegerField(default=0)
    completes = models.BooleanField(default=True)
    stated = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    is_whole = models.BooleanField(default=False)
    state = models.TextField(choices=State.choices)
    file_name = models.TextField(default="", blank=True)
    size_bytes = models.BigIntegerField(default=0)
    format = models.TextField(default="", blank=True)
    digest = models.TextField(default="", db_collation="C")
    signature = models.TextField(default="", db_collation="C", blank=True)
    is_on_disk = models.BooleanField(default=False)
    read_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    failure = models.TextField(default="", blank=True)
    failure_detail = models.TextField(default="", blank=True)
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    accepted_reason = models.TextField(default="", blank=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    taken_back_reason = models.TextField(default="", blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "key"],
                condition=~Q(state__in=["failed", "discarded", "taken_back"]),
                name="billing_delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["", *KINDS]) & ~Q(key=""), name="billing_delivery_whole"
            ),
            models.CheckConstraint(
                condition=Q(state="taken_back", taken_back_at__isnull=False)
                | (~Q(state="taken_back") & Q(taken_back_at__isnull=True)),
                name="billing_delivery_taken_back",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["feed", "-id"], name="billing_delivery_list")]

    @property
    def is_good(self) -> bool:
        """Whether it counts as whole: by its own figures, or because somebody said so."""
        return self.is_whole or self.accepted_at is not None


class StagedRow(models.Model):
    """A row of a delivery before it is taken in; those with faults stay, to be looked at.

    `row_number` is that of an editor or of Excel, or the place in what a program sent. `told` is
    what it says by field, `digest` the same in short; amounts are minor units.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="rows", db_index=False)
    kind = models.TextField(db_collation="C")
    row_number = models.IntegerField()
    number = models.TextField(db_collation="C", default="", blank=True)
    account_number = models.TextField(db_collation="C", default="", blank=True)
    account_id = models.BigIntegerField(null=True)
    minor = models.BigIntegerField(null=True)
    told = models.JSONField(default=dict)
    digest = models.TextField(db_collation="C", default="", blank=True)
    faults = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "kind", "row_number"], name="billing_stagedrow_once"
            ),
        ]


class Version(models.Model):
    """What a feed told of something that has a number; `digest` is what it said, in short."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="+", db_index=False)
    number = models.TextField(db_collation="C")
    digest = models.TextField(db_collation="C")
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    minor = models.BigIntegerField()
    is_current = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class FedBill(Version):
    """A bill of another system, for days before `end_date`.

    `organisation` is the unit of its account when it was told; None for some told long ago, until
    a job has placed them. `lines` are names with minor units. `open_minor` is what payments that
    were told leave of it, nothing where it is not current.
    """

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    start_date = models.DateField()
    end_date = models.DateField()
    issued_date = models.DateField()
    due_date = models.DateField()
    unit = models.TextField(default="", blank=True)
    usage = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    lines = models.JSONField(default=list)
    is_cancelled = models.BooleanField(default=False)
    open_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "number", "digest"], name="billing_fedbill_version"
            ),
            models.UniqueConstraint(
                fields=["feed", "number"],
                condition=Q(is_current=True),
                name="billing_fedbill_current",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gt=models.F("start_date"), open_minor__gte=0),
                name="billing_fedbill_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "-end_date"],
                condition=Q(is_current=True),
                name="billing_fedbill_by_account",
            ),
            models.Index(
                fields=["organisation", "-issued_date", "-id"],
                condition=Q(is_current=True),
                name="billing_fedbill_by_unit",
            ),
            models.Index(
                fields=["id"],
                condition=Q(organisation__isnull=True),
                name="billing_fedbill_unplaced",
            ),
        ]


class FedPayment(Version):
    """A payment that another system took; `bills` are the numbers of those it was for,
    `organisation` as of a bill, `booked_date` the day on which it came."""

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    booked_date = models.DateField(null=True)
    received_at = models.DateTimeField()
    bills = models.JSONField(default=list)
    way = models.TextField(default="", blank=True)
    is_reversed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "number", "digest"], name="billing_fedpayment_version"
            ),
            models.UniqueConstraint(
                fields=["feed", "number"],
                condition=Q(is_current=True),
                name="billing_fedpayment_current",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "-received_at"],
                condition=Q(is_current=True),
                name="billing_fedpayment_by_account",
            ),
            models.Index(
                fields=["organisation", "-booked_date", "-id"],
                condition=Q(is_current=True),
                name="billing_fedpayment_by_unit",
            ),
            models.Index(
                fields=["id"],
                condition=Q(organisation__isnull=True),
                name="billing_fedpayment_unplaced",
            ),
        ]


class FedBalance(Version):
    """What another system says is owed on an account, below nothing for what is paid ahead; its
    number is that of the account."""

    as_of = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "number", "digest"], name="billing_fedbalance_version"
            ),
            models.UniqueConstraint(
                fields=["feed", "number"],
                condition=Q(is_current=True),
                name="billing_fedbalance_current",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account"],
                condition=Q(is_current=True),
                name="billing_fedbalance_by_account",
            )
        ]


class Told(models.Model):
    """Which delivery told which version."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField(db_collation="C")
    version_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "kind", "version_id"], name="billing_told_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "version_id"], name="billing_told_by")]


class FedStanding(models.Model):
    """What stands on an account that a feed bills, in minor units, as it follows from its rows.

    `open_minor` is what its bills leave open, `free_minor` what payments leave over; `balance` is
    what the other system says. `owed_minor` and `ahead_minor` are what is shown.
    """

    class State(models.TextChoices):
        UNTOLD = "untold", pgettext_lazy("fed account", "No balance was sent")
        BEHIND = "behind", pgettext_lazy("fed account", "The balance is older than the rows")
        AGREES = "agrees", pgettext_lazy("fed account", "Agrees")
        DIFFERS = "differs", pgettext_lazy("fed account", "Differs")

    account = models.OneToOneField(
        BillingAccount, models.PROTECT, primary_key=True, related_name="+"
    )
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="+", db_index=False)
    open_minor = models.BigIntegerField()
    free_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField(null=True)
    balance_as_of = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices)
    owed_minor = models.BigIntegerField()
    ahead_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    open_minor__gte=0, free_minor__gte=0, owed_minor__gte=0, ahead_minor__gte=0
                ),
                name="billing_fedstanding_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["feed", "account"],
                condition=Q(state="differs"),
                name="billing_fedstanding_differs",
            )
        ]

    @property
    def reckoned_minor(self) -> int:
        """What its rows come to: above nothing what is owed."""
        return self.open_minor - self.free_minor

    @property
    def difference_minor(self) -> int:
        """By how much the balance that was sent is above what the rows come to."""
        return 0 if self.balance_minor is None else self.balance_minor - self.reckoned_minor
