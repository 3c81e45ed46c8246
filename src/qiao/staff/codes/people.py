"""The people of the company as a code table."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.code_tables import (
    CodeAction,
    CodeColumn,
    CodeField,
    CodeQuery,
    CodeRow,
    CodeTable,
    Text,
    Values,
)
from qiao.core.rules.texts import language_key
from qiao.staff import operations
from qiao.staff.codes.person_skills import RATE_SKILL, skills_told
from qiao.staff.codes.refusals import refused
from qiao.staff.models import Assignment, Role, Staff
from qiao.staff.queries import units_among

SEE, MANAGE = "staff.view", "staff.manage"


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    people = Staff.objects.filter(organisation_id__in=actor.organisations(SEE))
    if query.only:
        people = people.filter(number=query.only)
    elif query.part != "all":
        people = people.filter(is_active=query.part != "suspended")
    if query.text:
        people = people.filter(
            Q(number__startswith=query.text)
            | Q(name__icontains=query.text)
            | Q(title__icontains=query.text)
        )
    found = people.filter(number__gt=query.after).select_related("organisation")
    page = list(found.order_by("number")[: query.limit + 1])
    roles = _roles_of(page)
    return [_row(person, roles.get(person.pk, []), query) for person in page]


def _roles_of(page: list[Staff]) -> dict[int, list[Assignment]]:
    held = Assignment.objects.filter(staff__in=page).select_related("role", "organisation")
    found: dict[int, list[Assignment]] = {}
    for each in held.order_by("valid", "id"):
        found.setdefault(each.staff_id, []).append(each)
    return found


def _told(assignment: Assignment, language: str) -> str:
    key, days = language_key(language), assignment.valid
    role = assignment.role.names.get(key, assignment.role.key)
    unit = assignment.organisation.names.get(key, assignment.organisation.name)
    until = _("until before %(day)s") % {"day": days.upper} if days.upper else ""
    since = _("from %(day)s") % {"day": days.lower}
    return " · ".join(part for part in (str(role), unit, since, until) if part)


def _row(person: Staff, held: list[Assignment], query: CodeQuery) -> CodeRow:
    day, key = timezone.localdate(query.now), language_key(query.language)
    now = [
        each
        for each in held
        if each.valid.lower <= day and (each.valid.upper is None or day < each.valid.upper)
    ]
    cells: dict[str, Any] = {
        "number": person.number,
        "title": person.title,
        "unit": person.organisation.names.get(key, person.organisation.name),
        "roles": ", ".join(str(each.role.names.get(key, each.role.key)) for each in now),
    }
    return CodeRow(
        key=person.number,
        names={"": person.name},
        cells=cells,
        is_active=person.is_active,
        record_id=person.pk,
        organisation_id=person.organisation_id,
        more=(
            (gettext_lazy("Roles by day"), [_told(each, query.language) for each in held]),
            (pgettext_lazy("person", "Skills"), skills_told(person, query) if query.only else ""),
            (gettext_lazy("Works here since"), person.joined_date or ""),
            (
                gettext_lazy("Second step at sign-in"),
                _("set up")
                if Authenticator.objects.filter(user_id=person.pk).exists()
                else _("none"),
            )
            if query.only
            else ("", ""),
        ),
    )


def _unit_choices(actor: Actor) -> tuple[tuple[str, Text], ...]:
    units = units_among(actor.organisations(MANAGE), language=translation.get_language() or "en")
    return tuple((str(unit.unit_id), "\u2003" * unit.depth + unit.name) for unit in units)


def _role_choices(*, grave: bool) -> tuple[tuple[str, Text], ...]:
    key = language_key(translation.get_language() or "en")
    roles = Role.objects.order_by("id")
    return tuple(
        (role.key, role.names.get(key, role.key))
        for role in roles
        if grave or MANAGE not in role.permissions
    )


def _add_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del row, day
    return (
        CodeField("number", gettext_lazy("Staff number"), max_length=20),
        CodeField("name", pgettext_lazy("person", "Name"), max_length=60),
        CodeField("title", gettext_lazy("Job title"), is_required=False, max_length=60),
        CodeField("unit", gettext_lazy("Unit"), "choice", choices=_unit_choices(actor)),
        CodeField(
            "role",
            pgettext_lazy("person", "Role"),
            "choice",
            choices=_role_choices(grave=False),
            hint=gettext_lazy("Roles that manage people are given afterwards, by two people."),
        ),
        CodeField(
            "password",
            gettext_lazy("First password"),
            "secret",
            is_required=False,
            max_length=128,
            hint=gettext_lazy(
                "Leave it empty where people sign in by the company's single sign-on."
            ),
        ),
    )


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del row_key
    with refused():
        person = operations.take_on(
            actor=actor,
            now=now,
            unit_id=int(values["unit"]),
            number=values["number"],
            name=values["name"],
            title=values["title"] or "",
            password=values["password"] or "",
            role_key=values["role"],
        )
    return _("%(person)s may sign in.") % {"person": person}


def _give_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    unit = str(row.organisation_id) if row else ""
    return (
        CodeField(
            "role",
            pgettext_lazy("person", "Role"),
            "choice",
            choices=_role_choices(grave=True),
            hint=gettext_lazy(
                "A role that manages people takes effect only when somebody else agrees."
            ),
        ),
        CodeField(
            "unit",
            gettext_lazy("In the unit"),
            "choice",
            choices=_unit_choices(actor),
            initial=unit,
        ),
        CodeField("valid_from", gettext_lazy("From the day"), "date", initial=day),
        CodeField("valid_to", gettext_lazy("To before the day"), "date", is_required=False),
    )


def _give(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        operations.give_role(
            actor=actor,
            now=now,
            number=row_key,
            role_key=values["role"],
            unit_id=int(values["unit"]),
            valid_from=values["valid_from"],
            valid_to=values["valid_to"],
        )
    return _("The role is given.")


def _is_grave(values: Values) -> bool:
    return Role.objects.filter(key=values["role"], permissions__contains=[MANAGE]).exists()


def _end_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    held = Assignment.objects.filter(
        staff__number=row.key if row else "", organisation_id__in=actor.organisations(MANAGE)
    ).exclude(valid__endswith__lte=day)
    language = translation.get_language() or "en"
    choices = tuple(
        (str(each.pk), _told(each, language))
        for each in held.select_related("role", "organisation").order_by("valid", "id")
    )
    return (
        CodeField("assignment", pgettext_lazy("person", "Role"), "choice", choices=choices),
        CodeField("valid_to", gettext_lazy("Not held from the day"), "date", initial=day),
    )


def _end(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        operations.end_role(
            actor=actor,
            now=now,
            number=row_key,
            assignment_id=int(values["assignment"]),
            valid_to=values["valid_to"],
        )
    return _("The role ends on that day.")


def _move_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del day
    unit = str(row.organisation_id) if row else ""
    return (
        CodeField(
            "unit",
            gettext_lazy("Unit"),
            "choice",
            choices=_unit_choices(actor),
            initial=unit,
            hint=gettext_lazy("Roles stay as they are: each names its own unit."),
        ),
    )


def _move(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        operations.move_person(actor=actor, now=now, number=row_key, unit_id=int(values["unit"]))
    return _("The person belongs to the other unit now.")


def _password_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row, day
    return (
        CodeField(
            "password",
            gettext_lazy("New password"),
            "secret",
            max_length=128,
            hint=gettext_lazy("Open sessions of the person end."),
        ),
    )


def _set_password(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        operations.set_password(actor=actor, now=now, number=row_key, password=values["password"])
    return _("The password is changed.")


def _nothing(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row, day
    return ()


def _plain(operation: Any, words: Text, **given: Any) -> Text:
    del given["values"]
    with refused():
        operation(actor=given["actor"], now=given["now"], number=given["row_key"])
    return words


def _works(actor: Actor, row: CodeRow) -> bool:
    return row.is_active and row.record_id != actor.staff_id


def _is_out(actor: Actor, row: CodeRow) -> bool:
    del actor
    return not row.is_active


def _parts(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor, day
    return (
        ("working", pgettext_lazy("people", "Working")),
        ("suspended", pgettext_lazy("people", "Suspended")),
        ("all", pgettext_lazy("people", "All")),
    )


PEOPLE = CodeTable(
    key="staff.people",
    label=gettext_lazy("People"),
    about=gettext_lazy("Who works here, in which unit, and with which roles on which days."),
    group=gettext_lazy("Company"),
    permission=SEE,
    columns=(
        CodeColumn("number", gettext_lazy("Staff number"), "code"),
        CodeColumn("title", gettext_lazy("Job title"), "own"),
        CodeColumn("unit", gettext_lazy("Unit")),
        CodeColumn("roles", gettext_lazy("Roles today")),
    ),
    load=_load,
    order=20,
    parts=_parts,
    audit_table="staff_staff",
    actions=(
        CodeAction(
            "add",
            gettext_lazy("Take on a person"),
            "user-plus",
            MANAGE,
            _add_fields,
            _add,
            on_row=False,
        ),
        CodeAction(
            "give",
            gettext_lazy("Give a role"),
            "plus",
            MANAGE,
            _give_fields,
            _give,
            offered=_works,
            second_person=_is_grave,
        ),
        CodeAction(
            "end",
            gettext_lazy("End a role"),
            "calendar",
            MANAGE,
            _end_fields,
            _end,
            offered=_works,
        ),
        RATE_SKILL,
        CodeAction(
            "move",
            gettext_lazy("Move to another unit"),
            "switch-horizontal",
            MANAGE,
            _move_fields,
            _move,
            offered=_works,
        ),
        CodeAction(
            "password",
            gettext_lazy("Set a new password"),
            "key",
            MANAGE,
            _password_fields,
            _set_password,
            offered=_works,
        ),
        CodeAction(
            "second_step",
            gettext_lazy("Reset the second step"),
            "device-mobile",
            MANAGE,
            _nothing,
            partial(_plain, operations.reset_second_step, gettext_lazy("They set it up anew.")),
            offered=_works,
            hint=gettext_lazy(
                "For somebody who lost their telephone. Ask for proof of who they are first."
            ),
        ),
        CodeAction(
            "suspend",
            pgettext_lazy("person", "Suspend"),
            "lock",
            MANAGE,
            _nothing,
            partial(_plain, operations.suspend, gettext_lazy("They cannot sign in any more.")),
            offered=_works,
            hint=gettext_lazy("Open sessions end with the next click. What they did stays told."),
            is_grave=True,
        ),
        CodeAction(
            "readmit",
            pgettext_lazy("person", "Let in again"),
            "lock-open",
            MANAGE,
            _nothing,
            partial(_plain, operations.readmit, gettext_lazy("They may sign in again.")),
            offered=_is_out,
        ),
    ),
)
