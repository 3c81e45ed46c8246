"""Files of customers that were taken in, row by row: what became of each, and how to undo it."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class CustomerImport(models.Model):
    """One file taken into one unit. `read_count` rows have been dealt with, in the file's order.

    `digest` is the SHA-256 of the file: a unit takes the same file once. `mapping` gives a field
    for every column that is read, `header` what the columns are called. Rows up to
    `undone_through` were taken back or, `kept_count` of them, kept because they are in use.

    `known` is what becomes of customers who are known already: they are left, or what is missing
    is added (`added_count` of the known rows did), and what differs is told (`differing_count`).
    """

    class Known(models.TextChoices):
        LEAVE = "leave", pgettext_lazy("known customers", "Leave them as they are")
        ADD = "add", pgettext_lazy("known customers", "Add what is missing")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("import", "Running")
        DONE = "done", pgettext_lazy("import", "Done")
        CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")
        ROLLING_BACK = "rolling_back", pgettext_lazy("import", "Being taken back")
        ROLLED_BACK = "rolled_back", pgettext_lazy("import", "Rolled back")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    file_name = models.TextField()
    digest = models.TextField(db_collation="C")
    format = models.TextField()
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    known = models.TextField(choices=Known.choices, default=Known.LEAVE, db_default=Known.LEAVE)
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    read_count = models.IntegerField(default=0)
    created_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    added_count = models.IntegerField(default=0, db_default=0)
    differing_count = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)
    undone_through = models.IntegerField(default=0)
    undone_count = models.IntegerField(default=0)
    kept_count = models.IntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "digest", "known"],
                condition=Q(state__in=["running", "done", "rolling_back"]),
                name="customers_import_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["running", "done", "cancelled", "rolling_back", "rolled_back"]
                ),
                name="customers_import_state",
            ),
            models.CheckConstraint(
                condition=Q(known__in=["leave", "add"]), name="customers_import_known_choice"
            ),
        ]


class ImportMapping(models.Model):
    """Which column meant what the last time a unit took in a file with such headers.

    `signature` is `rules.import_columns.signature`, `fields` a field for every folded header.
    """

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    signature = models.TextField(db_collation="C")
    fields = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "signature"], name="customers_importmapping_once"
            )
        ]


class ImportedRow(models.Model):
    """What became of one row of a file; `row_number` is the row as Excel or an editor shows it.

    `undone` tells what taking the import back did with it, `kept_because` why it stayed: see
    `operations.import_undoing`. `added` names what the row added to those who were known before,
    `differs` the fields of which it says otherwise, with what it says.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", pgettext_lazy("imported row", "Taken in")
        KNOWN = "known", pgettext_lazy("imported row", "Known already")
        REFUSED = "refused", pgettext_lazy("imported row", "Refused")

    class Undone(models.TextChoices):
        REMOVED = "removed", pgettext_lazy("imported row", "Taken back")
        KEPT = "kept", pgettext_lazy("imported row", "Kept, in use")

    pk = models.CompositePrimaryKey("customer_import_id", "row_number")
    customer_import = models.ForeignKey(
        CustomerImport, models.PROTECT, related_name="rows", db_index=False
    )
    row_number = models.IntegerField()
    outcome = models.TextField(choices=Outcome.choices)
    customer_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    is_new_customer = models.BooleanField(default=False)
    is_new_account = models.BooleanField(default=False)
    faults = models.JSONField(default=list)
    added = ArrayField(models.TextField(), default=list, db_default=[])
    differs = models.JSONField(default=list, db_default=[])
    undone = models.TextField(choices=Undone.choices, default="", blank=True, db_default="")
    kept_because = models.TextField(default="", blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer_import", "row_number"],
                condition=Q(outcome="refused"),
                name="customers_import_refused",
            ),
            models.Index(
                fields=["account_id"],
                condition=Q(is_new_account=True),
                name="customers_import_new_account",
            ),
            models.Index(
                fields=["customer_id"],
                condition=Q(outcome="known"),
                name="customers_import_known",
            ),
            models.Index(
                fields=["customer_id"],
                condition=Q(is_new_customer=True),
                name="customers_import_new_customer",
            ),
            models.Index(
                fields=["customer_import", "row_number"],
                condition=~Q(differs=[]),
                name="customers_import_differing",
            ),
            models.Index(
                fields=["customer_import", "row_number"],
                condition=~Q(added=[]),
                name="customers_import_added",
            ),
        ]
