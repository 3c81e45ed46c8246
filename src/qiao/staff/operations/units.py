"""Units of the tree: added, renamed, and closed on a day. None is ever deleted."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.models import Organisation, Staff
from qiao.staff.operations.company import add_organisation
from qiao.staff.operations.people import BadDays

MANAGE = "staff.manage"
PHONE_LENGTH, ADDRESS_LENGTH = 40, 120
NAME_LENGTH = 60
KINDS_BELOW = {
    Organisation.Kind.COMPANY: ("branch", "department", "team"),
    Organisation.Kind.BRANCH: ("department", "team"),
    Organisation.Kind.DEPARTMENT: ("department", "team"),
    Organisation.Kind.TEAM: (),
    Organisation.Kind.SEALED: (),
}


class UnitMissing(Exception):  # noqa: N818 - names the finding
    """No such unit, or none that the actor may manage."""


class CodeTaken(Exception):  # noqa: N818 - names the finding
    """Another unit has this code."""


class StillUsed(Exception):  # noqa: N818 - names the finding
    """Units below it are open (`units`), or people belong to it (`people`)."""

    def __init__(self, *, units: int, people: int) -> None:
        super().__init__(f"{units} units, {people} people")
        self.units = units
        self.people = people


def _managed(*, actor: Actor, unit_id: int) -> Organisation:
    found = Organisation.objects.select_for_update().filter(
        pk=unit_id, pk__in=actor.organisations(MANAGE), is_active=True
    )
    unit = found.first()
    if unit is None:
        raise UnitMissing(str(unit_id))
    return unit


def _names(names: Mapping[str, str]) -> dict[str, str]:
    cleaned = {
        key: clean(value, field=key, max_length=NAME_LENGTH, one_line=True)
        for key, value in names.items()
    }
    return {key: value for key, value in cleaned.items() if value}


def add_unit(
    *, actor: Actor, parent_id: int, kind: str, code: str, name: str, names: Mapping[str, str]
) -> Organisation:
    """A new unit below one that the actor manages; `names` by language key, where they differ.

    Raises `UnitMissing`, `ValueError` (such a kind does not stand there), `BadText`, `CodeTaken`.
    """
    required()
    parent = _managed(actor=actor, unit_id=parent_id)
    if kind not in KINDS_BELOW[Organisation.Kind(parent.kind)]:
        raise ValueError(f"a {kind} below a {parent.kind}")
    plain = clean(code, field="code", max_length=40, one_line=True, required=True)
    word = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    try:
        with transaction.atomic():
            return add_organisation(
                kind=kind, code=plain, name=word, parent=parent, names=_names(names)
            )
    except IntegrityError as error:
        raise CodeTaken(plain) from error


def rename_unit(*, actor: Actor, unit_id: int, name: str, names: Mapping[str, str]) -> None:
    """Other words for a unit; its code stays. Raises `UnitMissing`, `BadText`."""
    required()
    unit = _managed(actor=actor, unit_id=unit_id)
    unit.name = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    unit.names = _names(names)
    unit.save(update_fields=["name", "names"])


def set_contact(*, actor: Actor, unit_id: int, phone: str, address: str) -> None:
    """How a unit is reached, as letters and bills say it. Raises `UnitMissing`, `BadText`."""
    required()
    unit = _managed(actor=actor, unit_id=unit_id)
    unit.phone = clean(phone, field="phone", max_length=PHONE_LENGTH, one_line=True)
    unit.address = clean(address, field="address", max_length=ADDRESS_LENGTH, one_line=True)
    unit.save(update_fields=["phone", "address"])


def close_unit(*, actor: Actor, now: datetime, unit_id: int, closed_date: date) -> None:
    """Close a unit from a day on; what it did stays told under its name.

    Raises `UnitMissing`, `BadDays` (a day that is over), `StillUsed`.
    """
    required()
    unit = _managed(actor=actor, unit_id=unit_id)
    today = timezone.localdate(now)
    if closed_date < today:
        raise BadDays(closed_date.isoformat())
    _require_empty(unit)
    unit.closed_date = closed_date
    unit.is_active = closed_date > today
    unit.save(update_fields=["closed_date", "is_active"])


def _require_empty(unit: Organisation) -> None:
    below = Organisation.objects.filter(path__startswith=unit.path, is_active=True).exclude(
        kind=Organisation.Kind.SEALED
    )
    units = below.exclude(pk=unit.pk).count()
    people = Staff.objects.filter(organisation=unit, is_active=True).count()
    people += unit.members.filter(staff__is_active=True).exclude(staff__organisation=unit).count()
    if units or people or unit.parent_id is None:
        raise StillUsed(units=units, people=people)


def close_due_units(*, today: date) -> int:
    """Close what was planned to close by today; returns how many units that were."""
    required()
    due = Organisation.objects.filter(is_active=True, closed_date__lte=today)
    return due.update(is_active=False)
