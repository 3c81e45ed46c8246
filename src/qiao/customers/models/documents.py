"""The customer's file: papers, pictures and letters, found by what they say."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class Document(models.Model):
    """One version of a document. The one that replaced it is named by `replaced_by`.

    `search` is the folded title, note and text, `grams` its two-character pieces; they are filled
    by a job after `read_at`.
    """

    class Kind(models.TextChoices):
        CONTRACT = "contract", pgettext_lazy("document kind", "Contract")
        IDENTITY = "identity", pgettext_lazy("document kind", "Copy of an identity document")
        PHOTO = "photo", pgettext_lazy("document kind", "Photo")
        LETTER = "letter", pgettext_lazy("document kind", "Letter")
        AUTHORISATION = "authorisation", pgettext_lazy("document kind", "Authorisation")
        METER = "meter", pgettext_lazy("document kind", "Meter protocol")
        OTHER = "other", pgettext_lazy("document kind", "Other")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="documents", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    title = models.TextField()
    note = models.TextField(default="", blank=True)
    dated = models.DateField()
    expires = models.DateField(null=True)
    attachment_id = models.BigIntegerField(unique=True)
    content_type = models.TextField()
    size_bytes = models.BigIntegerField()
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaces", db_index=False
    )
    search = models.TextField(default="", blank=True, db_collation="C")
    grams = ArrayField(models.TextField(), default=list)
    read_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="customers_document_title"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "contract",
                        "identity",
                        "photo",
                        "letter",
                        "authorisation",
                        "meter",
                        "other",
                    ]
                ),
                name="customers_document_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-dated", "-id"], name="customers_document_of"),
            GinIndex(fields=["grams"], name="customers_document_grams"),
            models.Index(
                fields=["expires"],
                condition=Q(expires__isnull=False, replaced_by__isnull=True),
                name="customers_document_ends",
            ),
        ]
