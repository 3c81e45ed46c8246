"""The organisation tree, the people in it, and what they may do."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class Organisation(models.Model):
    """A node of the tree: company, branch, department or team.

    `path` is the chain of ids from the root, this node included, each closed by a dot
    (``1.4.19.``), so that a subtree is a prefix. `code` is unique in the company.
    """

    class Kind(models.TextChoices):
        COMPANY = "company"
        BRANCH = "branch"
        DEPARTMENT = "department"
        TEAM = "team"
        SEALED = "sealed"  # its matters are kept from some people: see `UnitBar`

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    kind = models.TextField(choices=Kind.choices)
    code = models.TextField(unique=True)
    name = models.TextField()
    names = models.JSONField(default=dict)  # by language, where it differs from `name`
    path = models.TextField(unique=True)
    timezone = models.TextField(default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    languages = ArrayField(models.TextField(), default=list)
    region = models.TextField(default="")
    packs = ArrayField(models.TextField(), default=list)
    phone = models.TextField(default="")
    address = models.TextField(default="", db_default="", blank=True)  # as it stands on letters
    areas = ArrayField(models.TextField(), default=list)  # region codes a team serves
    skills = ArrayField(models.TextField(), default=list)  # duties a team takes: repair, quality
    is_active = models.BooleanField(default=True)
    closed_date = models.DateField(null=True)  # the first day on which it is no more

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True, kind="company") | Q(parent__isnull=False),
                name="staff_organisation_root_is_company",
            ),
            models.CheckConstraint(
                condition=Q(path__regex=r"^(\d+\.)+$"), name="staff_organisation_path"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["path"], name="staff_organisation_tree", opclasses=["text_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.name


class UnitBar(models.Model):
    """From whom the matters of a sealed unit are kept: a unit with all who belong to it, or a
    person, whatever rights they hold elsewhere. The SQL function ``staff_barred`` says so."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bars")
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(staff__isnull=False), name="staff_bar_of_one"
            )
        ]


class Region(models.Model):
    """A part of the country by its code: what areas of cases, premises and teams refer to."""

    code = models.TextField(unique=True)
    name = models.TextField()
    names = models.JSONField(default=dict)  # by language, where it differs from `name`

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    """Creation as Django's command line expects it."""

    def create_user(self, number: str, password: str | None = None, **fields: Any) -> "Staff":
        """A person with a usable password, or none."""
        staff = self.model(number=number, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """A member of staff. `number` (工号) is what they sign in with."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="staff")
    number = models.CharField(max_length=20, unique=True)
    name = models.TextField()
    title = models.TextField(default="")
    duties = models.TextField(default="")
    phone = models.TextField(default="")
    email = models.EmailField(default="", blank=True)
    photo_sha256 = models.CharField(max_length=64, default="")
    language = models.TextField(default="")
    theme = models.TextField(choices=Theme.choices, default=Theme.SYSTEM)
    single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    joined_date = models.DateField(null=True)

    USERNAME_FIELD = "number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects = StaffManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "is_active"], name="staff_by_unit")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    def get_full_name(self) -> str:
        """The name, as Django's own parts ask for it."""
        return self.name


class Role(models.Model):
    """A bundle of permissions. `key` is what processes name; roles of packs carry their key."""

    key = models.TextField(unique=True)
    names = models.JSONField(default=dict)
    permissions = ArrayField(models.TextField(), default=list)
    home = models.TextField(default="desk:workspace")  # the page that sign-in leads to
    is_customised = models.BooleanField(default=False)


class Assignment(models.Model):
    """A role held by a person in an organisation and all below it, for a period."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, models.PROTECT)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="staff_assignment_once",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]


class Membership(models.Model):
    """A person's place in a team; `is_lead` marks the team leader (班长)."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "team"], name="staff_membership_once")
        ]


class Skill(models.Model):
    """A skill that work may ask for, with its words by language."""

    key = models.TextField(unique=True)
    names = models.JSONField(default=dict)


