"""Certificates of people, and the pulse question."""

from datetime import date, datetime
from typing import Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import home_unit
from qiao.workforce.models import Certificate, PlanningGroup, PulseGiven
from qiao.workforce.operations.groups import PLAN
from qiao.workforce.queries.groups import members

NAME_LENGTH: Final = 80
MOODS: Final = range(1, 6)


class BadCertificate(ValueError):  # noqa: N818 - a refusal
    """It ends before it was issued."""


class AlreadyAnswered(ValueError):  # noqa: N818 - a refusal
    """The person has answered on this day."""


class NotInGroup(LookupError):  # noqa: N818 - names the finding
    """The person, or the certificate, does not belong to the group."""


def add_certificate(
    *,
    group: PlanningGroup,
    staff_id: int,
    name: str,
    issued: date,
    expires: date | None,
    actor: Actor,
    now: datetime,
) -> Certificate:
    """Enter what somebody of a group is certified for.

    Raises `Forbidden`, `NotInGroup`, `BadText`, `BadCertificate`.
    """
    required()
    actor.require(PLAN, group.unit_id)
    _require_member(group, staff_id)
    if expires is not None and expires <= issued:
        raise BadCertificate(name)
    return Certificate.objects.create(
        staff_id=staff_id,
        name=clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True),
        issued=issued,
        expires=expires,
        entered_by_id=actor.staff_id,
        entered_at=now,
    )


def drop_certificate(
    *, group: PlanningGroup, staff_id: int, certificate_id: int, actor: Actor
) -> None:
    """Take a certificate out. Raises `Forbidden`, `NotInGroup`."""
    required()
    actor.require(PLAN, group.unit_id)
    _require_member(group, staff_id)
    if not Certificate.objects.filter(pk=certificate_id, staff_id=staff_id).delete()[0]:
        raise NotInGroup(str(certificate_id))


def answer_pulse(*, mood: int, day: date, actor: Actor) -> None:
    """Say how one feels, 1 to 5, once a day. Only counts are kept of it.

    Raises `ValueError` for another mood, `AlreadyAnswered`.
    """
    required()
    if mood not in MOODS:
        raise ValueError(f"a mood from 1 to 5: {mood}")
    _given, made = PulseGiven.objects.get_or_create(staff_id=actor.person_id, day=day)
    if not made:
        raise AlreadyAnswered(day.isoformat())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workforce_pulsecount AS c (team_id, day, mood, n)"
            " VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (team_id, day, mood) DO UPDATE SET n = c.n + 1",
            [home_unit(actor.person_id), day, mood],
        )


def _require_member(group: PlanningGroup, staff_id: int) -> None:
    if staff_id not in {each.staff_id for each in members(group)}:
        raise NotInGroup(str(staff_id))
