"""Many reports of one cause: the case that carries it, its reports, what they were told."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class AlikeParent(models.Model):
    """What is known of a common cause (主工单); its case is worked on for all the reports.

    `kind` is the kind of trouble by the pack (``supply``), `area` a region code. While it is
    ``open`` reports join it; ``closing`` ends them in batches; ``closed`` keeps them to be read.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CLOSING = "closing"
        CLOSED = "closed"

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="alike")
    kind = models.TextField()
    area = models.TextField(default="", blank=True)
    since = models.DateTimeField()
    cause = models.TextField(default="", blank=True)
    expected_at = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    closing_at = models.DateTimeField(null=True)
    closing_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "closing", "closed"]), name="cases_alike_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closing_at__isnull=True)
                | (~Q(state="open") & Q(closing_at__isnull=False)),
                name="cases_alike_closing_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "area"], name="cases_alike_open", condition=Q(state="open")
            )
        ]


class AlikeReport(models.Model):
    """That a case is one of the reports of a common cause, from when, and until when.

    `why` it left: ``wrong`` (it never belonged) or ``not_back`` (closed with the others, but its
    customer says it is not so). `told` is what became of the latest telling, as in `AlikeTold`;
    empty before the first.
    """

    class Why(models.TextChoices):
        STAYS = ""
        WRONG = "wrong"
        NOT_BACK = "not_back"

    parent = models.ForeignKey(AlikeParent, models.PROTECT, related_name="reports")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    why = models.TextField(choices=Why.choices, default=Why.STAYS, blank=True)
    told = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(left_at__isnull=True), name="cases_report_of_one"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True, why="")
                | Q(left_at__isnull=False, why__in=["wrong", "not_back"]),
                name="cases_report_left_whole",
            ),
        ]


class AlikeNotice(models.Model):
    """What all reports of a common cause were told at once. `back` ends them.

    Its cases are counted by what became of the telling, each in one of the four: `waiting_count`
    (queued), `told_count` (sent), `failed_count` (failed, unknown, cancelled), `missed_count` (no
    message could be queued).
    """

    class Kind(models.TextChoices):
        UPDATE = "update"
        BACK = "back"

    parent = models.ForeignKey(AlikeParent, models.PROTECT, related_name="notices")
    kind = models.TextField(choices=Kind.choices)
    text = models.TextField()
    letters = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    told_up_to = models.BigIntegerField(default=0)
    waiting_count = models.IntegerField(default=0)
    told_count = models.IntegerField(default=0)
    failed_count = models.IntegerField(default=0)
    missed_count = models.IntegerField(default=0)
    done_at = models.DateTimeField(null=True)


class AlikeTold(models.Model):
    """What became of telling one case of a notice: a report, or a case merged into it.

    `told`: ``queued`` until the message left, ``sent``, ``failed``, ``unknown`` (perhaps sent),
    ``cancelled``, or why none was queued (``no_customer``, ``no_address``, ``too_many`` …). The
    message may be about another case of the same customer.
    """

    notice = models.ForeignKey(AlikeNotice, models.PROTECT, related_name="told", db_index=False)
    report = models.ForeignKey(AlikeReport, models.PROTECT, related_name="tellings")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    told = models.TextField()
    message_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "case"], name="cases_aliketold_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["message_id"],
                condition=Q(message_id__isnull=False),
                name="cases_aliketold_message",
            )
        ]


class AlikeProposal(models.Model):
    """A burst of reports that was noticed: opened as a common cause, or waved off.

    `chance` is that of so many reports by themselves, 0 to 1.
    """

    class State(models.TextChoices):
        OPEN = "open"
        TAKEN = "taken"
        DISMISSED = "dismissed"
        FADED = "faded"

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    kind = models.TextField()
    area = models.TextField(default="", blank=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    count = models.IntegerField()
    minutes = models.IntegerField()
    usual_per_hour = models.FloatField()
    chance = models.FloatField()
    case_ids = models.JSONField(default=list)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "area"],
                condition=Q(state="open"),
                name="cases_proposal_once",
            )
        ]