class StaffSkill(models.Model):
    """How well a person holds a skill: 0 none to 5 expert."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT)
    level = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "skill"], name="staff_skill_once"),
            models.CheckConstraint(condition=Q(level__range=(0, 5)), name="staff_skill_level"),
        ]


class Notice(models.Model):
    """Something that a person is told in the product itself: the bell of the top bar.

    `kind` names a `NoticeKind` of a manifest, which puts it into words when it is read;
    `subject_id` and `facts` are ids, codes, moments and figures, never words about a customer.
    `once` is what a person is told a single time of a kind, whatever runs twice.
    """

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()
    once = models.TextField()
    subject_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "kind", "once"], name="staff_notice_once"),
            models.CheckConstraint(condition=~Q(once=""), name="staff_notice_names_itself"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["staff", "-id"], name="staff_notice_list"),
            models.Index(
                fields=["staff", "-id"],
                name="staff_notice_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(fields=["created_at"], name="staff_notice_age"),
        ]


class DutyRoster(models.Model):
    """A plan of who answers for a unit when its usual hours are over.

    A cycle of `weeks` weeks begins in the week of `anchor`; times are minutes of the local day in
    `timezone`. A shift whose end is not later than its start goes on into the next day.
    """

    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.TextField()
    timezone = models.TextField(default="Asia/Shanghai")
    weeks = models.SmallIntegerField(default=1)
    anchor = models.DateField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="staff_roster_once"),
            models.CheckConstraint(condition=Q(weeks__range=(1, 12)), name="staff_roster_weeks"),
        ]


class DutyPattern(models.Model):
    """Another pattern of a roster, in force from the day `since` until the next one.

    Its shifts and needs name it; those without one are the pattern that the roster began with.
    Its cycle begins in the week of `since`.
    """

    roster = models.ForeignKey(DutyRoster, models.CASCADE, related_name="patterns")
    since = models.DateField()
    weeks = models.SmallIntegerField()
    planned_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "since"], name="staff_pattern_once"),
            models.CheckConstraint(condition=Q(weeks__range=(1, 12)), name="staff_pattern_weeks"),
        ]


class DutyShift(models.Model):
    """A span of the pattern: in week `week` of the cycle (from 0), on `weekday` (0 Monday)."""

    roster = models.ForeignKey(DutyRoster, models.CASCADE, related_name="shifts")
    pattern = models.ForeignKey(DutyPattern, models.CASCADE, null=True, related_name="shifts")
    week = models.SmallIntegerField()
    weekday = models.SmallIntegerField()
    start = models.SmallIntegerField()
    end = models.SmallIntegerField()
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "pattern", "week", "weekday", "start"],
                name="staff_shift_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), start__range=(0, 1439), end__range=(0, 1440)),
                name="staff_shift_within_a_day",
            ),
        ]


class DutyNeed(models.Model):
    """When somebody must be on duty: what of it nobody covers is a hole."""

    roster = models.ForeignKey(DutyRoster, models.CASCADE, related_name="needs")
    pattern = models.ForeignKey(DutyPattern, models.CASCADE, null=True, related_name="needs")
    weekday = models.SmallIntegerField()
    start = models.SmallIntegerField()
    end = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), start__range=(0, 1439), end__range=(0, 1440)),
                name="staff_need_within_a_day",
            ),
        ]


class DutyChange(models.Model):
    """On one day somebody else takes a shift of the pattern; without `staff` nobody does."""

    roster = models.ForeignKey(DutyRoster, models.CASCADE, related_name="changes")
    day = models.DateField()
    start = models.SmallIntegerField()
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    changed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "day", "start"], name="staff_duty_change_once"
            )
        ]


class RightsVersion(models.Model):
    """One row, raised by triggers whenever rights or the tree change: caches compare it."""

    version = models.BigIntegerField(default=1)


class Absence(models.Model):
    """Days on which a person is away, and who stands in (代理人). The end of `days` is exclusive.

    The SQL function ``staff_stands_in`` follows deputies who are away themselves. `ended_at` is
    set where the person came back early, or it was entered by mistake.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", pgettext_lazy("absence", "Leave")
        SICK_LEAVE = "sick", pgettext_lazy("absence", "Sick leave")
        TRAINING = "training", pgettext_lazy("absence", "Training")
        OFF_DUTY = "off_duty", pgettext_lazy("absence", "Off duty")

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    days = DateRangeField()
    kind = models.TextField(choices=Kind.choices)
    entered_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=models.F("staff")),
                name="staff_absence_other_deputy",
            ),
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
                name="staff_absence_has_days",
            ),
            ExclusionConstraint(
                name="staff_absence_once",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at__isnull=True),
            ),
        ]
