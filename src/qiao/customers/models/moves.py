"""Accounts handed over: who left, who came, on which day, with which reading."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.customers.models.accounts import Account, AccountParty
from qiao.customers.models.people import Customer


class MoveQuerySet(models.QuerySet["Move"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Moves of accounts in whose organisations the actor may see customers."""
        return self.filter(organisation__in=list(actor.organisations("customers.view")))


class Move(models.Model):
    """A hand-over of an account (过户, 迁入迁出) on `hand_over_date`, the first day of who comes.

    Readings are in the unit of the register; the last one of who leaves and the first one of who
    comes are the same unless the meter was exchanged between them. A move that was taken back
    stays, with who did it and why. `taught_phone_id` is the telephone number that a forwarding
    number became; empty where the customer had it already.
    """

    number = models.TextField(db_collation="C")
    account = models.ForeignKey(Account, models.PROTECT, related_name="moves", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    hand_over_date = models.DateField()
    final_reading = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    opening_reading = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    forwarding_address = models.TextField(default="", blank=True)
    forwarding_phone = models.TextField(default="", blank=True, db_collation="C")
    taught_phone_id = models.BigIntegerField(null=True)
    note = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    made_date = models.DateField()
    made_by_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undo_reason = models.TextField(default="", blank=True)

    objects = MoveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_move_number"),
            models.CheckConstraint(
                condition=(Q(final_reading__isnull=True) | Q(final_reading__gte=0))
                & (Q(opening_reading__isnull=True) | Q(opening_reading__gte=0)),
                name="customers_move_readings",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undo_reason="")
                | (Q(undone_at__isnull=False) & ~Q(undo_reason="")),
                name="customers_move_undone_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "hand_over_date"], name="customers_move_account")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_backdated(self) -> bool:
        """Whether it was entered after the day on which it took place."""
        return self.hand_over_date < self.made_date


class MoveParty(models.Model):
    """A part that a move ended or began. `until_before` is the end that the part had before.

    `party_id` is the part's row; a move that was taken back has removed those it began.
    """

    class Side(models.TextChoices):
        LEFT = "left", pgettext_lazy("move", "Moves out")
        CAME = "came", pgettext_lazy("move", "Moves in")

    move = models.ForeignKey(Move, models.PROTECT, related_name="parties", db_index=False)
    side = models.TextField(choices=Side.choices)
    party_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="moves", db_index=False)
    role = models.TextField(choices=AccountParty.Role.choices)
    until_before = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["move", "party_id"], name="customers_moveparty_once"),
            models.CheckConstraint(
                condition=Q(side__in=["left", "came"]), name="customers_moveparty_side"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer"], name="customers_moveparty_customer")
        ]
