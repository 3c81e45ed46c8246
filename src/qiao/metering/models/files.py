"""Files of readings, and which of their rows were refused."""

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from qiao.core.table_models import UploadedTable, known_states


class ReadingFile(UploadedTable):
    """A file of readings on its way into one unit."""

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("file of readings", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("file of readings", "Being checked")
        CHECKED = "checked", pgettext_lazy("file of readings", "Checked")
        FAILED = "failed", pgettext_lazy("file of readings", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("file of readings", "Removed")
        RUNNING = "running", pgettext_lazy("file of readings", "Being taken in")
        DONE = "done", pgettext_lazy("file of readings", "Taken in")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    state = models.TextField(choices=State.choices)
    taken_count = models.IntegerField(default=0)
    exception_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)

    class Meta:
        constraints = [known_states("metering_file_state", without=["reading"])]
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
