"""Where customers are served, and in what part they stand to accounts."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.customers.models.choices import Service
from qiao.customers.models.people import Customer


class Premises(models.Model):
    """A place that is served: a structured address with region code, and coordinates.

    `region` is the code of the district, `datum` the reference system of the coordinates in
    degrees. `full_text` is the address as people say it.
    """

    class Datum(models.TextChoices):
        NONE = "", pgettext_lazy("datum", "None")
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"

    region = models.TextField(db_collation="C")
    district = models.TextField(default="", blank=True)
    road = models.TextField(default="", blank=True)
    house_number = models.TextField(default="", blank=True)
    community = models.TextField(default="", blank=True)
    building = models.TextField(default="", blank=True)
    unit = models.TextField(default="", blank=True)
    room = models.TextField(default="", blank=True)
    full_text = models.TextField()
    search = models.TextField(db_collation="C")
    grams = ArrayField(models.TextField(), default=list)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    datum = models.TextField(choices=Datum.choices, default=Datum.NONE, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["search", "region"], name="customers_premises_once"),
            models.CheckConstraint(
                condition=~Q(full_text="") & ~Q(search=""), name="customers_premises_address"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, datum="")
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                    datum__in=["wgs84", "gcj02"],
                ),
                name="customers_premises_located",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["grams"], name="customers_premises_grams"),
            models.Index(fields=["region", "community"], name="customers_premises_area"),
        ]

    def __str__(self) -> str:
        return self.full_text


class ServicePoint(models.Model):
    """A point at a premises where one service is delivered and measured."""

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("service point", "In service")
        SUSPENDED = "suspended", pgettext_lazy("service point", "Suspended")
        REMOVED = "removed", pgettext_lazy("service point", "Removed")

    premises = models.ForeignKey(Premises, models.PROTECT, related_name="service_points")
    service = models.TextField(choices=Service.choices)
    number = models.TextField(db_collation="C")
    meter_number = models.TextField(default="", blank=True, db_collation="C")
    meter_size = models.TextField(default="", blank=True)
    meter_is_remote = models.BooleanField(default=False)
    meter_installed_date = models.DateField(null=True)
    meter_test_due_date = models.DateField(null=True)
    status = models.TextField(choices=Status.choices, default=Status.ACTIVE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_servicepoint_number"),
            models.CheckConstraint(
                condition=Q(service__in=Service.values), name="customers_servicepoint_service"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "suspended", "removed"]),
                name="customers_servicepoint_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["meter_number"],
                name="customers_servicepoint_meter",
                condition=~Q(meter_number=""),
            )
        ]


class AccountQuerySet(models.QuerySet["Account"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Accounts of the organisations in which the actor may see customers."""
        return self.filter(organisation__in=list(actor.organisations("customers.view")))


class Account(models.Model):
    """An account (户号): one service, at one service point, kept by one branch."""

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("account", "Active")
        SUSPENDED = "suspended", pgettext_lazy("account", "Suspended")
        CLOSED = "closed", pgettext_lazy("account", "Closed")

    class Use(models.TextChoices):
        HOUSEHOLD = "household", pgettext_lazy("use", "Household")
        COMMERCIAL = "commercial", pgettext_lazy("use", "Commercial")
        INDUSTRIAL = "industrial", pgettext_lazy("use", "Industrial")
        PUBLIC = "public", pgettext_lazy("use", "Public institution")

    number = models.TextField(db_collation="C")
    service = models.TextField(choices=Service.choices)
    use = models.TextField(choices=Use.choices, default=Use.HOUSEHOLD)
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    service_point = models.ForeignKey(
        ServicePoint, models.PROTECT, null=True, related_name="accounts"
    )
    status = models.TextField(choices=Status.choices, default=Status.ACTIVE)
    opened_date = models.DateField()
    closed_date = models.DateField(null=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_account_number"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Z]{4,20}$"),
                name="customers_account_number_form",
            ),
            models.CheckConstraint(
                condition=Q(service__in=Service.values), name="customers_account_service"
            ),
            models.CheckConstraint(
                condition=Q(use__in=["household", "commercial", "industrial", "public"]),
                name="customers_account_use",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="closed", closed_date__isnull=False, closed_date__gte=F("opened_date")
                )
                | Q(status__in=["active", "suspended"], closed_date__isnull=True),
                name="customers_account_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AccountParty(models.Model):
    """The part a customer plays for an account during a period whose end is exclusive.

    One owner at a time; nobody plays the same part twice at the same time.
    """

    class Role(models.TextChoices):
        OWNER = "owner", pgettext_lazy("party", "Owner")
        OCCUPANT = "occupant", pgettext_lazy("party", "Occupant")
        PAYER = "payer", pgettext_lazy("party", "Payer")
        CONTACT = "contact", pgettext_lazy("party", "Contact person")

    account = models.ForeignKey(Account, models.PROTECT, related_name="parties", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="parties", db_index=False)
    role = models.TextField(choices=Role.choices)
    period = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_party_one_owner",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(role="owner"),
            ),
            ExclusionConstraint(
                name="customers_party_once",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("customer", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=~Q(role="owner"),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "occupant", "payer", "contact"]),
                name="customers_party_role",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_party_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account"], name="customers_party_account"),
            models.Index(fields=["customer"], name="customers_party_customer"),
        ]
