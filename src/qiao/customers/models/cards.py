"""Cards by which other systems' desks name a customer: a hospital's, a prepaid meter's."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class Card(models.Model):
    """A card held by a customer during a period whose end is exclusive.

    `number` is kept as capital letters and digits, without spaces and dashes. A number of one kind
    belongs to one customer at a time; a lost card ends and its number may be given out again.
    """

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", pgettext_lazy("card kind", "Hospital card")
        HEALTH = "health", pgettext_lazy("card kind", "Health insurance card")
        WATER_IC = "water_ic", pgettext_lazy("card kind", "Water meter card")
        GAS_IC = "gas_ic", pgettext_lazy("card kind", "Gas meter card")
        POWER_IC = "power_ic", pgettext_lazy("card kind", "Power meter card")
        MEMBER = "member", pgettext_lazy("card kind", "Membership card")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="cards", db_index=False)
    kind = models.TextField(choices=Kind.choices)
    number = models.TextField(db_collation="C")
    period = DateRangeField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_card_one_holder",
                expressions=[
                    ("number", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["hospital", "health", "water_ic", "gas_ic", "power_ic", "member"]
                ),
                name="customers_card_kind",
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9A-Z]{4,40}$"), name="customers_card_number_form"
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_card_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["number"], name="customers_card_number"),
            models.Index(fields=["customer"], name="customers_card_customer"),
        ]
