"""Remote heads of meters that send by a broker, and messages of theirs that were put aside."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class HeadEndQuerySet(models.QuerySet["HeadEnd"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Head-ends of the units in which the actor may take readings in."""
        return self.filter(organisation__in=list(actor.organisations("metering.read")))


class HeadEnd(models.Model):
    """A head-end: which topics of the broker are its, and as whom what it sends is taken in.

    It acts as a technical member of staff, as programs do, in its unit and all below. Topic and
    unit stay: another topic is another head-end.
    """

    class Form(models.TextChoices):
        JSON = "json", _("JSON, as programs send it")
        DLMS = "dlms", _("DLMS/COSEM frames")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    account = models.OneToOneField("staff.Staff", models.PROTECT, related_name="+")
    name = models.TextField()
    topic = models.TextField(db_collation="C", unique=True)
    form = models.TextField(choices=Form.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    objects = HeadEndQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=["json", "dlms"]) & ~Q(topic=""), name="metering_headend_keys"
            ),
        ]


class HeadEndFigures(models.Model):
    """What a head-end sent so far: messages, and what became of their readings and intervals."""

    head_end = models.OneToOneField(
        HeadEnd, models.CASCADE, primary_key=True, related_name="figures"
    )
    last_message_at = models.DateTimeField(null=True)
    message_count = models.BigIntegerField(default=0)
    taken_count = models.BigIntegerField(default=0)
    known_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)


class AsideMessageQuerySet(models.QuerySet["AsideMessage"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Messages for the units in which the actor may take readings in."""
        return self.filter(organisation__in=list(actor.organisations("metering.read")))


class AsideMessage(models.Model):
    """A message that could not be taken in, or not wholly, as it was told: kept until somebody
    lets it be tried again, or lets it go. One that is told again is the same row.

    `left` names what of it is not taken in yet, places from 1 on: ``{"readings": [3]}``; null is
    all of it. `faults` say what is wrong: where, field, code, what was seen and what expected. A
    payload that is too large is `is_cut`, and cannot be tried again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message put aside", "Put aside")
        TAKEN = "taken", pgettext_lazy("message put aside", "Taken in after all")
        DROPPED = "dropped", pgettext_lazy("message put aside", "Let go")

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    head_end = models.ForeignKey(HeadEnd, models.PROTECT, null=True, related_name="aside")
    topic = models.TextField()
    payload = models.BinaryField()
    size_bytes = models.IntegerField()
    digest = models.TextField(db_collation="C", unique=True)
    is_cut = models.BooleanField(default=False)
    reason = models.TextField(db_collation="C")
    faults = models.JSONField(default=list)
    left = models.JSONField(null=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    told_count = models.IntegerField(default=1)
    tried_count = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    last_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(null=True)

    objects = AsideMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken", "dropped"]),
                name="metering_aside_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "state", "-id"], name="metering_aside_list"),
            models.Index(
                fields=["done_at"],
                condition=Q(done_at__isnull=False),
                name="metering_aside_done",
            ),
        ]


class ListenerState(models.Model):
    """What the listener of the broker says of itself: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    broker = models.TextField(default="")
    seen_at = models.DateTimeField()
    connected_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    waiting_count = models.IntegerField(default=0)
    error = models.TextField(default="")
    error_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="metering_listener_one")]
