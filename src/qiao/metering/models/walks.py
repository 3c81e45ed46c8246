"""What a reader brings from the stops of a round, and what is known of each stop beforehand."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.metering.models.routes import ReadingRound

SKIPPED = "skipped"
_LOCATED = Q(latitude__isnull=True, longitude__isnull=True) | Q(
    latitude__range=(-90, 90), longitude__range=(-180, 180)
)


class UnreadReason(models.Model):
    """A version of a reason why a meter was not read, from a day on.

    `names` are its words by language, `source` says by language by which rule. What a pack brought
    is not overwritten by it again.
    """

    key = models.TextField(db_collation="C")
    valid_from = models.DateField()
    names = models.JSONField()
    needs_photo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    source = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="metering_reason_once"),
            models.CheckConstraint(condition=~Q(key=""), name="metering_reason_named"),
        ]


class MeterPlace(models.Model):
    """Where a meter hangs and which seal it carries: what whoever comes next has to know."""

    service_point = models.OneToOneField(
        "customers.ServicePoint",
        models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    whereabouts = models.TextField(default="", blank=True)
    seal = models.TextField(default="", blank=True)
    noted_at = models.DateTimeField()
    noted_by_id = models.BigIntegerField(null=True)


class StopVisit(models.Model):
    """A reader stood before a meter: it was read, or there is a reason why not.

    A stop that was left without a word when the round was closed has the reason `SKIPPED`.

    `key` is the reader's id with the key that the phone gave: each message takes effect once.
    `reading_ids` are the readings it brought. `is_confirmed` says that the figure was read a
    second time after a warning. Position in WGS-84 degrees, `accuracy_m` and `distance_m` (from
    the known place of the premises) in metres.
    """

    class Outcome(models.TextChoices):
        READ = "read", pgettext_lazy("visit of a reader", "Read")
        UNREAD = "unread", pgettext_lazy("visit of a reader", "Not read")

    round = models.ForeignKey(ReadingRound, models.PROTECT, related_name="visits", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    service_point = models.ForeignKey(
        "customers.ServicePoint", models.PROTECT, related_name="+", db_index=False
    )
    reader_id = models.BigIntegerField(null=True)
    key = models.TextField(db_collation="C")
    outcome = models.TextField(choices=Outcome.choices)
    reading_ids = ArrayField(models.BigIntegerField(), default=list)
    reason = models.TextField(default="", blank=True, db_collation="C")
    note = models.TextField(default="", blank=True)
    photo_id = models.BigIntegerField(null=True)
    is_confirmed = models.BooleanField(default=False)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.IntegerField(null=True)
    distance_m = models.IntegerField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="metering_visit_message"),
            models.CheckConstraint(
                condition=Q(outcome="read", reason="") | (Q(outcome="unread") & ~Q(reason="")),
                name="metering_visit_whole",
            ),
            models.CheckConstraint(condition=_LOCATED, name="metering_visit_located"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["round", "service_point", "-id"], name="metering_visit_stop"),
            models.Index(fields=["service_point", "-id"], name="metering_visit_point"),
            models.Index(
                fields=["photo_id"],
                condition=Q(photo_id__isnull=False),
                name="metering_visit_photo",
            ),
        ]


class BlindCheck(models.Model):
    """A seeded random part of a round that another reader reads again without seeing the figure.

    `seed` and `share_percent` draw the same stops again from the same round. Nothing of it is
    billed: it measures how well was read.
    """

    round = models.ForeignKey(
        ReadingRound, models.PROTECT, related_name="blind_checks", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    reader_id = models.BigIntegerField()
    seed = models.BigIntegerField()
    share_percent = models.DecimalField(max_digits=5, decimal_places=2)
    due_date = models.DateField()
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share_percent__gt=0, share_percent__lte=100),
                name="metering_blind_share",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["round", "-id"], name="metering_blind_round"),
            models.Index(
                fields=["reader_id", "due_date"],
                condition=Q(is_open=True),
                name="metering_blind_open",
            ),
        ]


class BlindStop(models.Model):
    """A stop of a blind check: the reading under test, and what the second reader saw.

    `standing` is what both figures say of each other: see `rules.blind`. `per_day` is the use a
    day that was usual for the meter then, in its unit.
    """

    class Standing(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("blind re-read", "Still to be read")
        AGREES = "agrees", pgettext_lazy("blind re-read", "Agrees")
        DIFFERS = "differs", pgettext_lazy("blind re-read", "Differs")
        UNREAD = "unread", pgettext_lazy("blind re-read", "Could not be read")

    check_of = models.ForeignKey(BlindCheck, models.CASCADE, related_name="stops", db_index=False)
    service_point = models.ForeignKey(
        "customers.ServicePoint", models.PROTECT, related_name="+", db_index=False
    )
    reading_id = models.BigIntegerField()
    first_reader_id = models.BigIntegerField(null=True)
    standing = models.TextField(choices=Standing.choices, default=Standing.WAITING)
    key = models.TextField(null=True, db_collation="C")  # noqa: DJ001 - unique once it is read
    raw = models.TextField(default="", blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    low = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    reason = models.TextField(default="", blank=True, db_collation="C")
    note = models.TextField(default="", blank=True)
    photo_id = models.BigIntegerField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "service_point"], name="metering_blindstop_once"
            ),
            models.UniqueConstraint(fields=["key"], name="metering_blindstop_message"),
            models.CheckConstraint(
                condition=Q(standing__in=["waiting", "agrees", "differs", "unread"]),
                name="metering_blindstop_standing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["reading_id"], name="metering_blindstop_reading"),
        ]
