"""Tables of the toolbox. Organisation and staff ids are plain numbers here: they live above."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy


class Event(models.Model):
    """One published event. Partitioned by month of `recorded_at`; written by `core.events`."""

    pk = models.CompositePrimaryKey("recorded_at", "id")
    id = models.BigIntegerField()
    name = models.TextField()
    version = models.SmallIntegerField()
    organisation_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    correlation_id = models.TextField()
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "core_event"


class AuditEntry(models.Model):
    """One change of one row of an audited table. Partitioned by month; written by a trigger."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    table_name = models.TextField()
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor_id = models.BigIntegerField(null=True)
    correlation_id = models.TextField(null=True)  # noqa: DJ001 - the trigger writes NULL outside requests

    class Meta:
        managed = False
        db_table = "core_auditentry"


class Disclosure(models.Model):
    """A masked field revealed, or rows exported: who, what, why. Append-only."""

    kind = models.TextField()  # reveal or export
    subject = models.TextField()
    subject_id = models.BigIntegerField(null=True)
    fields = models.JSONField(default=list)
    row_count = models.IntegerField(default=1)
    reason = models.TextField()
    organisation_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id", "at"], name="core_disclosure_subject")
        ]


class IdempotencyKey(models.Model):
    """A message from outside, or an event for one subscriber, that has taken effect."""

    pk = models.CompositePrimaryKey("scope", "key")
    scope = models.TextField()
    key = models.TextField()
    result = models.JSONField(null=True)
    created_at = models.DateTimeField()


class Setting(models.Model):
    """One dated value of one configuration key, for an organisation or region or for all."""

    key = models.TextField()
    organisation_id = models.BigIntegerField(null=True)
    region = models.TextField(default="")
    valid = DateRangeField()
    value = models.JSONField()
    source = models.TextField()
    changed_by_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="core_setting_one_value_a_day",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (
                        Coalesce(F("organisation_id"), models.Value(0)),
                        RangeOperators.EQUAL,
                    ),
                    ("region", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(source=""), name="core_setting_has_source"),
        ]


class FeatureSwitch(models.Model):
    """A decision on a feature in a unit, with its days; append-only. See `core.features`.

    Without `is_on` the unit is as the one above again.
    """

    feature = models.TextField()
    organisation_id = models.BigIntegerField()
    valid = DateRangeField()
    is_on = models.BooleanField(null=True)
    reason = models.TextField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="core_feature_says_why"),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="core_feature_has_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "feature"], name="core_feature_of_unit"),
        ]


class BusinessCalendar(models.Model):
    """A version of a named business calendar, in force from `effective_at`.

    `spans`: seven lists (Monday first) of ``[start_minute, end_minute]``. `days` is what the table
    of public days of the region `holidays` said when the version was made (ISO date to kind and
    name), `own_days` what this calendar alone says: ISO date to ``spans`` and ``name``. A version
    is never changed, so what was counted with it comes out the same for ever.
    """

    class Origin(models.TextChoices):
        PACK = "pack"
        COMPANY = "company"

    key = models.TextField()
    organisation_id = models.BigIntegerField(null=True)
    effective_at = models.DateTimeField()
    timezone = models.TextField()
    round_the_clock = models.BooleanField(default=False)
    spans = models.JSONField(default=list)
    holidays = models.TextField(default="")  # a region of `CalendarDay`, or none
    days = models.JSONField(default=dict)
    own_days = models.JSONField(default=dict)
    origin = models.TextField(choices=Origin.choices, default=Origin.PACK)
    source = models.TextField(default="")
    changed_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "id"], name="core_calendar_versions")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(origin="company", source=""), name="core_calendar_says_why"
            )
        ]


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a working day moved by 调休."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday"
        WORKDAY = "workday"

    region = models.TextField()
    date = models.DateField()
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField(default="")
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "date"], name="core_calendarday_once"),
        ]


class Approval(models.Model):
    """A request that takes effect only when a second person agrees."""

    class State(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    kind = models.TextField()
    subject_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    reason = models.TextField()
    state = models.TextField(choices=State.choices, default=State.PENDING)
    requested_by_id = models.BigIntegerField()
    requested_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=F("requested_by_id"))
                | Q(state="withdrawn"),
                name="core_approval_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True)
                | (~Q(state="pending") & Q(decided_at__isnull=False, decided_by_id__isnull=False)),
                name="core_approval_decided_whole",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(state="pending"),
                name="core_approval_one_pending",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "state"], name="core_approval_open"),
        ]


class RetentionRun(models.Model):
    """One rule of retention was carried out: what was older than `before` went.

    `removed` grows with every batch; `held` were due but under a legal hold. A run without an end
    was stopped; the next one goes on with what is left.
    """

    rule = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    before = models.DateTimeField()
    removed = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["rule", "-id"], name="core_retentionrun_latest"),
        ]


class Export(models.Model):
    """A file that somebody takes away, written in the background, for them and nobody else.

    `kind` names the `ExportKind` that writes it, `terms` say what it is to hold; empty ones were
    forgotten with a person who stood in them. The file is removed at `expires_at`; the row stays
    as the record. `once` names the occasion of one that nobody asked for by hand.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("export", "Waiting")
        RUNNING = "running", pgettext_lazy("export", "Being written")
        DONE = "done", pgettext_lazy("export", "Ready")
        CANCELLED = "cancelled", pgettext_lazy("export", "Cancelled")
        REFUSED = "refused", pgettext_lazy("export", "Refused")
        REMOVED = "removed", pgettext_lazy("export", "Removed")

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"

    kind = models.TextField()
    organisation_id = models.BigIntegerField()
    terms = models.JSONField(default=dict)
    form = models.TextField(choices=Form.choices)
    reason = models.TextField()
    language = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    once = models.TextField(default="")
    expected_rows = models.IntegerField(null=True)
    row_count = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    taken_count = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["waiting", "running", "done", "cancelled", "refused", "removed"]
                ),
                name="core_export_state",
            ),
            models.CheckConstraint(condition=Q(form__in=["csv", "xlsx"]), name="core_export_form"),
            models.CheckConstraint(condition=~Q(reason=""), name="core_export_reason"),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="core_export_done_whole",
            ),
            models.UniqueConstraint(
                fields=["created_by_id", "once"],
                condition=~Q(once=""),
                name="core_export_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_by_id", "id"], name="core_export_mine"),
            models.Index(
                fields=["expires_at"], condition=Q(state="done"), name="core_export_expiring"
            ),
        ]


class Attachment(models.Model):
    """A stored file: content-addressed by SHA-256, its type checked at the door."""

    owner_kind = models.TextField()
    owner_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField()
    label = models.TextField(default="")
    file_name = models.TextField()
    content_type = models.TextField()
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner_kind", "owner_id", "-id"], name="core_attachment_owner"),
            models.Index(fields=["sha256"], name="core_attachment_content"),
        ]


class AttachmentTally(models.Model):
    """How many files an owner has, kept by triggers; no row stands for none."""

    owner_kind = models.TextField()
    owner_id = models.BigIntegerField()
    files = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner_kind", "owner_id"], name="core_attachment_tally_once"
            ),
            models.CheckConstraint(
                condition=models.Q(files__gte=0), name="core_attachment_tally_sum"
            ),
        ]
