"""Which meter hung at which service point, and when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from qiao.customers.models.accounts import ServicePoint


class MeterInstallation(models.Model):
    """A meter at a service point during a period whose end is exclusive; one meter at a time.

    A period without a beginning was there when the point was taken in. `meter_search` is the
    number as it is looked up: capital letters and digits only. Readings are in the unit of the
    register (m³, kWh), as they stood on the day it was hung and on the day it was taken down.

    A trigger hangs the first meter when a point is added, whatever code adds it; an exchange ends
    one row and begins the next. The point keeps the present meter for lists and searches.
    """

    service_point = models.ForeignKey(
        ServicePoint, models.CASCADE, related_name="installations", db_constraint=False
    )
    meter_number = models.TextField(db_collation="C")
    meter_search = models.GeneratedField(
        expression=Func(
            Func(
                F("meter_number"),
                Value("[^0-9A-Za-z]"),
                Value(""),
                Value("g"),
                function="regexp_replace",
            ),
            function="upper",
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    meter_size = models.TextField(default="", blank=True)
    is_remote = models.BooleanField(default=False)
    period = DateRangeField()
    opening_reading = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    closing_reading = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_meter_one_at_a_time",
                expressions=[
                    ("service_point", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=~Q(meter_number="") & Q(period__isempty=False),
                name="customers_meter_whole",
            ),
            models.CheckConstraint(
                condition=(Q(opening_reading__isnull=True) | Q(opening_reading__gte=0))
                & (Q(closing_reading__isnull=True) | Q(closing_reading__gte=0)),
                name="customers_meter_readings",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["meter_search"], name="customers_meter_search")]
