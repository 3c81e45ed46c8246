"""The words of audited tables that no face of their own explains: parameters, staff, rights."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable

ACTIVE = pgettext_lazy("trail", "Active")
DAYS = pgettext_lazy("trail", "Days")
NAME = pgettext_lazy("trail", "Name")
UNIT = pgettext_lazy("trail", "Unit (number)")
PERSON = pgettext_lazy("trail", "Person (number)")
ROSTER = pgettext_lazy("trail", "Duty roster (number)")
CLOCK = {str(minute): f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60 + 1)}
WORDS = (
    AuditTable(
        table="core_setting",
        label=_("Parameter"),
        fields={
            "key": _("Parameter"),
            "value": _("Value"),
            "valid": DAYS,
            "source": _("Source"),
            "organisation_id": UNIT,
            "region": _("Region"),
        },
    ),
    AuditTable(
        table="desk_backuprun",
        label=_("Backup or its test"),
        fields={
            "kind": pgettext_lazy("trail", "Kind"),
            "origin": _("Asked for by"),
            "requested_by_id": PERSON,
            "backup_id": _("Backup (number)"),
            "state": _("State"),
            "step": pgettext_lazy("trail", "Step"),
            "reason": pgettext_lazy("trail", "Reason"),
            "place": _("File"),
            "size_bytes": _("Size"),
            "row_count": pgettext_lazy("backup", "Rows"),
            "file_count": _("Files"),
        },
        values={
            "kind": {
                "backup": _("Backup"),
                "test": pgettext_lazy("backup", "Test"),
            },
            "origin": {
                "person": pgettext_lazy("backup asked by", "A person"),
                "schedule": pgettext_lazy("backup asked by", "By the clock"),
                "command": pgettext_lazy("backup asked by", "By command"),
            },
            "state": {
                "waiting": pgettext_lazy("job state", "Waits"),
                "running": pgettext_lazy("job state", "Runs"),
                "done": pgettext_lazy("job state", "Done"),
                "failed": pgettext_lazy("job state", "Failed"),
                "removed": pgettext_lazy("backup", "Its file was deleted"),
            },
        },
    ),
    AuditTable(
        table="core_calendarday",
        label=pgettext_lazy("trail", "Holiday or moved working day"),
        fields={
            "region": _("Region"),
            "date": pgettext_lazy("trail", "Day"),
            "name": NAME,
            "source": _("Source"),
        },
    ),
    AuditTable(
        table="staff_organisation",
        label=pgettext_lazy("trail", "Unit"),
        fields={
            "code": pgettext_lazy("trail", "Code"),
            "name": NAME,
            "phone": pgettext_lazy("trail", "Telephone number"),
            "address": _("Address"),
            "areas": pgettext_lazy("trail", "Areas"),
            "is_active": ACTIVE,
        },
    ),
    AuditTable(
        table="staff_staff",
        label=pgettext_lazy("trail", "Member of staff"),
        fields={
            "number": pgettext_lazy("trail", "Staff number"),
            "name": NAME,
            "title": pgettext_lazy("trail", "Title"),
            "phone": pgettext_lazy("trail", "Telephone number"),
            "password": pgettext_lazy("trail", "Password"),
            "is_active": ACTIVE,
        },
        phones=frozenset({"phone"}),
        hidden=frozenset({"password"}),
    ),
    AuditTable(
        table="staff_role",
        label=pgettext_lazy("trail", "Role"),
        fields={
            "key": pgettext_lazy("trail", "Code"),
            "permissions": pgettext_lazy("trail", "Rights"),
        },
    ),
    AuditTable(
        table="staff_assignment",
        label=pgettext_lazy("trail", "Role of a person"),
        fields={
            "staff_id": PERSON,
            "role_id": pgettext_lazy("trail", "Role (number)"),
            "organisation_id": UNIT,
            "valid": DAYS,
        },
    ),
    AuditTable(
        table="staff_membership",
        label=pgettext_lazy("trail", "Place in a team"),
        fields={
            "staff_id": PERSON,
            "team_id": pgettext_lazy("trail", "Team (number)"),
            "is_lead": pgettext_lazy("trail", "Leads it"),
        },
    ),
    AuditTable(
        table="staff_staffskill",
        label=pgettext_lazy("trail", "Skill of a person"),
        fields={
            "staff_id": PERSON,
            "skill_id": pgettext_lazy("trail", "Skill (number)"),
            "level": pgettext_lazy("trail", "Level"),
        },
    ),
    AuditTable(
        table="staff_absence",
        label=pgettext_lazy("trail", "Absence"),
        fields={
            "staff_id": PERSON,
            "deputy_id": pgettext_lazy("trail", "Stands in (number)"),
            "days": pgettext_lazy("absence", "Days"),
            "kind": pgettext_lazy("absence", "Why"),
            "entered_by_id": pgettext_lazy("trail", "Entered by (number)"),
            "entered_at": pgettext_lazy("trail", "Entered at"),
            "ended_at": pgettext_lazy("trail", "Ended at"),
        },
    ),
    AuditTable(
        table="staff_dutypattern",
        label=pgettext_lazy("trail", "Pattern of a duty roster"),
        fields={
            "roster_id": ROSTER,
            "since": pgettext_lazy("trail", "In force from"),
            "weeks": pgettext_lazy("trail", "Weeks of the cycle"),
            "planned_by_id": pgettext_lazy("trail", "Planned by (number)"),
            "planned_at": pgettext_lazy("trail", "Planned at"),
        },
    ),
    AuditTable(
        table="staff_dutyshift",
        label=pgettext_lazy("trail", "Shift of a duty roster"),
        fields={
            "roster_id": ROSTER,
            "pattern_id": pgettext_lazy("trail", "Pattern (number)"),
            "week": pgettext_lazy("trail", "Week of the cycle"),
            "weekday": pgettext_lazy("trail", "Weekday"),
            "start": pgettext_lazy("duty hours", "From"),
            "end": pgettext_lazy("duty hours", "Until"),
            "staff_id": PERSON,
        },
        values={
            # Stored from 0; people count weeks from 1.
            "week": {str(week): str(week + 1) for week in range(12)},
            "weekday": {str(day): name for day, name in WEEKDAYS.items()},
            "start": CLOCK,
            "end": CLOCK,
        },
    ),
)
