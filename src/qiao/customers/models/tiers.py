"""What is known of customers for grading them, the rules that grade, and what was kept of it."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class Fact(models.Model):
    """Something that counts for a customer's tier. Append-only: it is cancelled, never edited.

    `customer` is as recorded: a merge moves nothing. `occurred_at` is when it happened,
    `recorded_at` when this system learnt of it. `amount` is minor units (fen) of a value, 1 (not
    satisfied) to 4 (very satisfied) of a satisfaction, and 1 of what is counted. `source` and
    `ref` name the record behind it; a corrected record is the next `revision`. A row with
    `cancels` takes another row back from its own `recorded_at` on, and counts for nothing itself.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", pgettext_lazy("fact kind", "Contact")
        VALUE = "value", pgettext_lazy("fact kind", "Value")
        SATISFACTION = "satisfaction", pgettext_lazy("fact kind", "Satisfaction")
        COMPLAINT = "complaint", pgettext_lazy("fact kind", "Complaint")
        ACCOUNT = "account", pgettext_lazy("fact kind", "Part in an account")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="facts", db_index=False)
    kind = models.TextField(choices=Kind.choices)
    amount = models.BigIntegerField(default=1)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.TextField(db_collation="C")
    ref = models.TextField(db_collation="C")
    revision = models.SmallIntegerField(default=0)
    cancels = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="cancelled_by", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "ref", "kind", "revision"],
                condition=Q(cancels__isnull=True),
                name="customers_fact_once",
            ),
            models.UniqueConstraint(
                fields=["cancels"],
                condition=Q(cancels__isnull=False),
                name="customers_fact_cancelled_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["visit", "value", "satisfaction", "complaint", "account"]),
                name="customers_fact_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="value")
                | Q(kind="satisfaction", amount__gte=1, amount__lte=4)
                | Q(kind__in=["visit", "complaint", "account"], amount=1),
                name="customers_fact_amount",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "occurred_at"], name="customers_fact_of"),
        ]


class TierRule(models.Model):
    """A version of the rule that grades customers, as it was installed. Append-only."""

    version = models.TextField(unique=True, db_collation="C")
    valid_from = models.DateField()
    data = models.JSONField()
    digest = models.TextField()
    installed_at = models.DateTimeField()


class TierDue(models.Model):
    """A customer of whom something new is known, and whose tier is to be looked at again."""

    customer_id = models.BigIntegerField()


class TierRun(models.Model):
    """One grading of all customers: what it looked at and how many came into another tier."""

    at = models.DateTimeField()
    rule_version = models.TextField()
    finished_at = models.DateTimeField(null=True)
    customer_count = models.IntegerField(default=0)
    changed_count = models.IntegerField(default=0)


class TierCount(models.Model):
    """How many customers of a branch were in a tier on a day; kept by the grading of all."""

    pk = models.CompositePrimaryKey("day", "organisation_id", "tier")
    day = models.DateField()
    organisation_id = models.BigIntegerField()
    tier = models.TextField()
    n = models.IntegerField()


class ValuePeriod(models.Model):
    """Twelve months of value: the sum, and the fewest customers who make four fifths of it.

    From `since` to before `until`. `is_closed` periods end with a quarter and stay as they are;
    the open one ends today. `bounds` are the 99 percentiles of value of customers who have any.
    `came` and `fell` compare with the period before. Money is in minor units.
    """

    since = models.DateField()
    until = models.DateField(unique=True)
    is_closed = models.BooleanField()
    customer_count = models.IntegerField()
    total = models.BigIntegerField()
    key_count = models.IntegerField()
    key_total = models.BigIntegerField()
    came = models.IntegerField()
    fell = models.IntegerField()
    bounds = ArrayField(models.BigIntegerField(), default=list)
    computed_at = models.DateTimeField()

    @property
    def last_day(self) -> date:
        """The last day counted."""
        return self.until - timedelta(days=1)

    @property
    def key_percent(self) -> float:
        """The share of key customers among all who have any value, in percent."""
        return round(100 * self.key_count / self.customer_count, 1) if self.customer_count else 0.0

    @property
    def value_percent(self) -> float:
        """The share of the value that key customers make, in percent."""
        return round(100 * self.key_total / self.total, 1) if self.total else 0.0

    @property
    def total_yuan(self) -> int:
        """The whole value in whole yuan."""
        return (self.total + 50) // 100

    @property
    def key_yuan(self) -> int:
        """The value of key customers in whole yuan."""
        return (self.key_total + 50) // 100


class KeyCustomer(models.Model):
    """A customer among the fewest who make four fifths of a period's value; `place` 1 is first."""

    pk = models.CompositePrimaryKey("period_id", "place")
    period = models.ForeignKey(
        ValuePeriod, models.CASCADE, related_name="key_customers", db_index=False
    )
    place = models.IntegerField()
    customer_id = models.BigIntegerField()
    value = models.BigIntegerField()
    is_new = models.BooleanField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "period"], name="customers_key_customer")
        ]
