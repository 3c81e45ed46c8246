"""Requests by law about a person: to be forgotten, and to see all that is held."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class Erasure(models.Model):
    """A request to erase a person, and once it is done the certificate of it.

    `counts` holds rows by the keys of `PersonalData.counted`, `files` the contents that still have
    to leave the disk; they are empty once that is done. `pseudonym` stands for the name since.
    """

    class Basis(models.TextChoices):
        REQUEST = "request", pgettext_lazy("erasure basis", "The person asks for it")
        CONSENT = "consent", pgettext_lazy("erasure basis", "Consent was withdrawn")
        PURPOSE = "purpose", pgettext_lazy("erasure basis", "The purpose has ended")
        UNLAWFUL = "unlawful", pgettext_lazy("erasure basis", "It was kept unlawfully")
        ORDER = "order", pgettext_lazy("erasure basis", "An authority orders it")

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("erasure", "Waits for a second person")
        APPROVED = "approved", pgettext_lazy("erasure", "Being erased")
        REFUSED = "refused", pgettext_lazy("erasure", "Refused")
        HINDERED = "hindered", pgettext_lazy("erasure", "Stopped by a hinder")
        DONE = "done", pgettext_lazy("erasure", "Erased")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="erasures", db_index=False)
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    basis = models.TextField(choices=Basis.choices)
    reason = models.TextField()
    state = models.TextField(choices=State.choices, default=State.REQUESTED)
    approval_id = models.BigIntegerField(unique=True)
    requested_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True)
    pseudonym = models.TextField(default="", blank=True)
    counts = models.JSONField(default=dict)
    files = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="customers_erasure_reason"),
            models.CheckConstraint(
                condition=Q(basis__in=["request", "consent", "purpose", "unlawful", "order"]),
                name="customers_erasure_basis",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="customers_erasure_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_by__isnull=True, done_at__isnull=True)
                | Q(
                    state__in=["approved", "refused", "hindered"],
                    decided_by__isnull=False,
                    done_at__isnull=True,
                )
                | (
                    Q(state="done", decided_by__isnull=False, done_at__isnull=False)
                    & ~Q(pseudonym="")
                ),
                name="customers_erasure_state",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["requested", "approved", "done"]),
                name="customers_erasure_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "id"], name="customers_erasure_by_unit"),
            models.Index(fields=["customer", "id"], name="customers_erasure_of"),
        ]


class SubjectExport(models.Model):
    """All that is held about a person, packed for them. The file goes at `expires_at`."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("subject access", "Being put together")
        READY = "ready", pgettext_lazy("subject access", "Ready")
        REMOVED = "removed", pgettext_lazy("subject access", "Removed")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="subject_exports", db_index=False
    )
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    reason = models.TextField()
    language = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size_bytes = models.BigIntegerField(default=0)
    taken_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="customers_subject_reason"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, expires_at__isnull=False),
                name="customers_subject_ready",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "id"], name="customers_subject_of"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="ready"),
                name="customers_subject_expiring",
            ),
        ]
