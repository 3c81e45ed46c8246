"""Voice menus, version by version, and calls that are owed to somebody."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.telephony.models.calls import Call


class VoiceMenu(models.Model):
    """A published version of a voice menu; the newest of a key is in service. Append-only.

    `data` is what `rules.menu_data` writes. One that a pack brought has no publisher.
    """

    key = models.TextField(db_collation="C")
    version = models.IntegerField()
    data = models.JSONField()
    digest = models.TextField(db_collation="C")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="telephony_menu_version")
        ]


class VoiceMenuDraft(models.Model):
    """A voice menu as somebody would have it, begun from a version; one of a menu is open at a
    time. It may hold faults: only publishing refuses them. `revision` grows with every save.
    """

    class State(models.TextChoices):
        OPEN = "open"
        PUBLISHED = "published"
        DROPPED = "dropped"

    key = models.TextField(db_collation="C")
    data = models.JSONField()
    based_on = models.ForeignKey(VoiceMenu, models.PROTECT, related_name="+", db_index=False)
    published = models.ForeignKey(
        VoiceMenu, models.PROTECT, null=True, related_name="+", db_index=False
    )
    revision = models.IntegerField(default=1)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    begun_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="open"), name="telephony_menudraft_open"
            ),
            models.CheckConstraint(
                condition=Q(state="published", published__isnull=False)
                | (Q(state__in=["open", "dropped"]) & Q(published__isnull=True)),
                name="telephony_menudraft_state",
            ),
        ]


class OwedCallQuerySet(models.QuerySet["OwedCall"]):
    """Reads; what somebody may see of them depends on the queues that they serve, see
    `queries.owed`."""

    def open(self) -> Self:
        """Those that are still owed."""
        return self.filter(state=OwedCall.State.OPEN)


class OwedCall(models.Model):
    """A call that we owe somebody: they left a message, asked to be called back, or gave up
    waiting. `since` keeps their place; `due_at` is what was promised, or what we ask of ourselves.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", pgettext_lazy("owed call", "Left a message")
        CALLBACK = "callback", pgettext_lazy("owed call", "Asked to be called back")
        ABANDONED = "abandoned", pgettext_lazy("owed call", "Gave up waiting")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("owed call", "Owed")
        DONE = "done", pgettext_lazy("owed call", "Reached")
        DROPPED = "dropped", pgettext_lazy("owed call", "Given up")

    number = models.TextField(unique=True, db_collation="C")
    kind = models.TextField(choices=Kind.choices)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    call = models.ForeignKey(Call, models.PROTECT, related_name="owed")
    phone = models.TextField(db_collation="C")
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="+", db_index=False
    )
    queue = models.TextField()
    language = models.TextField(default="", blank=True)
    recording = models.TextField(default="", blank=True)
    seconds = models.IntegerField(default=0)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    interaction = models.ForeignKey(
        "contact.Interaction", models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    why = models.TextField(default="", blank=True)

    objects = OwedCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="telephony_owed_ends",
            ),
            # Whoever gave up and calls again waits once; a message is another matter.
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(state="open") & ~Q(kind="message"),
                name="telephony_owed_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="open"), name="telephony_owed_due"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_taken(self) -> bool:
        """Whether somebody sees to it: they have the contact that returns it at hand."""
        at_hand = self.interaction is not None and self.interaction.is_at_hand
        return self.taken_by_id is not None and at_hand
