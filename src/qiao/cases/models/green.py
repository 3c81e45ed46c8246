"""The green channel: rules by which cases jump the queue, and which case did by which rule."""

from django.db import models
from django.db.models import F, Q

from qiao.cases.models.case import Case


class GreenRuleRow(models.Model):
    """A version of a rule: holds from `valid_from` until the day before `valid_to`.

    Without an organisation it holds in the whole company; a unit's version of the same key holds
    there and below instead, `is_on` False lets nothing in by it. The first in the order of `place`
    counts, which all versions of a key share. `changed_by` is nobody for what a pack brought.
    """

    pack = models.TextField()
    key = models.TextField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+"
    )
    names = models.JSONField()
    source = models.JSONField()
    terms = models.JSONField()
    raises_to = models.TextField()
    is_on = models.BooleanField(default=True)
    place = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "cases_greenrule"
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "key", "organisation", "valid_from"],
                nulls_distinct=False,
                name="cases_green_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="cases_green_rule_days",
            ),
        ]


class CaseGreen(models.Model):
    """Why a case is in the green channel: by a rule, or by somebody's hand for a reason."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="green")
    rule = models.ForeignKey(GreenRuleRow, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="")
    put_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    put_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rule__isnull=False) | (Q(put_by__isnull=False) & ~Q(reason="")),
                name="cases_green_by_rule_or_reason",
            ),
        ]
