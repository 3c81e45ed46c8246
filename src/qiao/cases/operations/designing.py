"""Drafts of processes, and publishing them: asked for by one person, agreed to by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.queries.processes import known_to, require_design
from qiao.cases.rules import draft_parts
from qiao.cases.rules.draft_checks import Fault, faults
from qiao.cases.rules.draft_parts import Part
from qiao.core import approvals
from qiao.core.actor import Actor
from qiao.core.models import Approval
from qiao.core.rules.digests import digest_of_data
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import actor_by_id, company_id, local_days

APPROVAL: Final = "process.publish"
REASON_LENGTH: Final = 500
LARGEST: Final = 400_000  # characters of a draft's data


class DraftRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """What was asked of a draft or version is not possible."""


class DraftClosed(DraftRefusal):
    """The draft is waiting for a second person, was published or dropped: it stands still."""


class PartMoved(DraftRefusal):
    """Somebody else changed the same part meanwhile; `stands` is what it holds now."""

    def __init__(self, stands: Mapping[str, Any] | None) -> None:
        super().__init__("the part was changed meanwhile")
        self.stands = stands


class DraftTooLarge(DraftRefusal):
    """The draft would hold more than any process needs."""


class HasFaults(DraftRefusal):
    """A draft with faults cannot be published."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(f"{len(found)} faults")
        self.faults = found


class NothingNew(DraftRefusal):
    """The text is the one that is in force already."""


class ReasonMissing(DraftRefusal):
    """A version is published for a reason."""


class InThePast(DraftRefusal):
    """A version cannot have been in force before now."""


class NotPlanned(DraftRefusal):
    """The version is in force, was, or is an offer that has been settled."""


