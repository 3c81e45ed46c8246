"""Tables of the desk: the problem log."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Problem(models.Model):
    """Something that does not work: told by a person, or seen by the product itself.

    What the product sees is one row for each `fingerprint`, counted. It holds kinds and places of
    code only: no message, no value of a row. `path` is without its query.
    """

    class Source(models.TextChoices):
        PERSON = "person"
        PAGE = "page"
        JOB = "job"

    class State(models.TextChoices):
        NEW = "new"
        ACCEPTED = "accepted"
        FIXED = "fixed"
        NO_FAULT = "no_fault"
        DUPLICATE = "duplicate"

    source = models.TextField(choices=Source.choices)
    fingerprint = models.TextField(null=True, unique=True)  # noqa: DJ001 - many people have none
    title = models.TextField()
    body = models.TextField(default="")
    path = models.TextField(default="")
    roles = models.TextField(default="")
    browser = models.TextField(default="")
    app_version = models.TextField()
    request_id = models.TextField(default="")
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    reported_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    count = models.BigIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.NEW)
    severity = models.SmallIntegerField(default=3)
    owner = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    fixed_in = models.TextField(default="")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates")
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answer_seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(source="person", reported_by__isnull=False, fingerprint__isnull=True)
                | (~Q(source="person") & Q(reported_by__isnull=True, fingerprint__isnull=False)),
                name="desk_problem_told_or_seen",
            ),
            models.CheckConstraint(
                condition=~Q(state="fixed") | ~Q(fixed_in=""), name="desk_problem_fixed_in"
            ),
            models.CheckConstraint(
                condition=Q(state="duplicate", duplicate_of__isnull=False)
                | (~Q(state="duplicate") & Q(duplicate_of__isnull=True)),
                name="desk_problem_duplicate_of",
            ),
            models.CheckConstraint(
                condition=Q(severity__range=(1, 4)), name="desk_problem_severity"
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=models.F("first_seen_at"), count__gte=1),
                name="desk_problem_seen_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-last_seen_at", "-id"], name="desk_problem_latest"),
            models.Index(
                fields=["reported_by", "-id"],
                name="desk_problem_of_person",
                condition=Q(reported_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title
