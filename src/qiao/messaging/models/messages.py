"""A message and every attempt to bring it to its receiver."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.messaging.models.channels import PrintBatch
from qiao.messaging.models.notices import NoticeVersion


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor, permission: str = "messages.view") -> Self:
        """Messages of the organisations in which the actor may see messages."""
        return self.filter(organisation_id__in=actor.organisations(permission))


class Message(models.Model):
    """One text to one receiver on one channel, exactly as it leaves the house.

    It belongs to a subject of another module (``case``, 123), which the receiver knows by
    `reference`. `kind` names the occasion (``reply``, ``broadcast``, ``case_closed`` …), `purpose`
    the purpose of the customer's consent by which it may be sent. `due_at` is the moment before
    which it is not sent, `held_until` the one up to which its writer may take it back.
    `stop_url` is where its receiver says by one press that they want no more of its kind.
    `message_ref` is the Message-ID of the e-mail, `receipt` what the other side answered.
    `is_told` says that other modules know its end. See `rules.states` for what follows on what.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", pgettext_lazy("message channel", "Email")
        LETTER = "letter", pgettext_lazy("message channel", "Letter")

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("message", "May be taken back")
        QUEUED = "queued", pgettext_lazy("message", "Waits to be sent")
        SENDING = "sending", pgettext_lazy("message", "Being sent")
        PRINTED = "printed", pgettext_lazy("message", "In a batch for printing")
        SENT = "sent", pgettext_lazy("message", "Sent")
        DELIVERED = "delivered", pgettext_lazy("message", "Arrived")
        BOUNCED = "bounced", pgettext_lazy("message", "Came back")
        FAILED = "failed", pgettext_lazy("message", "Failed")
        UNKNOWN = "unknown", pgettext_lazy("message", "Perhaps sent")
        CANCELLED = "cancelled", pgettext_lazy("message", "Cancelled")
        SKIPPED = "skipped", pgettext_lazy("message", "Not sent")

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="messages", db_index=False
    )
    staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.TextField(choices=Channel.choices)
    kind = models.TextField()
    purpose = models.TextField()
    is_emergency = models.BooleanField(default=False)
    is_automatic = models.BooleanField()
    subject_kind = models.TextField(default="", blank=True)
    subject_id = models.BigIntegerField(null=True)
    to_name = models.TextField(default="", blank=True)
    to_address = models.TextField(default="", blank=True)
    language = models.TextField()
    notice_version = models.ForeignKey(
        NoticeVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reference = models.TextField(default="", db_default="", blank=True)
    title = models.TextField()
    body = models.TextField()
    stop_url = models.TextField(default="", db_default="", blank=True)
    state = models.TextField(choices=State.choices)
    reason = models.TextField(default="", blank=True)
    held_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    attempt_count = models.SmallIntegerField(default=0)
    message_ref = models.TextField()
    receipt = models.TextField(default="", blank=True)
    key = models.TextField(null=True)  # noqa: DJ001 - unique where there is one
    print_batch = models.ForeignKey(
        PrintBatch, models.PROTECT, null=True, related_name="letters", db_index=False
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_told = models.BooleanField(default=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["email", "letter"]), name="messaging_message_channel"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "held",
                        "queued",
                        "sending",
                        "printed",
                        "sent",
                        "delivered",
                        "bounced",
                        "failed",
                        "unknown",
                        "cancelled",
                        "skipped",
                    ]
                ),
                name="messaging_message_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "queued", "sending", "printed"], ended_at=None)
                | Q(
                    state__in=[
                        "sent",
                        "delivered",
                        "bounced",
                        "failed",
                        "unknown",
                        "cancelled",
                        "skipped",
                    ],
                    ended_at__isnull=False,
                ),
                name="messaging_message_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False),
                name="messaging_message_held_until",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False),
                name="messaging_message_sent_at",
            ),
            models.UniqueConstraint(fields=["message_ref"], name="messaging_message_ref"),
            models.UniqueConstraint(fields=["key"], name="messaging_message_key"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state__in=["held", "queued"]),
                name="messaging_message_due",
            ),
            models.Index(
                fields=["channel"],
                condition=Q(state="sending"),
                name="messaging_message_claimed",
            ),
            models.Index(
                fields=["id"],
                condition=Q(is_told=False, ended_at__isnull=False),
                name="messaging_message_untold",
            ),
            models.Index(
                fields=["organisation", "state", "-id"], name="messaging_message_outbox"
            ),
            models.Index(
                fields=["customer", "-created_at"],
                condition=Q(customer__isnull=False),
                name="messaging_message_of",
            ),
            models.Index(
                fields=["subject_kind", "subject_id", "-id"], name="messaging_message_about"
            ),
            models.Index(
                fields=["to_address", "-created_at"],
                condition=Q(is_automatic=True, channel="email"),
                name="messaging_message_loops",
            ),
            models.Index(
                fields=["print_batch"],
                condition=Q(print_batch__isnull=False),
                name="messaging_message_printed",
            ),
        ]  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether it has not come to its end."""
        return self.ended_at is None


class Attempt(models.Model):
    """One thing that was done to bring a message to its receiver, and what came of it.

    Append-only. ``begun`` is written before the text is handed over: where nothing follows it, the
    message may or may not have been taken. `words` are the other side's, its receiver left out.
    """

    class What(models.TextChoices):
        BEGUN = "begun", pgettext_lazy("attempt", "Handing over")
        ACCEPTED = "accepted", pgettext_lazy("attempt", "Taken by the mail server")
        DEFERRED = "deferred", pgettext_lazy("attempt", "Not now")
        REFUSED = "refused", pgettext_lazy("attempt", "Refused")
        UNKNOWN = "unknown", pgettext_lazy("attempt", "No answer: perhaps taken")
        CANCELLED = "cancelled", pgettext_lazy("attempt", "Cancelled")
        AGAIN = "again", pgettext_lazy("attempt", "Queued again")
        PRINTED = "printed", pgettext_lazy("attempt", "Put into a batch for printing")
        POSTED = "posted", pgettext_lazy("attempt", "Posted")
        RETURNED = "returned", pgettext_lazy("attempt", "Came back")

    message = models.ForeignKey(Message, models.PROTECT, related_name="attempts", db_index=False)
    channel = models.TextField()
    what = models.TextField(choices=What.choices)
    at = models.DateTimeField()
    code = models.IntegerField(null=True)
    words = models.TextField(default="", blank=True)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["message", "id"], name="messaging_attempt_of"),
            models.Index(
                fields=["channel", "-at"],
                condition=Q(what="begun"),
                name="messaging_attempt_rate",
            ),
        ]
