"""Readings, what was found about them and what people did with them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.metering.models.registers import Register
from qiao.metering.models.routes import ReadingRound

USABLE = ("valid", "final", "billed")


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Readings of the organisations in which the actor may see readings."""
        return self.filter(organisation__in=list(actor.organisations("metering.view")))


class Reading(models.Model):
    """What a register stood at. `read_date` is the local day of `read_at`.

    `raw` is the value as it was given and never changes, `value` the one that counts. `source` and
    `key` name where it came from, each message once. `basis` says what an estimate rests on. A
    reading that another one stands for now is `superseded_by` it. One that was billed is locked by
    a trigger: it is never edited or removed, a new one corrects it.
    """

    class Method(models.TextChoices):
        ACTUAL = "actual", pgettext_lazy("reading", "Read")
        ESTIMATED = "estimated", pgettext_lazy("reading", "Estimated")
        CUSTOMER = "customer", pgettext_lazy("reading", "Told by the customer")
        REMOTE = "remote", pgettext_lazy("reading", "Remote")

    class State(models.TextChoices):
        RAW = "raw", pgettext_lazy("reading", "Not checked yet")
        VALID = "valid", pgettext_lazy("reading", "Valid")
        EXCEPTION = "exception", pgettext_lazy("reading", "To be decided")
        FINAL = "final", pgettext_lazy("reading", "Decided")
        BILLED = "billed", pgettext_lazy("reading", "Billed")

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    register = models.ForeignKey(Register, models.PROTECT, related_name="readings", db_index=False)
    service_point = models.ForeignKey(
        "customers.ServicePoint", models.PROTECT, related_name="+", db_index=False
    )
    read_at = models.DateTimeField()
    read_date = models.DateField()
    raw = models.TextField()
    value = models.DecimalField(max_digits=16, decimal_places=4)
    is_rolled = models.BooleanField(default=False)
    method = models.TextField(choices=Method.choices, default=Method.ACTUAL)
    basis = models.TextField(default="", blank=True)
    source = models.TextField(db_collation="C")
    key = models.TextField(db_collation="C")
    reader_id = models.BigIntegerField(null=True)
    round = models.ForeignKey(
        ReadingRound, models.PROTECT, null=True, related_name="readings", db_index=False
    )
    reason = models.TextField(default="", blank=True)
    photo_id = models.BigIntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    state = models.TextField(choices=State.choices, default=State.RAW)
    is_reread_asked = models.BooleanField(default=False)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="supersedes", db_index=False
    )
    bill_number = models.TextField(default="", blank=True, db_collation="C")
    taken_at = models.DateTimeField()
    taken_by_id = models.BigIntegerField(null=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="metering_reading_message"),
            models.UniqueConstraint(
                fields=["register", "read_date"],
                condition=Q(superseded_by__isnull=True, state__in=USABLE),
                name="metering_reading_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & Q(value__lt=10_000_000_000),
                name="metering_reading_value",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["raw", "valid", "exception", "final", "billed"])
                & Q(method__in=["actual", "estimated", "customer", "remote"]),
                name="metering_reading_keys",
            ),
            models.CheckConstraint(
                condition=(Q(state="billed") & ~Q(bill_number=""))
                | (~Q(state="billed") & Q(bill_number="")),
                name="metering_reading_billed_by",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="metering_reading_located",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("id")),
                name="metering_reading_not_itself",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["register", "read_date"], name="metering_reading_history"),
            models.Index(fields=["service_point", "-read_date"], name="metering_reading_point"),
            models.Index(
                fields=["register", "read_date"],
                condition=Q(state="billed"),
                name="metering_reading_of_bills",
            ),
            models.Index(
                fields=["register", "read_date"],
                condition=Q(state__in=["valid", "final"], superseded_by__isnull=True),
                name="metering_reading_unbilled",
            ),
            models.Index(
                fields=["organisation", "id"],
                condition=Q(state="exception", superseded_by__isnull=True),
                name="metering_reading_exceptions",
            ),
            models.Index(
                fields=["round", "state"],
                condition=Q(round__isnull=False, superseded_by__isnull=True),
                name="metering_reading_round",
            ),
            models.Index(
                fields=["round"],
                condition=Q(round__isnull=False, superseded_by__isnull=False),
                name="metering_reading_round_past",
            ),
            # Not by the state: as long as few are billed it would seem to find those of a
            # register as well as the index for that, and would go through all of them.
            models.Index(
                fields=["bill_number"],
                condition=~Q(bill_number=""),
                name="metering_reading_by_bill",
            ),
            models.Index(
                fields=["superseded_by"],
                condition=Q(superseded_by__isnull=False),
                name="metering_reading_superseded",
            ),
        ]


class ReadingChange(models.Model):
    """What became of a reading after it was taken: who did what, when and why. Append-only."""

    class Action(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("reading", "Accepted")
        EDITED = "edited", pgettext_lazy("reading", "Changed")
        REREAD = "reread", pgettext_lazy("reading", "To be read again")
        SUPERSEDED = "superseded", pgettext_lazy("reading", "Replaced")
        BILLED = "billed", pgettext_lazy("reading", "Billed")
        UNBILLED = "unbilled", pgettext_lazy("reading", "Bill taken back")
        STOPPED = "stopped", pgettext_lazy("reading", "Stopped: its intervals say otherwise")

    reading = models.ForeignKey(Reading, models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    action = models.TextField(choices=Action.choices)
    before = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    why = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        "accepted", "edited", "reread", "superseded", "billed", "unbilled",
                        "stopped",
                    ]
                ),
                name="metering_change_action",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=["accepted", "edited", "reread"]) | ~Q(why=""),
                name="metering_change_says_why",
            ),
        ]  # fmt: skip


class ReadingFinding(models.Model):
    """What a check found about a reading: what was seen and what was expected, figures by name."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="findings", db_index=False)
    rule = models.TextField(db_collation="C")
    severity = models.TextField()
    seen = models.JSONField(default=dict)
    expected = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading", "rule"], name="metering_finding_once"),
        ]


class UsageAdjustment(models.Model):
    """A use added on a day or taken off: a leak allowance, what a sub-meter counts. Append-only:
    what was wrong is taken off again by another one."""

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    register = models.ForeignKey(Register, models.PROTECT, related_name="adjustments")
    day = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    why = models.TextField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(why="") & ~Q(amount=0), name="metering_adjustment_whole"
            ),
        ]
