"""Changing a tariff from a day on: a draft, a second person who agrees, a version; never in place.

Prices are the same for the whole company, so whoever changes them has the right there.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from qiao.billing.models import Tariff, TariffDraft, TariffVersion
from qiao.billing.queries.tariff_changes import (
    billed_beyond,
    held_on,
    require_change,
    standing_versions,
)
from qiao.billing.queries.tariff_checks import Finding, check_draft
from qiao.billing.queries.tariffs import FIRST, LAST, TariffMissing
from qiao.billing.rules.tariffs.cells import CellFault, cells, changed
from qiao.billing.rules.tariffs.toml_text import read_text
from qiao.billing.rules.tariffs.writing import rewritten
from qiao.core import approvals
from qiao.core.actor import Actor
from qiao.core.models import Approval
from qiao.core.rules.text import clean
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.transactions import required
from qiao.staff.queries import actor_by_id, company_id, local_days

APPROVAL: Final = "tariff.publish"
SOURCE_LENGTH: Final = 300


class ChangeRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """What was asked of a draft or version of a tariff is not possible."""


class DayTaken(ChangeRefused):
    """A version begins on that day already."""


class NothingHolds(ChangeRefused):
    """No version of the tariff holds before that day, or the day cannot be meant."""


class DraftStands(ChangeRefused):
    """The draft waits for a second person, was published or put away."""


class DraftMoved(ChangeRefused):
    """Somebody else saved the draft meanwhile; `draft` is as it stands now."""

    def __init__(self, draft: TariffDraft) -> None:
        super().__init__("the draft was saved meanwhile")
        self.draft = draft


class BadCells(ChangeRefused):
    """Numbers cannot stand; `faults` by names of cells (`rules.tariffs.cells`)."""

    def __init__(self, faults: Mapping[str, CellFault]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


class WroteIt(ChangeRefused):
    """Who wrote in a draft does not agree to it."""


class NotReady(ChangeRefused):
    """Something stands against publishing, or was asked and not confirmed; `findings` are it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(each.key for each in findings))
        self.findings = tuple(findings)


class MakeDiffers(ChangeRefused):
    """Numbers of a draft cannot be carried over: the other version has other charges."""


class HoldsAlready(ChangeRefused):
    """A version that holds, held or was billed by is not called off, nor one twice."""


def begin_change(*, tariff_id: int, valid_from: date, actor: Actor, now: datetime) -> TariffDraft:
    """Begin a draft for prices from a day on, with those of the version that holds before it.

    Raises `TariffMissing`, `DayTaken`, `NothingHolds`, `Forbidden`.
    """
    required()
    require_change(actor)
    if not Tariff.objects.filter(pk=tariff_id).exists():
        raise TariffMissing
    base = _base(tariff_id, valid_from)
    return TariffDraft.objects.create(
        tariff_id=tariff_id,
        based_on=base,
        valid_from=valid_from,
        definition=rewritten(base.definition),
        authors=[actor.person_id],
        begun_by_id=actor.person_id,
        begun_at=now,
        changed_by_id=actor.person_id,
        changed_at=now,
    )


def _base(tariff_id: int, day: date) -> TariffVersion:
    """The version that holds before a day from which others shall."""
    versions = standing_versions(tariff_id)
    if any(each.valid_from == day for each in versions):
        raise DayTaken(day.isoformat())
    base = held_on(versions, day)
    if base is None or not FIRST <= day <= LAST:
        raise NothingHolds(day.isoformat())
    return base


def save_numbers(
    *,
    draft_id: int,
    seen: int,
    values: Mapping[str, str],
    valid_from: date,
    source: str,
    actor: Actor,
    now: datetime,
) -> TariffDraft:
    """Keep numbers by names of cells, the day and the source. `seen` is the revision that the
    person saw. What no cell shows stays as it is.

    Raises `DraftStands`, `DraftMoved`, `BadCells`, `DayTaken`, `NothingHolds`, `BadText`,
    `Forbidden`.
    """
    draft = _open(draft_id, seen, actor)
    definition, faults = changed(draft.definition, values)
    if faults:
        raise BadCells(faults)
    words = clean(source, field="source", max_length=SOURCE_LENGTH, one_line=True)
    if valid_from != draft.valid_from:
        _base(draft.tariff_id, valid_from)
        draft.valid_from = valid_from
    draft.source = words
    return _keep(draft, definition, actor, now)


