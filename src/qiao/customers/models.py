"""Customers, how they are reached, where they are served, and in what part they stand to accounts.

Search columns (`name_search`, `name_grams`, `initials`, `pinyin`, `search`, `grams`) are computed
in Python by `qiao.customers.rules.names` and `addresses`; they collate as ``C`` so that one plain
index serves both a prefix and the order of the result.
"""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Reverse
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class Service(models.TextChoices):
    """What is delivered; an account carries exactly one."""

    WATER = "water", pgettext_lazy("service", "Water")
    POWER = "power", pgettext_lazy("service", "Power")
    GAS = "gas", pgettext_lazy("service", "Gas")
    HEAT = "heat", pgettext_lazy("service", "Heat")
    CARE = "care", pgettext_lazy("service", "Care")
    APPLIANCE = "appliance", pgettext_lazy("service", "Appliance")


class ProtectedFlag(models.TextChoices):
    """Who must not be cut off or kept waiting, whatever the tier says."""

    HOSPITAL = "hospital", pgettext_lazy("protected flag", "Hospital")
    LIFE_SUPPORT = "life_support", pgettext_lazy("protected flag", "Life support at home")
    ELDERLY_ALONE = "elderly_alone", pgettext_lazy("protected flag", "Elderly living alone")
    INFANT = "infant", pgettext_lazy("protected flag", "Infant at home")
    DISABLED = "disabled", pgettext_lazy("protected flag", "Disabled")
    WELFARE = "welfare", pgettext_lazy("protected flag", "Welfare household")
    SCHOOL = "school", pgettext_lazy("protected flag", "School")
    PUBLIC_SAFETY = "public_safety", pgettext_lazy("protected flag", "Fire and public safety")
    IMPORTANT = "important", pgettext_lazy("protected flag", "Important user")


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Customers linked to an organisation in which the actor may see customers."""
        links = CustomerOrganisation.objects.filter(
            customer=OuterRef("pk"),
            organisation__in=list(actor.organisations("customers.view")),
        )
        return self.filter(Exists(links))


class Customer(models.Model):
    """A person or an organisation. Held once in the company, whatever the branch.

    A row that turned out to be somebody's second one keeps its id and points to the first by
    `merged_into`; reads resolve it, nothing above is rewritten.
    """

    class Kind(models.TextChoices):
        PERSON = "person", pgettext_lazy("customer kind", "Person")
        ORGANISATION = "organisation", pgettext_lazy("customer kind", "Organisation")

    class Gender(models.TextChoices):
        UNKNOWN = "", pgettext_lazy("gender", "Not known")
        FEMALE = "f", pgettext_lazy("gender", "Female")
        MALE = "m", pgettext_lazy("gender", "Male")

    class Tier(models.TextChoices):
        A = "A", pgettext_lazy("customer tier", "Devoted")
        B = "B", pgettext_lazy("customer tier", "Loyal")
        C = "C", pgettext_lazy("customer tier", "Regular")
        D = "D", pgettext_lazy("customer tier", "Sensitive")

    number = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices, default=Kind.PERSON)
    name = models.TextField()
    gender = models.TextField(choices=Gender.choices, default=Gender.UNKNOWN, blank=True)
    language = models.TextField(default="", blank=True)
    name_search = models.TextField(db_collation="C")
    name_grams = ArrayField(models.TextField(), default=list)
    initials = models.TextField(default="", db_collation="C")
    pinyin = models.TextField(default="", db_collation="C")
    flags = ArrayField(models.TextField(choices=ProtectedFlag.choices), default=list)
    tier = models.TextField(choices=Tier.choices, default=Tier.C)
    tier_reason = models.TextField(default="", blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_customer_number"),
            models.CheckConstraint(
                condition=Q(kind__in=["person", "organisation"]), name="customers_customer_kind"
            ),
            models.CheckConstraint(
                condition=Q(tier__in=["A", "B", "C", "D"]), name="customers_customer_tier"
            ),
            models.CheckConstraint(
                condition=Q(gender__in=["", "f", "m"]), name="customers_customer_gender"
            ),
            models.CheckConstraint(
                condition=Q(flags__contained_by=ProtectedFlag.values),
                name="customers_customer_flags",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(name_search=""), name="customers_customer_named"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="customers_customer_not_own_twin",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name_search", "id"], name="customers_customer_name"),
            GinIndex(fields=["name_grams"], name="customers_customer_grams"),
            models.Index(fields=["initials", "id"], name="customers_customer_initials"),
            models.Index(fields=["pinyin", "id"], name="customers_customer_pinyin"),
            models.Index(
                fields=["id"], name="customers_customer_protected", condition=~Q(flags=[])
            ),
            models.Index(
                fields=["merged_into"],
                name="customers_customer_merged",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_merged(self) -> bool:
        """Whether another row stands for this customer."""
        return self.merged_into_id is not None


class LastContact(models.Model):
    """The latest contact with a customer, kept by the module that knows contacts."""

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, related_name="last_contact"
    )
    at = models.DateTimeField()
    channel = models.TextField()
    subject = models.TextField(default="", blank=True)


class TierChange(models.Model):
    """One decision on a customer's tier, with its reason. Append-only."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="tier_changes", db_index=False
    )
    tier = models.TextField(choices=Customer.Tier.choices)
    reason = models.TextField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tier__in=["A", "B", "C", "D"]), name="customers_tierchange_tier"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="customers_tierchange_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "at"], name="customers_tierchange_history")
        ]


