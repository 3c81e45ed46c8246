"""Corrections of data by two people: asked for with before and after, decided, carried out.

A module declares a `qiao.core.manifest.Correction`. The request, its fields before and after, and
both people stand in ``core_approval`` for ever; the change itself stands in the audit trail too.
"""

from collections.abc import Mapping
from datetime import date, datetime

from qiao.core.actor import Actor, Forbidden
from qiao.core.approvals import request_approval
from qiao.core.manifest import Correctable, Correction, Record
from qiao.core.models import Approval
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required

KIND_PREFIX = "correction."
VALUE_LENGTH = 200
REASON_LENGTH = 500


class UnknownCorrection(Exception):  # noqa: N818 - names the finding
    """No module declares this kind of correction."""


class RecordMissing(Exception):  # noqa: N818 - names the finding
    """No such record, or none that the actor may correct."""


class NothingCorrected(Exception):  # noqa: N818 - names the finding
    """No field would be different."""


class ReasonMissing(Exception):  # noqa: N818 - names the finding
    """A correction needs its reason."""


class BadField(Exception):  # noqa: N818 - names the finding
    """The new value of `field` cannot stand, for the reason in words `why`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class RecordChanged(Exception):  # noqa: N818 - names the finding
    """The record changed after the request: `newer` holds the fields that differ, as they are."""

    def __init__(self, newer: Mapping[str, str]) -> None:
        super().__init__(", ".join(newer))
        self.newer = dict(newer)


def correction(key: str) -> Correction:
    """The declaration of a kind. Raises `UnknownCorrection`."""
    found = registry.corrections().get(key)
    if found is None:
        raise UnknownCorrection(key)
    return found


def find_record(*, kind: Correction, number: str, actor: Actor) -> Record:
    """The record of a number. Raises `RecordMissing`."""
    text = clean(number, field="number", max_length=60, one_line=True)
    found = kind.find(actor=actor, number=text) if text else None
    if found is None or not actor.can_in(kind.permission, found.organisation_id):
        raise RecordMissing(number)
    return found


def load_record(*, kind: Correction, record_id: int, actor: Actor) -> Record:
    """The record of an id. Raises `RecordMissing`."""
    found = kind.load(actor=actor, record_id=record_id)
    if found is None or not actor.can_in(kind.permission, found.organisation_id):
        raise RecordMissing(str(record_id))
    return found


def changes_of(
    *, kind: Correction, record: Record, values: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """By field what it is and what it shall be, of those that differ. Raises `BadField`."""
    changes = {}
    for each in kind.fields:
        if each.key not in values or each.key not in record.values:
            continue
        after, before = _read(each, values[each.key]), record.values[each.key]
        if after != before:
            changes[each.key] = {"before": before, "after": after}
    return changes


def _read(each: Correctable, text: str) -> str:
    value = clean(text, field=each.key, max_length=VALUE_LENGTH, one_line=True)
    if each.kind == "date" and value:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise BadField(each.key, "date") from error
    if each.kind == "choice" and value not in [key for key, _label in each.choices]:
        raise BadField(each.key, "choice")
    return value


def request_correction(
    *,
    kind: Correction,
    record: Record,
    values: Mapping[str, str],
    reason: str,
    evidence: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Ask for fields of a record to be put right.

    `evidence` says what proves the new values (a document, a photograph, a call). Raises
    `Forbidden`, `BadField`, `BadText`, `NothingCorrected`, `ReasonMissing`, `AlreadyPending`.
    """
    required()
    if not actor.can_in(kind.permission, record.organisation_id):
        raise Forbidden(kind.permission)
    changes = changes_of(kind=kind, record=record, values=values)
    if not changes:
        raise NothingCorrected(record.number)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing(record.number)
    return request_approval(
        kind=f"{KIND_PREFIX}{kind.key}",
        subject_id=record.record_id,
        organisation_id=record.organisation_id,
        payload={
            "number": record.number,
            "title": record.title,
            "url": record.url,
            "fields": changes,
            "evidence": clean(evidence, field="evidence", max_length=REASON_LENGTH),
        },
        reason=words,
        actor=actor,
        now=now,
    )


def carry_out(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Write what a second person agreed to, unless the record changed since the request.

    Raises `UnknownCorrection`, `RecordMissing`, `RecordChanged`, `BadField`, `Forbidden`.
    """
    required()
    kind = correction(approval.kind.removeprefix(KIND_PREFIX))
    record = kind.load(actor=actor, record_id=approval.subject_id, lock=True)
    if record is None or not approval.payload:  # erased
        raise RecordMissing(str(approval.subject_id))
    fields = approval.payload["fields"]
    newer = {
        key: record.values[key]
        for key, change in fields.items()
        if record.values[key] != change["before"]
    }
    if newer:
        raise RecordChanged(newer)
    values = {key: change["after"] for key, change in fields.items()}
    kind.apply(actor=actor, now=now, record_id=record.record_id, values=values)


def waiting(*, organisation_ids: tuple[int, ...]) -> list[Approval]:
    """Corrections of these units that wait for a second person, the oldest first."""
    rows = Approval.objects.filter(
        kind__startswith=KIND_PREFIX,
        state=Approval.State.PENDING,
        organisation_id__in=organisation_ids,
    )
    return list(rows.order_by("id"))