def save_text(*, draft_id: int, seen: int, text: str, actor: Actor, now: datetime) -> TariffDraft:
    """Keep a draft that was written as text.

    Raises `DraftStands`, `DraftMoved`, `qiao.billing.rules.tariffs.checking.BadTariff`,
    `Forbidden`.
    """
    draft = _open(draft_id, seen, actor)
    return _keep(draft, read_text(text), actor, now)


def carry_over(*, draft_id: int, seen: int, actor: Actor, now: datetime) -> TariffDraft:
    """Put the numbers that a draft changed into the version that holds before its day by now,
    where another was published since the draft began.

    Raises `DraftStands`, `DraftMoved`, `MakeDiffers`, `DayTaken`, `NothingHolds`, `Forbidden`.
    """
    draft = _open(draft_id, seen, actor)
    base = _base(draft.tariff_id, draft.valid_from)
    before = rewritten(draft.based_on.definition)
    target = rewritten(base.definition)
    old = {cell.name: cell.value for cell in cells(before)}
    own = {cell.name: cell for cell in cells(draft.definition)}
    there = {cell.name: cell.figure.place for cell in cells(target)}
    places = {name: cell.figure.place for name, cell in own.items()}
    if places != there or own.keys() != old.keys():
        raise MakeDiffers(str(draft.pk))
    mine = {name: cell.written for name, cell in own.items() if cell.value != old[name]}
    definition, faults = changed(target, mine)
    if faults:
        raise BadCells(faults)
    draft.based_on = base
    return _keep(draft, definition, actor, now)


def _locked(draft_id: int, actor: Actor) -> TariffDraft:
    required()
    require_change(actor)
    rows = TariffDraft.objects.select_for_update(of=("self",))
    return rows.select_related("tariff", "based_on").get(pk=draft_id)


def _open(draft_id: int, seen: int, actor: Actor) -> TariffDraft:
    draft = _locked(draft_id, actor)
    if draft.state != TariffDraft.State.OPEN:
        raise DraftStands(draft.state)
    if draft.revision != seen:
        raise DraftMoved(draft)
    return draft


def _keep(
    draft: TariffDraft, definition: dict[str, Any], actor: Actor, now: datetime
) -> TariffDraft:
    draft.definition = definition
    draft.authors = sorted({*draft.authors, actor.person_id})
    draft.revision += 1
    draft.changed_by_id, draft.changed_at = actor.person_id, now
    draft.save()
    return draft


def _turn(draft: TariffDraft, state: str, actor: Actor, now: datetime) -> TariffDraft:
    draft.state = state
    draft.changed_by_id, draft.changed_at = actor.person_id, now
    draft.save()
    return draft


def drop_change(*, draft_id: int, actor: Actor, now: datetime) -> TariffDraft:
    """Put a draft away; it can be taken up again. Raises `DraftStands`, `Forbidden`."""
    draft = _locked(draft_id, actor)
    if draft.state != TariffDraft.State.OPEN:
        raise DraftStands(draft.state)
    return _turn(draft, TariffDraft.State.DROPPED, actor, now)


def restore_change(*, draft_id: int, actor: Actor, now: datetime) -> TariffDraft:
    """Take up a draft that was put away. Raises `DraftStands`, `Forbidden`."""
    draft = _locked(draft_id, actor)
    if draft.state != TariffDraft.State.DROPPED:
        raise DraftStands(draft.state)
    return _turn(draft, TariffDraft.State.OPEN, actor, now)