def begin_draft(*, version_id: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Begin a draft with the text of a version: in force, earlier, or offered by the pack.

    Raises `ProcessVersion.DoesNotExist`, `qiao.core.actor.Forbidden`.
    """
    required()
    require_design(actor)
    version = ProcessVersion.objects.get(pk=version_id)
    return ProcessDraft.objects.create(
        key=version.key,
        definition=version.definition,
        based_on=version,
        begun_by_id=actor.person_id,
        begun_at=now,
        changed_by_id=actor.person_id,
        changed_at=now,
    )


def lock_draft(draft_id: int, actor: Actor) -> ProcessDraft:
    """The draft, locked. Raises `ProcessDraft.DoesNotExist`, `Forbidden`."""
    required()
    require_design(actor)
    return ProcessDraft.objects.select_for_update().get(pk=draft_id)


def _open(draft_id: int, actor: Actor) -> ProcessDraft:
    draft = lock_draft(draft_id, actor)
    if draft.state != ProcessDraft.State.OPEN:
        raise DraftClosed(draft.state)
    return draft


def _keep(draft: ProcessDraft, data: dict[str, Any], actor: Actor, now: datetime) -> ProcessDraft:
    if len(str(data)) > LARGEST:
        raise DraftTooLarge(str(len(str(data))))
    if data != draft.definition:
        draft.definition = data
        draft.revision += 1
        draft.changed_by_id, draft.changed_at = actor.person_id, now
        draft.save()
    return draft


def save_part(
    *, draft_id: int, part: Part, values: Mapping[str, Any], seen: str, actor: Actor, now: datetime
) -> ProcessDraft:
    """Replace a part's own values. `seen` is the `draft_parts.stamp` of what the person saw.

    Two people may work on different parts; of the same part the later one is told, and nothing is
    overwritten.

    Raises `DraftClosed`, `PartMoved`, `DraftTooLarge`, `draft_parts.KeyTaken`, `Forbidden`.
    """
    draft = _open(draft_id, actor)
    try:
        stands = draft_parts.own_values(draft.definition, part)
    except draft_parts.NoSuchPart as error:
        raise PartMoved(None) from error
    if dict(values) == stands:
        return draft
    if draft_parts.stamp(stands) != seen:
        raise PartMoved(stands)
    return _keep(draft, draft_parts.replaced(draft.definition, part, values), actor, now)


def add_part(
    *, draft_id: int, kind: str, step: str, name: Mapping[str, str], actor: Actor, now: datetime
) -> tuple[ProcessDraft, Part]:
    """Add a step, an action of a step or a field.

    Raises `DraftClosed`, `DraftTooLarge`, `draft_parts.NoSuchPart`, `Forbidden`.
    """
    draft = _open(draft_id, actor)
    data, part = draft_parts.added(draft.definition, kind, step=step, name=name)
    return _keep(draft, data, actor, now), part


def remove_part(
    *, draft_id: int, part: Part, seen: str, actor: Actor, now: datetime
) -> ProcessDraft:
    """Take a part out that is as the person saw it: see `save_part`. Raises `DraftClosed`,
    `PartMoved`, `draft_parts.NoSuchPart`, `Forbidden`."""
    draft = _open(draft_id, actor)
    stands = draft_parts.own_values(draft.definition, part)
    if draft_parts.stamp(stands) != seen:
        raise PartMoved(stands)
    return _keep(draft, draft_parts.removed(draft.definition, part), actor, now)


def move_part(*, draft_id: int, part: Part, by: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Move a part in its list. Raises `DraftClosed`, `draft_parts.NoSuchPart`, `Forbidden`."""
    draft = _open(draft_id, actor)
    return _keep(draft, draft_parts.moved(draft.definition, part, by), actor, now)


def drop_draft(*, draft_id: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Put a draft away; it can be taken up again. Raises `DraftClosed`, `Forbidden`."""
    draft = _open(draft_id, actor)
    return _turn(draft, ProcessDraft.State.DROPPED, actor, now)


def restore_draft(*, draft_id: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Take a dropped draft up again. Raises `DraftClosed`, `Forbidden`."""
    draft = lock_draft(draft_id, actor)
    if draft.state != ProcessDraft.State.DROPPED:
        raise DraftClosed(draft.state)
    return _turn(draft, ProcessDraft.State.OPEN, actor, now)


def _turn(draft: ProcessDraft, state: str, actor: Actor, now: datetime) -> ProcessDraft:
    draft.state = state
    draft.changed_by_id, draft.changed_at = actor.person_id, now
    draft.save()
    return draft


def ask_to_publish(
    *, draft_id: int, reason: str, from_when: datetime | None, actor: Actor, now: datetime
) -> Approval:
    """Ask a second person to agree that the draft comes into force, at once or `from_when` on.

    Until it is decided the draft stands still.

    Raises `DraftClosed`, `HasFaults`, `NothingNew`, `ReasonMissing`, `InThePast`,
    `qiao.core.approvals.AlreadyPending`, `Forbidden`.
    """
    draft = _open(draft_id, actor)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing(draft.key)
    if from_when is not None and from_when <= now:
        raise InThePast(from_when.isoformat())
    check_draft(draft, now)
    asked = approvals.request_approval(
        kind=APPROVAL,
        subject_id=draft.pk,
        organisation_id=company_id(),
        payload={
            "draft": draft.pk,
            "revision": draft.revision,
            "from_when": from_when.isoformat() if from_when else None,
        },
        reason=words,
        actor=actor,
        now=now,
    )
    _turn(draft, ProcessDraft.State.ASKED, actor, now)
    return asked


def check_draft(draft: ProcessDraft, now: datetime) -> None:
    """Raises `HasFaults` or `NothingNew` for what cannot be published."""
    _process, found = faults(draft.key, 1, draft.definition, known_to(draft.key, now))
    if found:
        raise HasFaults(found)
    current = current_version(draft.key, now)
    if current is not None and current.digest == digest_of_data(draft.definition):
        raise NothingNew(draft.key)


def current_version(key: str, now: datetime) -> ProcessVersion | None:
    """The version that new cases take at `now`."""
    rows = ProcessVersion.objects.filter(
        key=key, in_force_from__lte=now, withdrawn_at__isnull=True
    )
    return rows.order_by("-in_force_from", "-version").first()


def take_back_request(*, draft_id: int, actor: Actor, now: datetime) -> ProcessDraft:
    """Withdraw what was asked; the draft may be changed again. Raises `DraftClosed`."""
    required()
    asked = approvals.pending_request(kind=APPROVAL, subject_id=draft_id)
    draft = lock_draft(draft_id, actor)
    if draft.state != ProcessDraft.State.ASKED or asked is None:
        raise DraftClosed(draft.state)
    approvals.withdraw(asked, actor=actor, now=now)
    return _turn(draft, ProcessDraft.State.OPEN, actor, now)


def publish_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Publish what a second person agreed to, with the rights of who asked.

    The rules are looked at again: a pack may have changed meanwhile.

    Raises `DraftClosed`, `HasFaults`, `NothingNew`, `Forbidden`.
    """
    required()
    day = local_days(now)[company_id()] if company_id() in local_days(now) else now.date()
    asker = actor_by_id(approval.requested_by_id, day=day)
    draft = lock_draft(approval.subject_id, asker)
    if draft.state != ProcessDraft.State.ASKED or draft.revision != approval.payload["revision"]:
        raise DraftClosed(draft.state)
    _serialise(draft.key)
    check_draft(draft, now)
    wanted = approval.payload["from_when"]
    from_when = max(datetime.fromisoformat(wanted), now) if wanted else now
    version = ProcessVersion.objects.create(
        key=draft.key,
        version=_last_number(draft.key) + 1,
        definition=draft.definition,
        digest=digest_of_data(draft.definition),
        source=ProcessVersion.Source.HOUSE,
        in_force_from=from_when,
        recorded_at=now,
        published_by_id=approval.requested_by_id,
        approval=approval,
        reason=approval.reason,
        copied_from=_same_text(draft),
    )
    draft.published = version
    _turn(draft, ProcessDraft.State.PUBLISHED, actor, now)


def _serialise(key: str) -> None:
    """One publication of a process at a time; its versions are numbered without a gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"cases.process:{key}"])


