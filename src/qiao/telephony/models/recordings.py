"""Recordings of calls, from the switch to where they are kept, and why some are kept longer."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from qiao.telephony.models.calls import Call


class CallRecording(models.Model):
    """A recording of a talk, or a message that was left; written with the call's log.

    `name` is the switch's. `queue` is that of the call when it began; `keep_days` is how long its
    pack keeps such recordings, None for as long as the company does. `seconds` is what the switch
    told, `sound_seconds` what came. `tries` counts those in vain, `trouble` says what the last one
    came to: ``missing``, ``damaged``, ``not_made``, ``too_large``, ``down``. `next_at` is when a
    job sees to it, None where nothing is to be done. `is_at_switch` holds until it was let go
    there.
    """

    class Kind(models.TextChoices):
        TALK = "talk", pgettext_lazy("recording", "Talk")
        MESSAGE = "message", pgettext_lazy("recording", "Message")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("recording", "Is being recorded")
        DUE = "due", pgettext_lazy("recording", "Is being fetched")
        KEPT = "kept", pgettext_lazy("recording", "Kept")
        LOST = "lost", pgettext_lazy("recording", "Lost at the switch")
        REMOVED = "removed", pgettext_lazy("recording", "Removed")

    class Gone(models.TextChoices):
        PERIOD = "period", pgettext_lazy("recording", "Its time is over")
        PERSON = "person", pgettext_lazy("recording", "Erased with the person")

    name = models.TextField(unique=True, db_collation="C")
    call = models.ForeignKey(Call, models.PROTECT, related_name="recordings")
    kind = models.TextField(choices=Kind.choices)
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    queue = models.TextField(default="", blank=True)
    keep_days = models.IntegerField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    seconds = models.IntegerField(default=0)
    sound_seconds = models.FloatField(default=0)
    attachment_id = models.BigIntegerField(null=True)
    tries = models.SmallIntegerField(default=0)
    trouble = models.TextField(default="", blank=True)
    next_at = models.DateTimeField(null=True)
    is_at_switch = models.BooleanField(default=True)
    removed_at = models.DateTimeField(null=True)
    gone_by = models.TextField(choices=Gone.choices, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="kept", attachment_id__isnull=False)
                | (~Q(state="kept") & Q(attachment_id__isnull=True)),
                name="telephony_recording_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(state="removed", removed_at__isnull=False)
                | (~Q(state="removed") & Q(removed_at__isnull=True, gone_by="")),
                name="telephony_recording_is_gone",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(state__in=["running", "removed", "lost"]),
                name="telephony_recording_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False),
                name="telephony_recordings_due",
            ),
            models.Index(
                fields=["began_at"], condition=Q(state="running"), name="telephony_recordings_run"
            ),
            models.Index(
                Coalesce("ended_at", "began_at"),
                condition=Q(state="kept") | Q(state="lost", is_at_switch=True),
                name="telephony_recordings_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecordingHold(models.Model):
    """Why a recording is kept however old it is. One at a time; who let it go stands beside."""

    class Why(models.TextChoices):
        DISPUTE = "dispute", pgettext_lazy("hold of a recording", "Dispute")
        QUALITY = "quality", pgettext_lazy("hold of a recording", "Quality, training")
        LAWSUIT = "lawsuit", pgettext_lazy("hold of a recording", "Lawsuit")

    recording = models.ForeignKey(
        CallRecording, models.PROTECT, related_name="holds", db_index=False
    )
    why = models.TextField(choices=Why.choices)
    note = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recording"],
                condition=Q(released_at__isnull=True),
                name="telephony_held_once",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__gte=F("placed_at"), released_by__isnull=False),
                name="telephony_hold_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recording", "id"], name="telephony_holds_of"),
        ]