def ask_to_publish(
    *, draft_id: int, seen: int, confirmed: Sequence[str], actor: Actor, now: datetime
) -> Approval:
    """Ask a second person to agree. `confirmed` are the keys of findings that were confirmed.

    Raises `DraftStands`, `DraftMoved`, `NotReady`, `qiao.core.approvals.AlreadyPending`,
    `Forbidden`.
    """
    draft = _open(draft_id, seen, actor)
    _check(draft, confirmed, now)
    draft.confirmed = sorted(set(confirmed))
    asked = approvals.request_approval(
        kind=APPROVAL,
        subject_id=draft.pk,
        organisation_id=company_id(),
        payload={"draft": draft.pk, "revision": draft.revision},
        reason=draft.source,
        actor=actor,
        now=now,
    )
    _turn(draft, TariffDraft.State.ASKED, actor, now)
    return asked


def _check(draft: TariffDraft, confirmed: Sequence[str], now: datetime) -> None:
    checked = check_draft(draft, today=_today(now))
    standing = (*checked.stops, *checked.unanswered(confirmed))
    if standing:
        raise NotReady(standing)


def _today(now: datetime) -> date:
    return local_days(now)[company_id()]


def take_back_request(*, draft_id: int, actor: Actor, now: datetime) -> TariffDraft:
    """Withdraw what was asked; the draft can be changed again. Raises `DraftStands`,
    `Forbidden`."""
    required()
    asked = approvals.pending_request(kind=APPROVAL, subject_id=draft_id)
    draft = _locked(draft_id, actor)
    if draft.state != TariffDraft.State.ASKED or asked is None:
        raise DraftStands(draft.state)
    approvals.withdraw(asked, actor=actor, now=now)
    return _turn(draft, TariffDraft.State.OPEN, actor, now)


def publish_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Publish what a second person agreed to, with the rights of who asked.

    Days and bills are looked at again: another version may stand by now, or more be billed.

    Raises `DraftStands`, `WroteIt`, `NotReady`, `Forbidden`.
    """
    required()
    asker = actor_by_id(approval.requested_by_id, day=_today(now))
    draft = _locked(approval.subject_id, asker)
    # One publication of a tariff at a time: the next one sees this version.
    Tariff.objects.select_for_update().get(pk=draft.tariff_id)
    if draft.state != TariffDraft.State.ASKED or draft.revision != approval.payload["revision"]:
        raise DraftStands(draft.state)
    if actor.person_id in draft.authors:
        raise WroteIt(actor.name)
    _check(draft, draft.confirmed, now)
    draft.published = TariffVersion.objects.create(
        tariff_id=draft.tariff_id,
        valid_from=draft.valid_from,
        definition=draft.definition,
        source=dict.fromkeys(DATA_KEYS, draft.source),
        created_at=now,
        published_by_id=approval.requested_by_id,
        approval=approval,
    )
    _turn(draft, TariffDraft.State.PUBLISHED, actor, now)


def publish_refused(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Give the draft back to who asked; what the second person said stands with the request."""
    required()
    draft = TariffDraft.objects.select_for_update().filter(pk=approval.subject_id).first()
    if draft is not None and draft.state == TariffDraft.State.ASKED:
        _turn(draft, TariffDraft.State.OPEN, actor, now)


def withdraw_version(*, version_id: int, actor: Actor, now: datetime) -> TariffVersion:
    """Call off a version before its first day; the one before it goes on.

    Raises `HoldsAlready`, `TariffVersion.DoesNotExist`, `Forbidden`.
    """
    required()
    require_change(actor)
    version = TariffVersion.objects.select_for_update().get(pk=version_id)
    if version.withdrawn_at is not None or version.valid_from <= _today(now):
        raise HoldsAlready(version.valid_from.isoformat())
    if billed_beyond(tariff_id=version.tariff_id, day=version.valid_from).bills:
        raise HoldsAlready(version.valid_from.isoformat())
    version.withdrawn_at, version.withdrawn_by_id = now, actor.person_id
    version.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return version
