"""Text modules: short texts with places for values, inserted while somebody writes."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.staff.queries import chain_of


class Scope(models.TextChoices):
    """Whose something written once is: one person's, a unit's, or the company's."""

    OWN = "own", pgettext_lazy("whose text", "Only me")
    UNIT = "unit", pgettext_lazy("whose text", "A unit")
    COMPANY = "company", pgettext_lazy("whose text", "Official")


class TextModuleQuerySet(models.QuerySet["TextModule"]):
    """Reads that respect whose a text is."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own texts, those of the units one stands in, and official ones."""
        return self.filter(
            Q(scope=Scope.COMPANY)
            | Q(scope=Scope.OWN, owner_id=actor.staff_id)
            | Q(scope=Scope.UNIT, organisation_id__in=units_of(actor))
        )


def units_of(actor: Actor) -> list[int]:
    """The actor's unit and teams with all above them: whose writing is meant for the actor."""
    homes = (actor.organisation_id, *actor.team_ids)
    return sorted({unit for home in homes for unit in chain_of(home)})


class TextModule(models.Model):
    """A short text by language. `key` is what is typed after ``::``; `case_types` are those for
    which it is offered first.

    `pack` names the pack that brought it, `edition` which edition of the text; once `is_edited`
    the pack writes it no more. `valid_until` is the first day on which it is offered no more.
    The search columns hold titles and all text folded, and how titles are typed in pinyin.
    """

    key = models.TextField()
    titles = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)
    scope = models.TextField(choices=Scope.choices)
    owner = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    case_types = ArrayField(models.TextField(), default=list)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    pack = models.TextField(default="")
    edition = models.IntegerField(default=0)
    is_edited = models.BooleanField(default=False)
    title_search = models.TextField(default="")
    search_text = models.TextField(default="")
    spellings = models.TextField(default="")
    grams = ArrayField(models.TextField(), default=list)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = TextModuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="own", owner__isnull=False, organisation__isnull=True)
                | Q(scope="unit", owner__isnull=True, organisation__isnull=False)
                | Q(scope="company", owner__isnull=True, organisation__isnull=True),
                name="knowledge_text_of_whom",
            ),
            models.UniqueConstraint(
                fields=["key", "owner", "organisation"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="knowledge_text_key",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="knowledge_text_keyed"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gt=models.F("valid_from")),
                name="knowledge_text_period",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["grams"], name="knowledge_text_grams", fastupdate=False),
            models.Index(
                fields=["owner"], condition=Q(owner__isnull=False), name="knowledge_text_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"::{self.key}"


class TextModuleKept(models.Model):
    """How often a text was inserted; apart from it, so that its trail tells what people wrote."""

    text_module = models.OneToOneField(
        TextModule, models.CASCADE, primary_key=True, related_name="kept"
    )
    use_count = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)
