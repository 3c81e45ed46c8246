"""Uploaded files on their way in: columns are named, the file is checked, then it is started."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.table_models import KeptTable
from qiao.customers.models.imports import CustomerImport


class ImportFile(KeptTable):
    """A file that somebody uploaded. It lies on the disk until its import has ended.

    `findings` is what the check of `checked_rows` rows found.
    """

    class State(models.TextChoices):
        READING = "reading", pgettext_lazy("import file", "Being read")
        MAPPING = "mapping", pgettext_lazy("import file", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("import file", "Being checked")
        CHECKED = "checked", pgettext_lazy("import file", "Checked")
        STARTED = "started", pgettext_lazy("import file", "Started")
        FAILED = "failed", pgettext_lazy("import file", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("import file", "Discarded")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    format = models.TextField(default="", blank=True)
    is_mapping_kept = models.BooleanField(default=False)
    known = models.TextField(
        choices=CustomerImport.Known.choices,
        default=CustomerImport.Known.LEAVE,
        db_default=CustomerImport.Known.LEAVE,
    )
    state = models.TextField(choices=State.choices, default=State.READING)
    findings = models.JSONField(default=dict)
    checked_rows = models.IntegerField(default=0)
    failure = models.TextField(default="", blank=True)
    failure_detail = models.TextField(default="", blank=True)
    customer_import = models.ForeignKey(
        CustomerImport, models.PROTECT, null=True, related_name="files"
    )
    created_by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "reading", "mapping", "checking", "checked", "started", "failed",
                        "discarded",
                    ]
                ),
                name="customers_importfile_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="started") | Q(customer_import__isnull=False),
                name="customers_importfile_started",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "id"],
                condition=Q(state__in=["reading", "mapping", "checking", "checked", "failed"]),
                name="customers_importfile_waiting",
            )
        ]


class ImportedPlace(models.Model):
    """A place that an import created, so that taking the import back finds it."""

    class Kind(models.TextChoices):
        PREMISES = "premises"
        SERVICE_POINT = "point"

    pk = models.CompositePrimaryKey("customer_import_id", "kind", "place_id")
    customer_import = models.ForeignKey(
        CustomerImport, models.PROTECT, related_name="places", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    place_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["premises", "point"]), name="customers_importedplace_kind"
            )
        ]
