"""Macros: a named series of steps on a case."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from qiao.core.actor import Actor
from qiao.knowledge.queries import units_of


class MacroQuerySet(models.QuerySet["Macro"]):
    """Reads that respect whose a macro is."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own macros, those of the units one stands in, and official ones."""
        return self.filter(
            Q(scope="company")
            | Q(scope="own", owner_id=actor.staff_id)
            | Q(scope="unit", organisation_id__in=units_of(actor))
        )


class Macro(models.Model):
    """A named series of steps, see `cases.rules.macros`.

    `condition` says for which cases it is offered, as data of `core.rules.conditions` over type,
    group, phase and priority; None: for all that are open. `position` orders them.
    """

    names = models.JSONField(default=dict)
    scope = models.TextField()
    owner = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    steps = models.JSONField(default=list)
    condition = models.JSONField(null=True)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)

    objects = MacroQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="own", owner__isnull=False, organisation__isnull=True)
                | Q(scope="unit", owner__isnull=True, organisation__isnull=False)
                | Q(scope="company", owner__isnull=True, organisation__isnull=True),
                name="cases_macro_of_whom",
            ),
            models.CheckConstraint(condition=~Q(steps=[]), name="cases_macro_does_something"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["owner"], condition=Q(owner__isnull=False), name="cases_macro_owner"
            )
        ]

    def is_for(self, actor: Actor) -> bool:
        """Whether `visible_to` would find it for that person."""
        if self.scope == "own":
            return self.owner_id is not None and self.owner_id == actor.staff_id
        return self.scope == "company" or self.organisation_id in units_of(actor)


class MacroKept(models.Model):
    """How often a macro was run; apart from it, so that its trail tells what people changed."""

    macro = models.OneToOneField(Macro, models.CASCADE, primary_key=True, related_name="kept")
    use_count = models.IntegerField(default=0)
