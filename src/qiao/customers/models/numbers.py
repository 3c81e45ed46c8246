"""What came of calling customers' numbers, and the numbers they no longer have."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer, CustomerPhone


class PhoneAttempt(models.Model):
    """One call to a number of a customer, or what somebody said of it.

    `customer` and `number` are as recorded. `source` and `ref` name the record behind it: the
    same one noted twice is one attempt.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached", pgettext_lazy("call", "Reached")
        CONFIRMED = "confirmed", pgettext_lazy("call", "Confirmed by the customer")
        CALLED_US = "called_us", pgettext_lazy("call", "Called from it")
        REFUSED = "refused", pgettext_lazy("call", "Did not want to talk")
        BUSY = "busy", pgettext_lazy("call", "Busy")
        NO_ANSWER = "no_answer", pgettext_lazy("call", "No answer")
        NOT_IN_SERVICE = "not_in_service", pgettext_lazy("call", "Not in service")
        WRONG_PERSON = "wrong_person", pgettext_lazy("call", "Somebody else answers")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="phone_attempts", db_index=False
    )
    number = models.TextField(db_collation="C")
    extension = models.TextField(default="", blank=True)
    outcome = models.TextField(choices=Outcome.choices)
    at = models.DateTimeField()
    source = models.TextField(db_collation="C")
    ref = models.TextField(db_collation="C")
    staff_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "ref"], name="customers_attempt_once"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=[
                        "reached",
                        "confirmed",
                        "called_us",
                        "refused",
                        "busy",
                        "no_answer",
                        "not_in_service",
                        "wrong_person",
                    ]
                ),
                name="customers_attempt_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "number"], name="customers_attempt_of"),
        ]


class FormerPhone(models.Model):
    """A number that led to a customer until `until`, and why it no longer does; found as such."""

    class Reason(models.TextChoices):
        NOT_IN_SERVICE = "not_in_service", pgettext_lazy("former number", "Not in service")
        WRONG_PERSON = "wrong_person", pgettext_lazy("former number", "Somebody else's now")
        REPLACED = "replaced", pgettext_lazy("former number", "Replaced by another")
        ASKED = "asked", pgettext_lazy("former number", "At the customer's wish")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="former_phones", db_index=False
    )
    number = models.TextField(db_collation="C")
    extension = models.TextField(default="", blank=True)
    digits = models.TextField(db_collation="C")
    kind = models.TextField(choices=CustomerPhone.Kind.choices)
    label = models.TextField(default="", blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.TextField(choices=Reason.choices)
    staff_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["not_in_service", "wrong_person", "replaced", "asked"]),
                name="customers_former_reason",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("since")), name="customers_former_period"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-until"], name="customers_former_of"),
            models.Index(fields=["digits"], name="customers_former_whole"),
        ]
