"""Score cards with their versions, and the plans by which finished work is drawn."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class ScoreCard(models.Model):
    """What work of one kind is judged by; `subject` is the kind's key, such as ``case``."""

    key = models.TextField(unique=True)
    names = models.JSONField()
    subject = models.TextField()
    pack = models.TextField(default="", blank=True)
    is_active = models.BooleanField(default=True)


class ScoreCardVersion(models.Model):
    """A card as it is or was judged by (`feedback.rules.score_cards`): a draft, or published and
    never changed again. `edition` is that of the pack it came from, 0 of the house's own."""

    card = models.ForeignKey(ScoreCard, models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    content = models.JSONField()
    edition = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="feedback_cardversion_once"),
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(published_at__isnull=True),
                name="feedback_cardversion_one_draft",
            ),
        ]


class SamplePlan(models.Model):
    """What of the finished work of a unit (and all below it) is judged every week.

    ``person``: `amount` pieces of each person; ``share``: `amount` percent; the others: all with
    a bad rating, all reopened, all complaints. `team`, `person` and `kind_key` narrow it down.
    `second_percent` of what is drawn is judged twice, blind.
    """

    class Basis(models.TextChoices):
        PERSON = "person", pgettext_lazy("sample plan", "So many of each person")
        SHARE = "share", pgettext_lazy("sample plan", "A share of all")
        BAD_RATING = "bad_rating", pgettext_lazy("sample plan", "All with a bad rating")
        REOPENED = "reopened", pgettext_lazy("sample plan", "All that were reopened")
        COMPLAINTS = "complaints", pgettext_lazy("sample plan", "All complaints")

    title = models.TextField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    card = models.ForeignKey(ScoreCard, models.PROTECT, related_name="+", db_index=False)
    basis = models.TextField(choices=Basis.choices)
    amount = models.SmallIntegerField(null=True)
    team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind_key = models.TextField(default="", blank=True)
    second_percent = models.SmallIntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(basis="person", amount__gte=1, amount__lte=20)
                | Q(basis="share", amount__gte=1, amount__lte=100)
                | Q(basis__in=["bad_rating", "reopened", "complaints"], amount__isnull=True),
                name="feedback_plan_amount",
            ),
            models.CheckConstraint(
                condition=Q(second_percent__gte=0, second_percent__lte=100),
                name="feedback_plan_second",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="feedback_plan_days",
            ),
        ]


class SampleDraw(models.Model):
    """One draw of a plan: the week, the seed and the pool, so that it can be drawn again.

    `pool` are the ids of all pieces that could have been drawn, `drawn` those that were. Its rows
    are append-only.
    """

    plan = models.ForeignKey(SamplePlan, models.PROTECT, related_name="draws", db_index=False)
    week = models.DateField()
    seed = models.BigIntegerField()
    at = models.DateTimeField()
    pool = ArrayField(models.BigIntegerField())
    drawn = ArrayField(models.BigIntegerField())
    unjudged = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "week"], name="feedback_draw_once_a_week")
        ]
