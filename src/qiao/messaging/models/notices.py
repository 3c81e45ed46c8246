"""The texts of notices: one for each occasion, in versions, by unit where they differ."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class NoticeText(models.Model):
    """What customers are told on an occasion (`qiao.core.manifest.NoticeOccasion`), in versions.

    Without an organisation it is the text of a pack (`pack`); a unit's own goes before it.
    """

    occasion = models.TextField()
    pack = models.TextField(default="", blank=True)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    purpose = models.TextField(default="service")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "pack", "organisation"],
                nulls_distinct=False,
                name="messaging_notice_once",
            )
        ]


class NoticeVersion(models.Model):
    """The words of a notice by language (``{"zh-Hans": {"title": …, "body": …}}``).

    A draft waits for a second person; a published version is never changed.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("notice", "Waits for a second person")
        PUBLISHED = "published", pgettext_lazy("notice", "In use")
        RETIRED = "retired", pgettext_lazy("notice", "Replaced")
        REFUSED = "refused", pgettext_lazy("notice", "Refused")

    notice = models.ForeignKey(NoticeText, models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    texts = models.JSONField()
    state = models.TextField(choices=State.choices)
    reason = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "number"], name="messaging_noticeversion_once"
            ),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(state="published"),
                name="messaging_noticeversion_in_use",
            ),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(state="pending"),
                name="messaging_noticeversion_pending",
            ),
        ]
        indexes: ClassVar = []
