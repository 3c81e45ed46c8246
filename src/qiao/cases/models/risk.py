"""Rules by which risk is found, what was found of a case, and who was told of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qiao.cases.models.case import Case

LEVELS = ("watch", "high")


class RiskRuleRow(models.Model):
    """A version of a rule: holds from `valid_from` until the day before `valid_to`.

    `terms` are the plain values that its kind looks at (`qiao.core.packs.risk_rules`). A pack's
    version is installed with `from_pack`; a person's change is a version of its own.
    """

    pack = models.TextField()
    key = models.TextField()
    kind = models.TextField()
    level = models.TextField()
    names = models.JSONField()
    source = models.JSONField()
    terms = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    from_pack = models.BooleanField(default=False)
    changed_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "cases_riskrule"
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "key", "valid_from"], name="cases_risk_rule_once"
            ),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="cases_risk_rule_level"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="cases_risk_rule_days",
            ),
        ]


class CaseRisk(models.Model):
    """A rule that held for a case, with what made it hold. Refused ones stay, and count as wrong.

    `phrases` are of the customer's words: entry, phrase, and what stands around. `seq` is the
    entry of the history that made it hold.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="risks", db_index=False)
    rule = models.ForeignKey(RiskRuleRow, models.PROTECT, related_name="+", db_index=False)
    rule_key = models.TextField()
    level = models.TextField()
    seq = models.IntegerField()
    phrases = models.JSONField(default=list)
    count = models.SmallIntegerField(default=0)
    protections = models.JSONField(default=list)
    found_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    refused_reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "rule_key", "seq"], name="cases_risk_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="cases_risk_level"),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True, refused_reason="")
                | (Q(refused_at__isnull=False) & ~Q(refused_reason="")),
                name="cases_risk_refused_with_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["rule", "found_at"], name="cases_risk_of_rule"),
        ]


class RiskAlarm(models.Model):
    """A case that was raised to a named person, who acknowledges it by `due_at`.

    `stands_in_for` is the manager whose deputy `manager` is. It ends when it is acknowledged, or
    when its findings were all refused; that the case is archived ends it not.
    """

    class Ending(models.TextChoices):
        ACKNOWLEDGED = "acknowledged"
        REFUSED = "refused"

    case = models.ForeignKey(Case, models.PROTECT, related_name="alarms", db_index=False)
    manager = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    stands_in_for = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    passed_on = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    ending = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at__isnull=True), name="cases_alarm_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | (Q(ended_at__isnull=False) & Q(ending__in=["acknowledged", "refused"])),
                name="cases_alarm_ended_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["manager", "due_at"],
                condition=Q(ended_at__isnull=True),
                name="cases_alarm_open",
            ),
            models.Index(fields=["case", "raised_at"], name="cases_alarm_of"),
        ]


class ComplaintDesk(models.Model):
    """Who looks after complaints of a unit and all below it, for one pack or (empty) for all.

    `manager` is the named person to whom risk is raised; `deputy` while the manager is away, from
    `away_from` to the day before `away_to`. `neutral_team` takes complaints about the unit's own
    outlets and people.
    """

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    pack = models.TextField(default="", blank=True)
    manager = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    deputy = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    away_from = models.DateField(null=True)
    away_to = models.DateField(null=True)
    neutral_team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "pack"], name="cases_desk_once"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("manager")),
                name="cases_desk_two_people",
            ),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_to__isnull=True)
                | Q(away_to__gt=F("away_from")),
                name="cases_desk_away_whole",
            ),
        ]
