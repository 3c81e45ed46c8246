"""Lists of customers that somebody took away as a file."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class CustomerExport(models.Model):
    """One list written in the background, for whoever asked for it and nobody else.

    `filters` narrow the list as the page of customers does, `columns` are keys of
    `rules.export_columns`. The file is removed at `expires_at`; the row stays as the record.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("export", "Waiting")
        RUNNING = "running", pgettext_lazy("export", "Being written")
        DONE = "done", pgettext_lazy("export", "Ready")
        CANCELLED = "cancelled", pgettext_lazy("export", "Cancelled")
        REMOVED = "removed", pgettext_lazy("export", "Removed")

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.TextField())
    form = models.TextField(choices=Form.choices)
    full_phones = models.BooleanField(default=False)
    reason = models.TextField()
    language = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    row_count = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "cancelled", "removed"]),
                name="customers_export_state",
            ),
            models.CheckConstraint(
                condition=Q(form__in=["csv", "xlsx"]), name="customers_export_form"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="customers_export_reason"),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="customers_export_done_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_by_id", "id"], name="customers_export_mine"),
            models.Index(
                fields=["expires_at"], condition=Q(state="done"), name="customers_export_expiring"
            ),
        ]
