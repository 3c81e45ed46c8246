"""How channels stand, what is printed together, and kept counts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ChannelStanding(models.Model):
    """What a channel's last attempts came to. With `open_until` in the future nothing is tried:
    the other side is down or refuses everything, for the reason `words`."""

    channel = models.TextField(primary_key=True)
    failures = models.IntegerField(default=0)
    down_since = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    cause = models.TextField(default="", blank=True)
    words = models.TextField(default="", blank=True)
    refused_in_a_row = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)


class PrintBatch(models.Model):
    """Letters of one unit that are printed as one file and posted together."""

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    letter_count = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    printed_at = models.DateTimeField(null=True)
    printed_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    print_count = models.IntegerField(default=0)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(letter_count__gt=0), name="messaging_batch_has_letters"
            ),
            models.CheckConstraint(
                condition=Q(posted_at__isnull=True) | Q(printed_at__isnull=False),
                name="messaging_batch_printed_first",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="messaging_batch_of")
        ]


class MessageCount(models.Model):
    """A kept count: `view` and `holder` tell of what, `day` when; see `core.kept`."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder"], name="messaging_count_once"
            )
        ]


class MessageCountChange(models.Model):
    """A change of a kept count that is not folded in yet."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.IntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["view", "organisation_id"], name="messaging_countchange_view")
        ]