class CustomerIdentity(models.Model):
    """An identity number: encrypted, found by its blind index, shown by its last characters."""

    class Kind(models.TextChoices):
        ID_CARD = "id_card", pgettext_lazy("identity kind", "Identity card")
        PASSPORT = "passport", pgettext_lazy("identity kind", "Passport")
        TRAVEL_PERMIT = "travel_permit", pgettext_lazy("identity kind", "Travel permit")
        CREDIT_CODE = "credit_code", pgettext_lazy("identity kind", "Unified social credit code")
        OTHER = "other", pgettext_lazy("identity kind", "Other")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="identities", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    ciphertext = models.BinaryField()
    blind_index = models.BinaryField()
    hint = models.TextField()
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "blind_index"], name="customers_identity_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "blind_index"], name="customers_identity_blind")
        ]


class CustomerPhone(models.Model):
    """A number by which a customer is reached, in the stored form of `qiao.core.rules.phones`.

    `number` is E.164, an extension stands apart; `digits` is what searches look at.
    """

    class Kind(models.TextChoices):
        MOBILE = "mobile", pgettext_lazy("phone kind", "Mobile")
        LANDLINE = "landline", pgettext_lazy("phone kind", "Landline")
        SERVICE = "service", pgettext_lazy("phone kind", "Service number")
        FOREIGN = "foreign", pgettext_lazy("phone kind", "Foreign")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="phones", db_index=False)
    number = models.TextField(db_collation="C")
    extension = models.TextField(default="", blank=True)
    digits = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices)
    label = models.TextField(default="", blank=True)
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number", "extension"], name="customers_phone_once"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_primary=True), name="customers_phone_primary"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^\+[1-9][0-9]{4,16}$"), name="customers_phone_e164"
            ),
            models.CheckConstraint(
                condition=Q(extension__regex=r"^[0-9]{0,8}$"), name="customers_phone_extension"
            ),
            models.CheckConstraint(
                condition=Q(digits__regex=r"^[0-9]{3,17}$"), name="customers_phone_digits"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["mobile", "landline", "service", "foreign"]),
                name="customers_phone_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["digits"], name="customers_phone_whole"),
            models.Index(Reverse("digits"), name="customers_phone_tail"),
            GinIndex(fields=["digits"], opclasses=["gin_trgm_ops"], name="customers_phone_middle"),
        ]


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


class CustomerOrganisation(models.Model):
    """Where a customer may be seen: a link that modules feed, so that nobody is held twice.

    `through_merge_of` names the merged row that brought the link; undoing the merge takes it back.
    """

    pk = models.CompositePrimaryKey("customer_id", "organisation_id")
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="organisation_links", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    through_merge_of = models.BigIntegerField(null=True)
    since = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "customer"], name="customers_link_by_unit")
        ]
