"""Files of readings, and which of their rows were refused."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class ReadingFile(models.Model):
    """A file of readings on its way into one unit.

    `mapping` gives a field for every column, `findings` is what the dry run found. `read_count`
    rows have been dealt with, in the file's order: a run that was killed goes on there.
    """

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("file of readings", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("file of readings", "Being checked")
        CHECKED = "checked", pgettext_lazy("file of readings", "Checked")
        FAILED = "failed", pgettext_lazy("file of readings", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("file of readings", "Removed")
        RUNNING = "running", pgettext_lazy("file of readings", "Being taken in")
        DONE = "done", pgettext_lazy("file of readings", "Taken in")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    file_name = models.TextField()
    size_bytes = models.BigIntegerField()
    format = models.TextField(default="")
    digest = models.TextField(default="", db_collation="C")
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.TextField(choices=State.choices)
    findings = models.JSONField(default=dict)
    checked_rows = models.IntegerField(default=0)
    failure = models.TextField(default="")
    failure_detail = models.TextField(default="")
    is_on_disk = models.BooleanField(default=True)
    read_count = models.IntegerField(default=0)
    taken_count = models.IntegerField(default=0)
    exception_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "mapping", "checking", "checked", "failed", "discarded", "running", "done",
                    ]
                ),
                name="metering_file_state",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="metering_file_list"),
        ]


class RefusedRow(models.Model):
    """A row of a file that could not be taken in; `row_number` as Excel or an editor shows it."""

    pk = models.CompositePrimaryKey("file_id", "row_number")
    file = models.ForeignKey(ReadingFile, models.CASCADE, related_name="refused", db_index=False)
    row_number = models.IntegerField()
    meter = models.TextField(default="")
    faults = models.JSONField(default=list)
