"""Logs of cases from outside: files, what became of their rows, and what they taught."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.cases.models.case import Case
from qiao.cases.models.causes import Cause
from qiao.core.table_models import UploadedTable, known_states


class CaseIntake(UploadedTable):
    """One file of cases on its way into one unit, from the upload until it is taken back.

    `source` names whose log it is: a case is known again by source and number. `settings` are the
    time zone, the order of days, the team of open cases and whether promises count, `choices` says
    what the words of the log mean here.
    """

    class State(models.TextChoices):
        READING = "reading", pgettext_lazy("import file", "Being read")
        MAPPING = "mapping", pgettext_lazy("import file", "Columns to be named")
        CHECKING = "checking", pgettext_lazy("import file", "Being checked")
        CHECKED = "checked", pgettext_lazy("import file", "Checked")
        FAILED = "failed", pgettext_lazy("import file", "Unreadable")
        DISCARDED = "discarded", pgettext_lazy("import file", "Discarded")
        RUNNING = "running", pgettext_lazy("import", "Running")
        DONE = "done", pgettext_lazy("import", "Done")
        CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")
        ROLLING_BACK = "rolling_back", pgettext_lazy("import", "Being taken back")
        ROLLED_BACK = "rolled_back", pgettext_lazy("import", "Rolled back")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    source = models.TextField()
    settings = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    is_mapping_kept = models.BooleanField(default=False)
    state = models.TextField(choices=State.choices, default=State.READING)
    created_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)
    updated_count = models.IntegerField(default=0)
    differing_count = models.IntegerField(default=0)
    undone_count = models.IntegerField(default=0)
    kept_count = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            known_states("cases_intake_state", more=["cancelled", "rolling_back", "rolled_back"]),
            models.CheckConstraint(condition=~Q(source=""), name="cases_intake_sourced"),
            models.UniqueConstraint(
                fields=["organisation", "source", "digest"],
                condition=Q(state__in=["running", "done", "rolling_back"]),
                name="cases_intake_once",
            ),
        ]


class IntakeMapping(models.Model):
    """How a unit read such a file the last time: columns by folded header, settings, choices."""

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    signature = models.TextField(db_collation="C")
    fields = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "signature"], name="cases_intakemapping_once"
            )
        ]


class IntakeCategory(models.Model):
    """A code of a log: what its keepers call a kind of case, on one of two levels.

    `case_type` is our case type's key for it (empty: nobody said), `cause` our cause's.
    """

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    source = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    code = models.TextField()
    case_type = models.TextField(default="")
    cause = models.ForeignKey(Cause, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "parent", "code"],
                name="cases_intakecategory_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "source", "code"],
                condition=Q(parent__isnull=True),
                name="cases_intakecategory_top_once",
            ),
        ]


class CaseSource(models.Model):
    """Where a case came from: the log and its number there, and how the log last told it.

    `entry_count` is how many entries the history had then: a case with more has been worked on
    here, and no file changes it any more. `status`, `area`, `agency` and `outcome` are the log's
    own words, `due_at` is the log's own deadline.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="log_source")
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    source = models.TextField()
    number = models.TextField(db_collation="C")
    intake = models.ForeignKey(CaseIntake, models.PROTECT, related_name="sources")
    last_intake = models.ForeignKey(CaseIntake, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(
        IntakeCategory, models.PROTECT, null=True, related_name="+", db_index=False
    )
    status = models.TextField(default="")
    area = models.TextField(default="")
    agency = models.TextField(default="")
    outcome = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    datum = models.TextField(default="")
    digest = models.TextField(db_collation="C")
    entry_count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "number"], name="cases_source_once"
            ),
            models.CheckConstraint(
                condition=Q(datum__in=["", "wgs84", "gcj02"]), name="cases_source_datum"
            ),
        ]


class IntakeRow(models.Model):
    """What became of one row of a file; `row_number` is the row as Excel or an editor shows it.

    `differs` holds field, what stood here and what the file says, of an updated row and of one
    that says otherwise than a case that was worked on here. `kept_because` says why a case stayed
    when the file was taken back.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", pgettext_lazy("imported row", "Taken in")
        KNOWN = "known", pgettext_lazy("imported row", "Known already")
        UPDATED = "updated", pgettext_lazy("imported row", "Updated")
        DIFFERS = "differs", pgettext_lazy("imported row", "Says otherwise")
        REFUSED = "refused", pgettext_lazy("imported row", "Refused")

    pk = models.CompositePrimaryKey("intake_id", "row_number")
    intake = models.ForeignKey(CaseIntake, models.PROTECT, related_name="rows", db_index=False)
    row_number = models.IntegerField()
    outcome = models.TextField(choices=Outcome.choices)
    case_id = models.BigIntegerField(null=True)
    number = models.TextField(default="")
    faults = models.JSONField(default=list)
    differs = models.JSONField(default=list)
    undone = models.TextField(default="", db_default="")
    kept_because = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["created", "known", "updated", "differs", "refused"]),
                name="cases_intakerow_outcome",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["intake", "outcome", "row_number"], name="cases_intakerow_by_outcome"
            ),
            models.Index(
                fields=["case_id"], condition=Q(case_id__isnull=False), name="cases_intakerow_case"
            ),
        ]
