"""The registers of meters, and how many times a difference on them counts."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class RegisterQuerySet(models.QuerySet["Register"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Registers of the organisations in which the actor may see readings."""
        return self.filter(organisation__in=list(actor.organisations("metering.view")))


class Register(models.Model):
    """A register of a meter that hangs, or hung, at a service point.

    `digits` stand before the point, `decimals` behind it; `unit` is what it counts. `period` names
    the hours that a register of time-of-use counts, such as ``peak``. One whose meter was never
    hung after all (an exchange taken back) is `removed`: its readings count no more.

    It follows from the meter and the account; `installation_id` is a plain number, since taking an
    exchange back removes that row.
    """

    class Kind(models.TextChoices):
        TOTAL = "total", pgettext_lazy("register", "Total")
        PERIOD = "period", pgettext_lazy("register", "Time of use")
        DEMAND = "demand", pgettext_lazy("register", "Demand")

    installation_id = models.BigIntegerField()
    service_point = models.ForeignKey(
        "customers.ServicePoint", models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    service = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices, default=Kind.TOTAL)
    period = models.TextField(default="", blank=True, db_collation="C")
    digits = models.SmallIntegerField()
    decimals = models.SmallIntegerField(default=0)
    unit = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["installation_id", "kind", "period"], name="metering_register_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["total", "period", "demand"])
                & Q(digits__range=(1, 10), decimals__range=(0, 4)),
                name="metering_register_form",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["service_point"], name="metering_register_point"),
        ]


class RegisterMultiplier(models.Model):
    """How many times a difference counts (倍率) from a day on; once where nothing is said.

    `source` says by which document: a changed transformer, a test.
    """

    register = models.ForeignKey(
        Register, models.CASCADE, related_name="multipliers", db_constraint=False
    )
    valid_from = models.DateField()
    factor = models.DecimalField(max_digits=14, decimal_places=6)
    source = models.TextField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "valid_from"], name="metering_multiplier_once"
            ),
            models.CheckConstraint(
                condition=Q(factor__gt=0) & ~Q(source=""), name="metering_multiplier_whole"
            ),
        ]