def _last_number(key: str) -> int:
    rows = ProcessVersion.objects.filter(key=key).order_by("-version")
    return rows.values_list("version", flat=True).first() or 0


def _same_text(draft: ProcessDraft) -> ProcessVersion | None:
    """The earlier version whose text this is, word for word."""
    rows = ProcessVersion.objects.filter(key=draft.key, digest=digest_of_data(draft.definition))
    return rows.order_by("-version").first()


def publish_refused(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Give the draft back to who asked; what the second person said stands with the request."""
    required()
    draft = ProcessDraft.objects.select_for_update().filter(pk=approval.subject_id).first()
    if draft is not None and draft.state == ProcessDraft.State.ASKED:
        _turn(draft, ProcessDraft.State.OPEN, actor, now)


def keep_own(*, version_id: int, actor: Actor, now: datetime) -> ProcessVersion:
    """Settle a pack's offer: the house keeps its own text. Raises `NotPlanned`, `Forbidden`."""
    required()
    require_design(actor)
    version = ProcessVersion.objects.select_for_update().get(pk=version_id)
    if version.in_force_from is not None or version.settled_at is not None:
        raise NotPlanned(str(version.version))
    version.settled_at, version.settled_by_id = now, actor.person_id
    version.save(update_fields=["settled_at", "settled_by"])
    return version


def withdraw_version(*, version_id: int, actor: Actor, now: datetime) -> ProcessVersion:
    """Call off a version that is not in force yet. Raises `NotPlanned`, `Forbidden`."""
    required()
    require_design(actor)
    version = ProcessVersion.objects.select_for_update().get(pk=version_id)
    planned = version.in_force_from is not None and version.in_force_from > now
    if not planned or version.withdrawn_at is not None:
        raise NotPlanned(str(version.version))
    version.withdrawn_at, version.withdrawn_by_id = now, actor.person_id
    version.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return version
