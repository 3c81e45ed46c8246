"""Declared parameters: which dated settings there are, what holds on a day, how one is changed.

A module declares a `qiao.core.manifest.Parameter` and reads it with `find`; the page of the
administrator shows all of them. What was in force on any day can be told for ever: rows of
``core_setting`` are audited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from qiao.core import settings
from qiao.core.actor import Actor, Forbidden
from qiao.core.approvals import request_approval
from qiao.core.manifest import Parameter
from qiao.core.models import Approval, Setting
from qiao.core.registry import registry
from qiao.core.rules.parameters import check_value
from qiao.core.rules.text import clean
from qiao.core.settings import SettingMissing, Value
from qiao.core.transactions import required

KIND_PREFIX = "parameter."
SOURCE_LENGTH = 300


class UnknownParameter(Exception):  # noqa: N818 - names the finding
    """No module declares this key."""


class BeforeToday(Exception):  # noqa: N818 - names the finding
    """A change may not rewrite what was in force on days that are over."""


class NotForUnits(Exception):  # noqa: N818 - names the finding
    """The value is one for the whole company."""


class NothingChanges(Exception):  # noqa: N818 - names the finding
    """The value is the one that holds on that day already."""


class SourceMissing(Exception):  # noqa: N818 - names the finding
    """A value needs its source: a law, a contract, a decision."""


class Stale(Exception):  # noqa: N818 - names the finding
    """What a request for a change started from no longer holds; `newer` is what does."""

    def __init__(self, newer: Any) -> None:
        super().__init__(str(newer))
        self.newer = newer


def parameter(key: str) -> Parameter:
    """The declaration of a key. Raises `UnknownParameter`."""
    found = registry.parameters().get(key)
    if found is None:
        raise UnknownParameter(key)
    return found


def find(
    key: str, *, day: date, organisation_ids: tuple[int, ...] = (), region: str = ""
) -> Value:
    """The value of a declared parameter on `day`: as configured, else as declared.

    `organisation_ids` and `region` as in `core.settings.find`. Raises `UnknownParameter`.
    """
    declared = parameter(key)
    try:
        return settings.find(key, day=day, organisation_ids=organisation_ids, region=region)
    except SettingMissing:
        return Value(declared.default, None, str(declared.default_source))


@dataclass(frozen=True, slots=True)
class Dated:
    """A value of a parameter with its days (`until` exclusive), place and who set it."""

    key: str
    organisation_id: int | None
    region: str
    since: date
    until: date | None
    value: Any
    source: str
    changed_by_id: int | None
    changed_at: datetime

    def holds(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.since <= day and (self.until is None or day < self.until)


def dated_values(keys: Sequence[str]) -> list[Dated]:
    """Every value of these keys, past and planned: by key and place, the latest first."""
    rows = Setting.objects.filter(key__in=keys).order_by(
        "key", "organisation_id", "region", "-valid"
    )
    return [
        Dated(
            row.key,
            row.organisation_id,
            row.region,
            row.valid.lower,
            row.valid.upper,
            row.value,
            row.source,
            row.changed_by_id,
            row.changed_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """A wanted value with its first day and source, for a unit (None: all) and a region."""

    key: str
    value: Any
    valid_from: date
    source: str
    organisation_id: int | None = None
    region: str = ""


def checked(change: Change, *, now: datetime) -> Change:
    """The change with its value in stored form.

    Raises `UnknownParameter`, `BadValue`, `BadText`, `SourceMissing`, `BeforeToday`,
    `NotForUnits`, `NothingChanges`.
    """
    declared = parameter(change.key)
    if declared.everywhere and (change.organisation_id or change.region):
        raise NotForUnits(change.key)
    value = check_value(
        change.value,
        kind=declared.kind,
        least=declared.least,
        most=declared.most,
        choices=[key for key, _label in declared.options],
    )
    source = clean(change.source, field="source", max_length=SOURCE_LENGTH, one_line=True)
    if not source:
        raise SourceMissing(change.key)
    if change.valid_from < timezone.localdate(now):
        raise BeforeToday(change.valid_from.isoformat())
    if _own_value(change) == (True, value):
        raise NothingChanges(change.key)
    return Change(
        change.key, value, change.valid_from, source, change.organisation_id, change.region
    )


def _own_value(change: Change) -> tuple[bool, Any]:
    """Whether this place itself has a value on the first day, and which."""
    rows = Setting.objects.filter(
        key=change.key,
        organisation_id=change.organisation_id,
        region=change.region,
        valid__contains=change.valid_from,
    )
    found = rows.values_list("value", flat=True).first()
    return (found is not None, found)


def _before(change: Change) -> Any:
    known, own = _own_value(change)
    place = (change.organisation_id,) if change.organisation_id else ()
    if known:
        return own
    return find(
        change.key, day=change.valid_from, organisation_ids=place, region=change.region
    ).value


def change_parameter(
    *, change: Change, company_id: int, actor: Actor, now: datetime
) -> Approval | None:
    """Let a value hold from a day on, or ask for a second person where the declaration says so.

    Returns the request that waits, or None if the value was written. A value for all units needs
    the right in the company. Raises `Forbidden`, `AlreadyPending` and what `checked` raises.
    """
    required()
    wanted = checked(change, now=now)
    declared = parameter(wanted.key)
    place = wanted.organisation_id or company_id
    if not actor.can_in(declared.permission, place):
        raise Forbidden(declared.permission)
    if not declared.second_person:
        write(wanted, actor=actor, now=now)
        return None
    return request_approval(
        kind=f"{KIND_PREFIX}{wanted.key}",
        subject_id=wanted.organisation_id or 0,
        organisation_id=place,
        payload={
            "value": wanted.value,
            "before": _before(wanted),
            "valid_from": wanted.valid_from.isoformat(),
            "organisation_id": wanted.organisation_id,
            "region": wanted.region,
        },
        reason=wanted.source,
        actor=actor,
        now=now,
    )


def carry_out(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Write what a second person agreed to; a first day that has passed meanwhile becomes today.

    Raises `Stale` if another value came to hold on that day since the request.
    """
    required()
    given = approval.payload
    change = Change(
        approval.kind.removeprefix(KIND_PREFIX),
        given["value"],
        max(date.fromisoformat(given["valid_from"]), timezone.localdate(now)),
        approval.reason,
        given["organisation_id"],
        given["region"],
    )
    held = _before(change)
    if held != given["before"]:
        raise Stale(held)
    write(checked(change, now=now), actor=actor, now=now)


def write(change: Change, *, actor: Actor, now: datetime) -> None:
    """Keep a checked change."""
    settings.put(
        change.key,
        change.value,
        valid_from=change.valid_from,
        source=change.source,
        actor=actor,
        now=now,
        organisation_id=change.organisation_id,
        region=change.region,
    )


def pending_changes(key: str) -> list[Approval]:
    """Changes of a parameter that wait for a second person, the oldest first."""
    waiting = Approval.objects.filter(kind=f"{KIND_PREFIX}{key}", state=Approval.State.PENDING)
    return list(waiting.order_by("id"))
