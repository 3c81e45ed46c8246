"""What people put beside cases: links, drafts, views, and who looks at what."""

from django.db import models
from django.db.models import F, Q

from qiao.cases.models.case import Case


class CaseLink(models.Model):
    """Two cases that belong together: the same matter, a duplicate, a consequence."""

    class Kind(models.TextChoices):
        RELATED = "related"
        DUPLICATE = "duplicate"
        CAUSED_BY = "caused_by"
        FOLLOWS = "follows"
        SPLIT = "split"

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    kind = models.TextField(choices=Kind.choices)
    linked_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="cases_link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="cases_link_two"),
        ]


class CaseDraft(models.Model):
    """Text that somebody is typing, or that lost a race, kept until it is saved or dropped."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="drafts", db_index=False)
    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+")
    box = models.TextField()
    values = models.JSONField(default=dict)
    base_version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "staff", "box"], name="cases_draft_once")
        ]


class CaseViewer(models.Model):
    """Who has a case open: a lease, renewed by the page while it is looked at."""

    pk = models.CompositePrimaryKey("case_id", "staff_id")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()
