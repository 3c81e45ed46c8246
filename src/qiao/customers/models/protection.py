"""Who is protected, because of what, where, by which evidence and until when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.accounts import Premises
from qiao.customers.models.choices import ProtectedFlag
from qiao.customers.models.documents import Document
from qiao.customers.models.people import Customer


class Protection(models.Model):
    """A reason to protect a customer, at one place (`premises`) or wherever they are.

    It is in force from `since` until a person ends it. `until` is the first day after it, as far
    as the evidence goes; then it stays for a time of grace and beyond, but somebody must look.
    `stage` is how it stood when last looked at (`rules.protection`), `moves_on` the day on which
    it stands otherwise, `due_date` the first on which somebody has to look.

    Evidence is a document of the customer's file, or a certificate of which only the masked number
    is kept: who confirmed has seen it, on `seen_date`. The customer's `flags` follow by triggers.
    """

    class Stage(models.TextChoices):
        CLAIMED = "claimed", pgettext_lazy("protection", "Evidence awaited")
        IN_FORCE = "in_force", pgettext_lazy("protection", "In force")
        DUE = "due", pgettext_lazy("protection", "Due for review")
        GRACE = "grace", pgettext_lazy("protection", "Run out, in grace")
        OVERDUE = "overdue", pgettext_lazy("protection", "Grace is over")
        ENDED = "ended", pgettext_lazy("protection", "Ended")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="protections", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    kind = models.TextField(choices=ProtectedFlag.choices)
    premises = models.ForeignKey(
        Premises, models.PROTECT, null=True, related_name="protections", db_index=False
    )
    reason = models.TextField(default="", blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    grace_until = models.DateField(null=True)
    prove_by = models.DateField()
    review_date = models.DateField()
    due_date = models.DateField()
    stage = models.TextField(choices=Stage.choices)
    moves_on = models.DateField(null=True)
    claimed_at = models.DateTimeField()
    claimed_by_id = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", db_index=False
    )
    certificate = models.TextField(default="", blank=True)
    issuer = models.TextField(default="", blank=True)
    seen_date = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.BigIntegerField(null=True)
    end_reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ProtectedFlag.values), name="customers_protection_kind"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["claimed", "in_force", "due", "grace", "overdue", "ended"]),
                name="customers_protection_stage",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, grace_until__isnull=True)
                | Q(until__gt=F("since"), grace_until__gte=F("until")),
                name="customers_protection_days",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, document__isnull=True, seen_date=None)
                | Q(confirmed_at__isnull=False, seen_date__isnull=False)
                & (Q(document__isnull=False) | ~Q(issuer="")),
                name="customers_protection_proven",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") & ~Q(stage="ended")
                | Q(ended_at__isnull=False, stage="ended", moves_on=None) & ~Q(end_reason=""),
                name="customers_protection_ended_whole",
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "premises"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="customers_protection_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer"], name="customers_protection_of"),
            models.Index(
                fields=["premises"],
                condition=Q(premises__isnull=False),
                name="customers_protection_at",
            ),
            models.Index(
                fields=["due_date", "id"],
                condition=Q(stage__in=["due", "grace", "overdue"]),
                name="customers_protection_work",
            ),
            models.Index(
                fields=["moves_on", "id"],
                condition=Q(moves_on__isnull=False),
                name="customers_protection_moves",
            ),
        ]

    @property
    def is_proven(self) -> bool:
        """Whether somebody has seen evidence."""
        return self.confirmed_at is not None


class ProtectionStep(models.Model):
    """What became of a protection after it was claimed, with the words of whoever did it."""

    class Act(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("protection step", "Confirmed with evidence")
        EXTENDED = "extended", pgettext_lazy("protection step", "Extended")
        REMINDED = "reminded", pgettext_lazy("protection step", "Reminded the customer")
        MOVED = "moved", pgettext_lazy("protection step", "The customer moved out")
        CAME_DUE = "came_due", pgettext_lazy("protection step", "Came onto the list")
        ASKED = "asked", pgettext_lazy("protection step", "A second person was asked to end it")
        KEPT = "kept", pgettext_lazy("protection step", "The second person kept it")
        ENDED = "ended", pgettext_lazy("protection step", "Ended")

    protection = models.ForeignKey(
        Protection, models.CASCADE, related_name="steps", db_index=False
    )
    act = models.TextField(choices=Act.choices)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    words = models.TextField(default="", blank=True)
    until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["protection", "id"], name="customers_protectionstep_of")
        ]
