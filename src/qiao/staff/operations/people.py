"""People as an administrator sees them: taken on, given roles for a time, suspended.

Nobody gives more than they hold, nor touches the access of somebody who may do more.
"""

from datetime import date, datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.events import SecondStepReset
from qiao.staff.models import Assignment, Membership, Organisation, Role, Staff
from qiao.staff.operations.company import assign_role, give_skill, hire, join_team
from qiao.staff.queries import actor_for

MANAGE = "staff.manage"
NAME_LENGTH = 60
NUMBER_LENGTH = 20
MOST_SKILLED = 5


class PersonMissing(Exception):  # noqa: N818 - names the finding
    """No such person or unit, or none that the actor may manage."""


class NumberTaken(Exception):  # noqa: N818 - names the finding
    """Somebody has this staff number, or had it."""


class WeakPassword(Exception):  # noqa: N818 - names the finding
    """The password is too easy; `messages` say why in the reader's language."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class RoleBeyondOwn(Exception):  # noqa: N818 - a refusal, not a fault
    """The role holds rights that who gives it does not have there."""


class RoleNeedsTwo(Exception):  # noqa: N818 - a refusal, not a fault
    """The role manages people: it is given by two, to somebody who is known already."""


class MorePowerful(Exception):  # noqa: N818 - a refusal, not a fault
    """The person may do more than the actor: only somebody above changes their access."""


class NotOneself(Exception):  # noqa: N818 - a refusal, not a fault
    """Nobody changes their own access."""


class AlreadyHeld(Exception):  # noqa: N818 - names the finding
    """The person holds this role there on some of these days."""


class BadLevel(Exception):  # noqa: N818 - names the finding
    """Skills are held from 0 to 5."""


class BadDays(Exception):  # noqa: N818 - names the finding
    """The days do not follow each other, or are over."""


def _unit(*, actor: Actor, unit_id: int) -> Organisation:
    found = Organisation.objects.filter(
        pk=unit_id, pk__in=actor.organisations(MANAGE), is_active=True
    ).first()
    if found is None:
        raise PersonMissing(f"unit {unit_id}")
    return found


def _person(*, actor: Actor, number: str, day: date) -> Staff:
    found = Staff.objects.select_for_update(of=("self",)).select_related("organisation")
    person = found.filter(number=number, organisation_id__in=actor.organisations(MANAGE)).first()
    if person is None:
        raise PersonMissing(number)
    if person.pk == actor.staff_id:
        raise NotOneself(number)
    held = actor_for(person, day=day).grants
    if any(not set(units) <= set(actor.organisations(right)) for right, units in held.items()):
        raise MorePowerful(number)
    return person


def _role(*, actor: Actor, key: str, unit: Organisation) -> Role:
    role = Role.objects.get(key=key)
    if any(not actor.can_in(right, unit.pk) for right in role.permissions):
        raise RoleBeyondOwn(key)
    return role


def _check_password(password: str, person: Staff | None = None) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise WeakPassword(list(error.messages)) from error


def take_on(
    *,
    actor: Actor,
    now: datetime,
    unit_id: int,
    number: str,
    name: str,
    title: str,
    password: str,
    role_key: str,
) -> Staff:
    """A new member of staff with a first role in their unit, from today on.

    An empty password leaves single sign-on as the only way in. Raises `PersonMissing` (the
    unit), `BadText`, `NumberTaken`, `WeakPassword`, `RoleBeyondOwn`,
    `RoleNeedsTwo`, `Role.DoesNotExist`.
    """
    required()
    unit = _unit(actor=actor, unit_id=unit_id)
    role = _role(actor=actor, key=role_key, unit=unit)
    if MANAGE in role.permissions:
        raise RoleNeedsTwo(role_key)
    plain = clean(number, field="number", max_length=NUMBER_LENGTH, one_line=True, required=True)
    word = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    if password:
        _check_password(password)
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            person = hire(
                organisation=unit,
                number=plain,
                name=word,
                password=password or None,
                title=clean(title, field="title", max_length=NAME_LENGTH, one_line=True),
                joined_date=today,
            )
    except IntegrityError as error:
        raise NumberTaken(plain) from error
    assign_role(staff=person, role=role, organisation=unit, valid_from=today)
    if unit.kind == Organisation.Kind.TEAM:
        join_team(staff=person, team=unit)
    return person


def give_role(
    *,
    actor: Actor,
    now: datetime,
    number: str,
    role_key: str,
    unit_id: int,
    valid_from: date,
    valid_to: date | None,
) -> Assignment:
    """A further role in a unit and all below it, from a day to before another.

    Raises `PersonMissing`, `NotOneself`, `MorePowerful`, `RoleBeyondOwn`, `BadDays`,
    `AlreadyHeld`, `Role.DoesNotExist`.
    """
    required()
    today = timezone.localdate(now)
    person = _person(actor=actor, number=number, day=today)
    unit = _unit(actor=actor, unit_id=unit_id)
    role = _role(actor=actor, key=role_key, unit=unit)
    first = max(valid_from, today)
    if valid_to is not None and valid_to <= first:
        raise BadDays(f"{first} {valid_to}")
    try:
        with transaction.atomic():
            return assign_role(
                staff=person, role=role, organisation=unit, valid_from=first, valid_to=valid_to
            )
    except IntegrityError as error:
        raise AlreadyHeld(role_key) from error


def end_role(
    *, actor: Actor, now: datetime, number: str, assignment_id: int, valid_to: date
) -> None:
    """A role is held no more from a day on; today at the earliest.

    One that began today or later is given up whole: it never came to hold for a day. Raises as
    `give_role`, and `PersonMissing` for a role that the person does not hold.
    """
    required()
    today = timezone.localdate(now)
    person = _person(actor=actor, number=number, day=today)
    held = person.assignments.select_for_update().filter(
        pk=assignment_id, organisation_id__in=actor.organisations(MANAGE)
    )
    assignment = held.first()
    if assignment is None:
        raise PersonMissing(f"assignment {assignment_id}")
    days = assignment.valid
    if valid_to < today or (days.upper is not None and valid_to > days.upper):
        raise BadDays(valid_to.isoformat())
    if valid_to <= days.lower:
        assignment.delete()
        return
    assignment.valid = DateRange(days.lower, valid_to)
    assignment.save(update_fields=["valid"])


def move_person(*, actor: Actor, now: datetime, number: str, unit_id: int) -> None:
    """The person belongs to another unit from now on, and to its team if it is one.

    Roles stay as they are: they name their own units. Raises as `give_role`.
    """
    required()
    person = _person(actor=actor, number=number, day=timezone.localdate(now))
    unit = _unit(actor=actor, unit_id=unit_id)
    Membership.objects.filter(staff=person, team_id=person.organisation_id).delete()
    person.organisation = unit
    person.save(update_fields=["organisation"])
    if unit.kind == Organisation.Kind.TEAM:
        Membership.objects.get_or_create(staff=person, team=unit)


def rate_skill(*, actor: Actor, now: datetime, number: str, skill_key: str, level: int) -> None:
    """Say how well a person holds a skill, 0 (not at all) to 5: contacts that ask for it come to
    them from their next Ready on. It gives no right, so anybody who manages people says it of
    anybody among them, themselves too.

    Raises `PersonMissing`, `Skill.DoesNotExist`, `BadLevel`.
    """
    required()
    del now
    if not 0 <= level <= MOST_SKILLED:
        raise BadLevel(str(level))
    units = actor.organisations(MANAGE)
    person = Staff.objects.filter(number=number, organisation_id__in=units).first()
    if person is None:
        raise PersonMissing(number)
    give_skill(staff=person, skill_key=skill_key, level=level)


def suspend(*, actor: Actor, now: datetime, number: str) -> None:
    """Nobody signs in as this person any more: open sessions end with their next request, open
    pages hear no more, and modules are told.

    Raises `PersonMissing`, `NotOneself`, `MorePowerful`.
    """
    required()
    person = _person(actor=actor, number=number, day=timezone.localdate(now))
    person.is_active = False
    person.save(update_fields=["is_active"])
    registry.bid_farewell(people=[person.pk], actor=actor, now=now)


def readmit(*, actor: Actor, now: datetime, number: str) -> None:
    """A suspended person may sign in again. Raises as `suspend`."""
    required()
    person = _person(actor=actor, number=number, day=timezone.localdate(now))
    person.is_active = True
    person.save(update_fields=["is_active"])


def set_password(*, actor: Actor, now: datetime, number: str, password: str) -> None:
    """Another password; open sessions of the person end. Raises as `suspend`, `WeakPassword`."""
    required()
    person = _person(actor=actor, number=number, day=timezone.localdate(now))
    _check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])


def reset_second_step(*, actor: Actor, now: datetime, number: str) -> int:
    """Take away authenticator apps and recovery codes, for a person who lost their telephone.

    Returns how many were taken away. Raises as `suspend`.
    """
    required()
    person = _person(actor=actor, number=number, day=timezone.localdate(now))
    count, _by_model = Authenticator.objects.filter(user_id=person.pk).delete()
    publish(
        SecondStepReset(person.pk),
        organisation_id=person.organisation_id,
        actor=actor,
        now=now,
    )
    return int(count)
