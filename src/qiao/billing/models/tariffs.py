"""Tariffs, their dated versions, and drafts of versions to be."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Tariff(models.Model):
    """What a kind of use is charged by, such as water for households, whatever it costs when.

    `pack` and `key` name what a pack brings. `names` and `inputs` are texts by language; `inputs`
    says what is asked of a customer: ``{"people": {"names": {...}, "values": {"yes": {...}}}}``,
    of a number also what it is not below or above (``least``, ``most``); `owners` whose money
    charges are.
    """

    pack = models.TextField(default="", blank=True, db_collation="C")
    key = models.TextField(db_collation="C")
    service = models.TextField(db_collation="C")
    names = models.JSONField()
    inputs = models.JSONField(default=dict)
    owners = models.JSONField(default=dict)
    place = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "key"], name="billing_tariff_once"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,59}$"), name="billing_tariff_key"
            ),
            models.CheckConstraint(condition=~Q(service=""), name="billing_tariff_service"),
        ]


class VersionQuerySet(models.QuerySet["TariffVersion"]):
    """Rows of versions."""

    def standing(self) -> "VersionQuerySet":
        """Those that hold, held or will: not those called off before their first day."""
        return self.filter(withdrawn_at__isnull=True)


class TariffVersion(models.Model):
    """The prices of a tariff from a day on, until the next version: so days have one price each.

    `definition` is read by `rules.tariffs.reading`; `source` says by which document they hold. A
    version is never changed: what was billed under it can be reckoned again. The database lets it
    only be called off, once. One that a pack brought was published by nobody.
    """

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="versions", db_index=False)
    valid_from = models.DateField()
    definition = models.JSONField()
    source = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    approval = models.ForeignKey(
        "core.Approval", models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="billing_tariffversion_once",
            ),
            models.CheckConstraint(
                condition=Q(definition__has_keys=["currency", "unit", "charges"]),
                name="billing_tariffversion_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True, approval__isnull=True)
                | Q(published_by__isnull=False, approval__isnull=False),
                name="billing_tariffversion_by_two",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tariff", "valid_from"], name="billing_tariffversion_by_day")
        ]


class TariffDraft(models.Model):
    """Prices as somebody would have them from a day on, begun from the version of that day.

    `definition` can always be read as a tariff; what it still lacks is told by
    `queries.tariff_checks`, and `confirmed` are the keys of what was asked there and answered.
    `authors` are the staff ids of all who wrote in it: none of them agrees to it. `revision` grows
    with every save. While a second person is asked it stands still: what was
    asked for is what is published.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ASKED = "asked"
        PUBLISHED = "published"
        DROPPED = "dropped"

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="drafts", db_index=False)
    based_on = models.ForeignKey(TariffVersion, models.PROTECT, related_name="+", db_index=False)
    published = models.ForeignKey(
        TariffVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    valid_from = models.DateField()
    definition = models.JSONField()
    source = models.TextField(default="", blank=True)
    confirmed = models.JSONField(default=list)
    authors = models.JSONField(default=list)
    revision = models.IntegerField(default=1)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    begun_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "asked", "published", "dropped"]),
                name="billing_tariffdraft_state",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published__isnull=False)
                | (~Q(state="published") & Q(published__isnull=True)),
                name="billing_tariffdraft_published",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tariff", "-changed_at"], name="billing_tariffdraft_by_tariff")
        ]
