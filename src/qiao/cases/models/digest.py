"""Executives' daily digest: who reads, what was drawn, and what was decided."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class DigestReader(models.Model):
    """An executive who reads `count` complaints every working day, from `hour` on (local)."""

    staff = models.OneToOneField("staff.Staff", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    hour = models.SmallIntegerField(default=8)
    count = models.SmallIntegerField(default=5)
    since = models.DateField()
    until = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__range=(0, 23)) & Q(count__range=(1, 20)),
                name="cases_digest_reader_figures",
            ),
        ]


class Digest(models.Model):
    """One day's draw for one reader. `seed` and the candidates of `drawn_at` repeat it."""

    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    seed = models.BigIntegerField()
    candidates = models.IntegerField()
    drawn_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "day"], name="cases_digest_once_a_day"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "day"], name="cases_digest_by_unit"),
        ]


class DigestItem(models.Model):
    """A complaint of a digest and what the executive decided. An order has an owner and a day."""

    class Decision(models.TextChoices):
        AGREE = "agree"
        ORDER = "order"
        ASK = "ask"

    digest = models.ForeignKey(Digest, models.PROTECT, related_name="items", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="digested", db_index=False)
    place = models.SmallIntegerField()
    why = models.TextField()
    decision = models.TextField(default="")
    words = models.TextField(default="")
    owner = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    due_date = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_words = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "place"], name="cases_digest_place_once"),
            models.UniqueConstraint(fields=["digest", "case"], name="cases_digest_case_once"),
            models.CheckConstraint(
                condition=(Q(decision="") & Q(decided_at__isnull=True))
                | (Q(decision__in=["agree", "order", "ask"]) & Q(decided_at__isnull=False)),
                name="cases_digest_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["order", "ask"])
                | (Q(owner__isnull=False) & Q(due_date__isnull=False) & ~Q(words="")),
                name="cases_digest_order_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_date"],
                condition=Q(decision__in=["order", "ask"], done_at__isnull=True),
                name="cases_orders_open",
            ),
            models.Index(fields=["case"], name="cases_digest_of_case"),
        ]
