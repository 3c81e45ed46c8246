"""Articles: what the house knows, versioned, agreed to by a second person."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.knowledge.models.texts import units_of


class ArticleQuerySet(models.QuerySet["Article"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Articles of the whole company and of the units that the actor stands in."""
        return self.filter(Q(organisation__isnull=True) | Q(organisation_id__in=units_of(actor)))


class Article(models.Model):
    """An article as it is published now; `version` 0 was never published.

    Without an `organisation` it belongs to the whole company. `emergency_first` stands above all
    others that fit. `pack`, `edition` and `is_edited` as for a text module.
    """

    key = models.TextField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    category = models.TextField()
    emergency_first = models.BooleanField(default=False)
    case_types = ArrayField(models.TextField(), default=list)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    version = models.IntegerField(default=0)
    titles = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    words = models.TextField(default="")
    pack = models.TextField(default="")
    edition = models.IntegerField(default=0)
    is_edited = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    title_search = models.TextField(default="")
    search_text = models.TextField(default="")
    spellings = models.TextField(default="")
    grams = ArrayField(models.TextField(), default=list)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "organisation"], nulls_distinct=False, name="knowledge_article_key"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gt=F("valid_from")),
                name="knowledge_article_period",
            ),
            models.CheckConstraint(
                condition=Q(version=0) | Q(published_at__isnull=False),
                name="knowledge_article_published_whole",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["grams"], name="knowledge_article_grams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.key


class ArticleVersion(models.Model):
    """One wording of an article in all its languages, proposed by one person, agreed to by
    another. Versions of a pack have neither.

    `facts` are what it says beside its words: category, case types, dates, emergency; they hold
    from its publication.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("version of an article", "Waits for approval")
        PUBLISHED = "published", pgettext_lazy("version of an article", "Published")
        REFUSED = "refused", pgettext_lazy("version of an article", "Refused")

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField()
    titles = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    words = models.TextField(default="")
    facts = models.JSONField(default=dict)
    note = models.TextField(default="")
    state = models.TextField(choices=State.choices)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="knowledge_articleversion_once"
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(state="pending"),
                name="knowledge_articleversion_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(written_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(written_by=F("decided_by")),
                name="knowledge_articleversion_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(decided_at__isnull=False)
                & (Q(written_by__isnull=True) | Q(decided_by__isnull=False)),
                name="knowledge_articleversion_published_by_two",
            ),
        ]


class ArticleMark(models.Model):
    """What a reader said of a version: it was useful, or it is out of date and why."""

    class Kind(models.TextChoices):
        USEFUL = "useful"
        OUTDATED = "outdated"

    article = models.ForeignKey(Article, models.CASCADE, related_name="marks", db_index=False)
    version = models.IntegerField()
    kind = models.TextField(choices=Kind.choices)
    note = models.TextField(default="")
    at = models.DateTimeField()
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "version", "kind", "staff"], name="knowledge_articlemark_once"
            )
        ]


class ArticleKept(models.Model):
    """How often an article was inserted and marked; marks count for the published version."""

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="kept")
    use_count = models.IntegerField(default=0)
    useful_count = models.IntegerField(default=0)
    outdated_count = models.IntegerField(default=0)
