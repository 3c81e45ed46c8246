"""Checklists: what has to be looked at in a step, and who ticked it off on a case."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class Checklist(models.Model):
    """A list of things to look at for some types and steps; empty lists mean all of them.

    `items` are ``{"key", "names", "required"}``. `pack`, `edition` and `is_edited`: a list that
    was edited here is written by its pack no more.
    """

    key = models.TextField(unique=True)
    names = models.JSONField(default=dict)
    case_types = ArrayField(models.TextField(), default=list)
    steps = ArrayField(models.TextField(), default=list)
    items = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    pack = models.TextField(default="")
    edition = models.IntegerField(default=0)
    is_edited = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(items=[]), name="cases_checklist_has_items")
        ]


class CaseCheck(models.Model):
    """An item that was ticked off during one visit to a step (`entered_seq`)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="checks", db_index=False)
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+", db_index=False)
    item = models.TextField()
    entered_seq = models.IntegerField()
    ticked_at = models.DateTimeField()
    ticked_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "entered_seq", "checklist", "item"], name="cases_check_once"
            )
        ]
