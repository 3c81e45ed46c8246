"""Customers, how they are reached, and who may see them.

Search columns (`name_search`, `name_grams`, `initials`, `pinyin`, `search`, `grams`) are computed
in Python by `qiao.customers.rules.columns`; they collate as ``C`` so that one plain index serves
both a prefix and the order of the result.
"""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Reverse
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.customers.models.choices import ProtectedFlag


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

    `flags` are the kinds of protection in force of this row and all merged into it; triggers keep
    them (`models.protection`), whatever else is written there is not taken.

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
    """One decision on a customer's tier, with its reason. Append-only.

    A computed one carries the version of the rule, the figures it looked at (`inputs`) and their
    `points`; its reason is composed of them in the reader's language. A manual one holds until the
    day `until` (exclusive), or until it is withdrawn. `computed_tier` is what the rule said then.
    """

    class Kind(models.TextChoices):
        COMPUTED = "computed", pgettext_lazy("tier decision", "By the rule")
        MANUAL = "manual", pgettext_lazy("tier decision", "By a person")
        WITHDRAWN = "withdrawn", pgettext_lazy("tier decision", "Taken back")
        EXPIRED = "expired", pgettext_lazy("tier decision", "Run out")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="tier_changes", db_index=False
    )
    tier = models.TextField(choices=Customer.Tier.choices)
    kind = models.TextField(choices=Kind.choices, default=Kind.COMPUTED)
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    until = models.DateField(null=True)
    computed_tier = models.TextField(default="", blank=True)
    rule_version = models.TextField(default="", blank=True)
    points = models.IntegerField(null=True)
    inputs = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tier__in=["A", "B", "C", "D"]), name="customers_tierchange_tier"
            ),
            models.CheckConstraint(
                condition=Q(kind="manual", until__isnull=False) & ~Q(reason="")
                | Q(kind__in=["computed", "withdrawn", "expired"], until__isnull=True),
                name="customers_tierchange_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "at"], name="customers_tierchange_history"),
            models.Index(
                fields=["customer", "at"],
                condition=~Q(kind="computed"),
                name="customers_tierchange_by_hand",
            ),
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

    `number` is E.164, an extension stands apart; `digits` is what searches look at. `standing`
    is what `rules.numbers` makes of the attempts, kept by `operations.numbers` alone.
    """

    class Standing(models.TextChoices):
        GOOD = "", pgettext_lazy("number", "Good")
        DOUBTFUL = "doubtful", pgettext_lazy("number", "Doubtful")
        WRONG = "wrong", pgettext_lazy("number", "Wrong")

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
    standing = models.TextField(choices=Standing.choices, default="", db_default="", blank=True)
    standing_since = models.DateTimeField(null=True)
    standing_reason = models.TextField(default="", db_default="", blank=True)

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
            models.CheckConstraint(
                condition=Q(standing="", standing_since__isnull=True, standing_reason="")
                | (
                    Q(standing__in=["doubtful", "wrong"], standing_since__isnull=False)
                    & ~Q(standing_reason="")
                ),
                name="customers_phone_standing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-standing_since", "-id"],
                name="customers_phone_flagged",
                condition=Q(standing__gt=""),
            ),
            models.Index(fields=["digits"], name="customers_phone_whole"),
            models.Index(Reverse("digits"), name="customers_phone_tail"),
            GinIndex(fields=["digits"], opclasses=["gin_trgm_ops"], name="customers_phone_middle"),
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
