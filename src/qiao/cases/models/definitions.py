"""The rows behind a pack: case types, versions of processes, sets of promises."""

from datetime import UTC, datetime
from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import Q

from qiao.cases.rules.case_forms import PREFIX
from qiao.core.models import Approval

EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""From when on the first version of a process is in force: there was none before it."""


class CaseType(models.Model):
    """A kind of case installed from a pack, which holds its form, promises and process."""

    key = models.TextField(unique=True)
    pack = models.TextField()
    group = models.TextField()
    names = models.JSONField()
    icon = models.TextField(default="")
    process_key = models.TextField()
    emergency = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.IntegerField(default=0)


class ProcessVersionQuerySet(models.QuerySet["ProcessVersion"]):
    """Reads that tell processes from forms."""

    def processes(self) -> Self:
        """Versions of processes, without those of forms."""
        return self.exclude(key__startswith=PREFIX)

    def newest(self) -> Self:
        """The newest version of each."""
        return self.order_by("key", "-version").distinct("key")


class ProcessVersion(models.Model):
    """One version of a process, or of the form of a case type (its key then begins ``form:``, see
    `qiao.cases.rules.case_forms`); running cases keep the versions they started with.

    A pack brings a version, or the house publishes one: somebody asked, for a reason, and a second
    person agreed (`approval`). In force is the one whose `in_force_from` is the latest that has
    come; without one it is only an offer of the pack beside what the house published, until
    somebody takes its text or settles it. `copied_from` is the version whose text it took up
    again. The text never changes; one that is not in force yet may be withdrawn.
    """

    class Source(models.TextChoices):
        PACK = "pack"
        HOUSE = "house"

    key = models.TextField()
    version = models.IntegerField()
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    source = models.TextField(choices=Source.choices, default=Source.PACK)
    in_force_from = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    approval = models.ForeignKey(
        Approval, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.TextField(default="")
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ProcessVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="cases_process_version_once"),
            models.CheckConstraint(
                condition=Q(source="pack")
                | (
                    Q(source="house", in_force_from__isnull=False, published_by__isnull=False)
                    & Q(approval__isnull=False)
                    & ~Q(reason="")
                ),
                name="cases_process_published_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["key", "-in_force_from", "-version"],
                condition=Q(in_force_from__isnull=False, withdrawn_at__isnull=True),
                name="cases_process_in_force",
            )
        ]


class PromiseSet(models.Model):
    """Promises of a case type as they stood at one time; a case refers to what it was given."""

    digest = models.CharField(max_length=64, unique=True)
    promises = models.JSONField()
