"""Who listened to whose call, how, from when until when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class CallWatch(models.Model):
    """Somebody in charge at somebody's call: one at a call, one call for each of them.

    `agent` had the call when it began; `mode` is how they hear it now, all changes stand in the
    call's log. `heard_at` is when their telephone was taken, `lease_until` is renewed by their
    browser: whoever is not heard of any more listens no longer. `why` says how it ended; before
    its end it says how it is about to.
    """

    class Mode(models.TextChoices):
        LISTEN = "listen", pgettext_lazy("listening in", "listens")
        WHISPER = "whisper", pgettext_lazy("listening in", "whispers to the agent")
        TALK = "talk", pgettext_lazy("listening in", "talks to both")

    class Why(models.TextChoices):
        STOPPED = "stopped", pgettext_lazy("end of listening", "They stopped")
        PUT_DOWN = "put_down", pgettext_lazy("end of listening", "They put the receiver down")
        UNANSWERED = "unanswered", pgettext_lazy("end of listening", "They did not answer")
        LOST = "lost", pgettext_lazy("end of listening", "Their page was closed")
        OVER = "over", pgettext_lazy("end of listening", "The call ended")
        TRANSFER = "transfer", pgettext_lazy("end of listening", "The call went to a queue")
        TAKEN_OVER = "taken_over", pgettext_lazy("end of listening", "They took the call over")
        GONE = "gone", pgettext_lazy("end of listening", "The call had gone before")

    call = models.ForeignKey("telephony.Call", models.PROTECT, related_name="watches")
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    mode = models.TextField(choices=Mode.choices)
    begun_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why = models.TextField(choices=Why.choices, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(ended_at__isnull=True), name="telephony_watched_once"
            ),
            models.UniqueConstraint(
                fields=["staff"], condition=Q(ended_at__isnull=True), name="telephony_watches_one"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | (Q(ended_at__gte=F("begun_at")) & ~Q(why="")),
                name="telephony_watch_ends",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["staff", "id"], name="telephony_watches_of")]
