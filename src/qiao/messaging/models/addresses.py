"""E-mail addresses of customers, and what came of writing to them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import pgettext_lazy

ADDRESS = r"^[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+$"


class EmailAddress(models.Model):
    """An address of a customer. A server that refuses it for good makes it doubtful: nothing goes
    there any more until somebody confirms it. Letters go to the premises of their account."""

    class Standing(models.TextChoices):
        GOOD = "", pgettext_lazy("address", "Good")
        DOUBTFUL = "doubtful", pgettext_lazy("address", "Doubtful")

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="emails", db_index=False
    )
    address = models.TextField()
    is_primary = models.BooleanField(default=False)
    standing = models.TextField(choices=Standing.choices, default="", blank=True)
    standing_since = models.DateTimeField(null=True)
    standing_reason = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("customer", Lower("address"), name="messaging_email_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_primary=True), name="messaging_email_primary"
            ),
            models.CheckConstraint(
                condition=Q(address__regex=ADDRESS), name="messaging_email_address"
            ),
            models.CheckConstraint(
                condition=Q(standing="", standing_since__isnull=True)
                | Q(standing="doubtful", standing_since__isnull=False),
                name="messaging_email_standing",
            ),
        ]
        indexes: ClassVar = [models.Index(Lower("address"), name="messaging_email_whose")]

    def __str__(self) -> str:
        return self.address
