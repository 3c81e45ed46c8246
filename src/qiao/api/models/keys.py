"""Keys of programs, their secrets, their limits and what they called."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor

MANAGE = "api.manage"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Keys of the organisations in which the actor manages access of programs."""
        return self.filter(organisation__in=list(actor.organisations(MANAGE)))


class ApiKey(models.Model):
    """The access of one program to one organisation and all below it.

    `public_id` is the part of the key that finds this row. `account` is the technical member of
    staff under whose name the program's work is recorded; nobody can sign in as it. `steward`
    answers for what the program does: cases that it opens are theirs first. `ranges` are the
    addresses from which it may call, all if empty.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("key", "In use")
        EXPIRED = "expired", pgettext_lazy("key", "Expired")
        REVOKED = "revoked", pgettext_lazy("key", "Revoked")

    public_id = models.TextField(db_collation="C")
    name = models.TextField()
    purpose = models.TextField(default="", blank=True)
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    account = models.OneToOneField("staff.Staff", models.PROTECT, related_name="+")
    steward = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+")
    scopes = ArrayField(models.TextField())
    ranges = ArrayField(models.TextField(), default=list)
    calls_a_minute = models.IntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="api_key_public_id"),
            models.CheckConstraint(condition=~Q(name=""), name="api_key_named"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="api_key_may_something"),
            models.CheckConstraint(
                condition=Q(calls_a_minute__range=(1, 1_000_000)), name="api_key_limited"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="api_key_lives",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_by__isnull=False),
                name="api_key_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def state(self, now: datetime) -> "ApiKey.State":
        """Whether it opens anything at a moment."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.ACTIVE


class KeySecret(models.Model):
    """One secret of a key: its SHA-256 alone. `ends_at` is set when another took its place."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="secrets")
    digest = models.BinaryField()
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(ends_at__isnull=True), name="api_keysecret_one_lasting"
            )
        ]


class KeyBucket(models.Model):
    """How many calls a key has left now: the token bucket. Unlogged: a crash fills it."""

    key = models.OneToOneField(ApiKey, models.CASCADE, primary_key=True, related_name="+")
    left = models.FloatField()
    filled_at = models.DateTimeField()


class Usage(models.Model):
    """What a key called on a day: a row for each operation.

    `day` is the calendar day of the installation's time zone. `refused` are answers 4xx, `failed`
    5xx. `times` counts calls by the classes of `qiao.api.rules.latency`.
    """

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="usage", db_index=False)
    day = models.DateField()
    operation = models.TextField()
    calls = models.BigIntegerField()
    refused = models.BigIntegerField()
    failed = models.BigIntegerField()
    times = ArrayField(models.BigIntegerField())
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "day", "operation"], name="api_usage_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day", "operation"], name="api_usage_by_day")]
