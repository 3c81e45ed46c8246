"""Erasing a person: asked for by one, agreed by another, carried out once by a job."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from qiao.core import approvals, background, thumbnails
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Hinder, Person, forget_requests
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import acting, required
from qiao.customers.events import PersonErased
from qiao.customers.models import Erasure
from qiao.customers.operations.access import branch_of, lock_customer, lock_rows
from qiao.customers.operations.refusals import CustomerRefusal, ReasonMissing
from qiao.customers.queries.personal import ERASE, get_erasure_for, hinders_of, person_of

APPROVAL = "customers.erase"
TASK = "customers.erase_person"
REASON_LENGTH = 500


class ErasureHindered(CustomerRefusal):
    """Something must end first; `hinders` says what."""

    def __init__(self, hinders: list[Hinder]) -> None:
        super().__init__("the person cannot be erased yet")
        self.hinders = hinders


class ErasureKnown(CustomerRefusal):
    """The person's erasure was asked for already, or is done."""


def request_erasure(
    *, actor: Actor, now: datetime, customer_id: int, basis: str, reason: str
) -> Erasure:
    """Ask for a person to be erased. A second person has to agree.

    Raises `ReasonMissing`, `ErasureHindered`, `ErasureKnown`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=ERASE)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("an erasure needs its reason")
    if Erasure.objects.filter(
        customer=customer, state__in=["requested", "approved", "done"]
    ).exists():
        raise ErasureKnown(customer.number)
    _require_free(person_of(customer.pk))
    organisation_id = branch_of(actor=actor, customer_id=customer.pk, permission=ERASE)
    approval = approvals.request_approval(
        kind=APPROVAL,
        subject_id=customer.pk,
        organisation_id=organisation_id,
        payload={"customer": customer.pk},
        reason=words,
        actor=actor,
        now=now,
    )
    return Erasure.objects.create(
        customer=customer,
        organisation_id=organisation_id,
        basis=Erasure.Basis(basis),
        reason=words,
        approval_id=approval.pk,
        requested_by_id=actor.person_id,
        requested_at=now,
    )


def _require_free(person: Person) -> None:
    if hinders := hinders_of(person):
        raise ErasureHindered(hinders)


def decide_erasure(
    *, actor: Actor, now: datetime, erasure_id: int, approve: bool, note: str = ""
) -> Erasure:
    """Agree as a second person, which starts the erasure, or refuse.

    Raises `ErasureHindered`, `qiao.core.approvals.SamePerson`, `AlreadyDecided`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    required()
    erasure = get_erasure_for(actor=actor, erasure_id=erasure_id)
    words = clean(note, field="note", max_length=REASON_LENGTH)
    if approve:
        _require_free(person_of(erasure.customer_id))
    approvals.decide(
        approval_id=erasure.approval_id, approve=approve, note=words, actor=actor, now=now
    )
    erasure.state = Erasure.State.APPROVED if approve else Erasure.State.REFUSED
    erasure.decided_by_id, erasure.decided_at = actor.person_id, now
    erasure.decision_note = words
    erasure.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    if approve:
        background.defer(TASK, lock=f"{TASK}:{erasure.pk}", erasure_id=erasure.pk)
    return erasure


def run_erasure(*, erasure_id: int, now: datetime) -> None:
    """Carry out what was agreed: all rows in one transaction, then the files.

    Harmless when it runs again: what is done is found done, files that still lie there go.
    """
    with acting(None):
        erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
        if erasure.state == Erasure.State.APPROVED:
            _erase(erasure, now)
    _remove_files(erasure)


def _erase(erasure: Erasure, now: datetime) -> None:
    person = person_of(erasure.customer_id)
    if hinders_of(person):
        erasure.state = Erasure.State.HINDERED
        erasure.save(update_fields=["state"])
        return
    erasing = Erasing(approval_id=erasure.approval_id, now=now)
    parts = registry.personal()
    forget_requests(person, erasing, [part.requests(person) for part in parts])
    lock_rows(person.customer_ids)
    for part in parts:
        part.erase(person, erasing)
    erasure.refresh_from_db()  # its own words went with the rest
    erasure.state, erasure.done_at = Erasure.State.DONE, now
    erasure.pseudonym = pseudonym(erasure.customer_id)
    erasure.counts, erasure.files = erasing.counts, erasing.files
    erasure.save(update_fields=["state", "done_at", "pseudonym", "counts", "files"])
    publish(
        PersonErased(erasure.customer_id, erasure.pk),
        organisation_id=erasure.organisation_id,
        actor=None,
        now=now,
    )


def pseudonym(customer_id: int) -> str:
    """What stands for the name of an erased person, in every language: E-00012345."""
    return f"E-{customer_id:08d}"


def _remove_files(erasure: Erasure) -> None:
    """Take contents that nobody holds from the disk; a digest or a path below the media folder."""
    if erasure.state != Erasure.State.DONE or not erasure.files:
        return
    held = set(
        Attachment.objects.filter(sha256__in=erasure.files).values_list("sha256", flat=True)
    )
    for name in erasure.files:
        if name in held:
            continue
        if "/" in name:
            (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
        else:
            thumbnails.remove_content(name)
    with transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(files=[])
