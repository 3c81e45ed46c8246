"""Protections of customers: claimed at once, confirmed with evidence, ended only by people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from qiao.core import approvals
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.models import Approval
from qiao.core.rules.masks import mask_id_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import (
    CustomerChanged,
    ProtectionClaimed,
    ProtectionConfirmed,
    ProtectionEnded,
)
from qiao.customers.models import (
    Customer,
    Document,
    Premises,
    ProtectedFlag,
    Protection,
    ProtectionStep,
)
from qiao.customers.operations.access import (
    branch_of,
    local_day,
    lock_customer,
    lock_standing,
    may_change,
)
from qiao.customers.operations.care import add_note
from qiao.customers.operations.protection_terms import terms_of
from qiao.customers.operations.refusals import (
    AlreadyProtected,
    BadPeriod,
    EvidenceMissing,
    ReasonMissing,
    UnknownFlag,
    WrongState,
)
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.queries.places import get_premises_for
from qiao.customers.queries.protection import PROTECT, get_protection_for
from qiao.customers.rules.protection import TWO_PEOPLE, Days, days_from

APPROVAL: Final = "protection.end"
REASON_LENGTH: Final = 300
ISSUER_LENGTH: Final = 80
CERTIFICATE_LENGTH: Final = 40
_Act = ProtectionStep.Act


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody has seen on `seen_date`: a document of the file, or a certificate.

    Of the certificate's number only the masked form is kept.
    """

    seen_date: date
    document_id: int | None = None
    issuer: str = ""
    certificate: str = ""


def known_kinds(kinds: Iterable[str]) -> list[str]:
    """The kinds in their usual order. Raises `UnknownFlag`."""
    wanted = set(kinds)
    unknown = wanted - set(ProtectedFlag.values)
    if unknown:
        raise UnknownFlag(", ".join(sorted(unknown)))
    return [kind for kind in ProtectedFlag.values if kind in wanted]


def claim_protection(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    kind: str,
    premises_id: int | None = None,
    reason: str = "",
    until: date | None = None,
) -> Protection:
    """Protect a customer from now on, before there is evidence; at a place or wherever they are.

    Raises `UnknownFlag`, `AlreadyProtected`, `BadPeriod`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    known_kinds([kind])
    place = None
    if premises_id is not None:
        place = get_premises_for(actor=actor, premises_id=premises_id)
    branch = branch_of(actor=actor, customer_id=customer.pk)
    protection = _claim(
        customer, kind, branch, actor, now, place=place, reason=reason, until=until
    )
    _tell(customer.pk, actor, now, branch)
    return protection


def claim_at_birth(
    customer: Customer, kinds: Iterable[str], branch: int, actor: Actor, now: datetime
) -> None:
    """Protect somebody who is just being registered. Raises `UnknownFlag`."""
    for kind in known_kinds(kinds):
        _claim(customer, kind, branch, actor, now)


def restate_protections(
    *, actor: Actor, now: datetime, customer_id: int, kinds: Iterable[str], reason: str = ""
) -> Customer:
    """Bring what protects a customer to `kinds`: what is new is claimed, the rest is ended.

    A kind that needs two people stays in force, and a second person is asked.

    Raises `UnknownFlag`, `ReasonMissing` where something ends, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    may_change(actor=actor, customer_id=customer_id)
    lock_standing(customer_id)
    customer = lock_customer(actor=actor, customer_id=customer_id)
    wanted = known_kinds(kinds)
    branch = branch_of(actor=actor, customer_id=customer.pk)
    new = [kind for kind in wanted if kind not in customer.flags]
    for kind in new:
        _claim(customer, kind, branch, actor, now)
    rows = Protection.objects.filter(customer__in=held_as(customer.pk), ended_at__isnull=True)
    for protection in rows.exclude(kind__in=wanted).order_by("id"):
        if not waits_to_end(protection.pk):
            end_protection(actor=actor, now=now, protection_id=protection.pk, reason=reason)
    if new:
        _tell(customer.pk, actor, now, branch)
    customer.refresh_from_db(fields=["flags"])
    return customer


def _claim(
    customer: Customer,
    kind: str,
    branch: int,
    actor: Actor,
    now: datetime,
    *,
    place: Premises | None = None,
    reason: str = "",
    until: date | None = None,
) -> Protection:
    day = local_day(organisation_id=branch, now=now)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if until is not None and until <= day:
        raise BadPeriod(until)
    running = Protection.objects.filter(customer__in=held_as(customer.pk), ended_at__isnull=True)
    if running.filter(kind=kind, premises=place).exists():
        raise AlreadyProtected(kind)
    terms = terms_of(organisation_id=branch, day=day)
    protection = Protection(
        customer=customer,
        organisation_id=branch,
        kind=kind,
        premises=place,
        reason=words,
        since=day,
        claimed_at=now,
        claimed_by_id=actor.staff_id,
    )
    _give(protection, days_from(day, until=until, terms=terms, is_proven=False), day)
    try:
        with transaction.atomic():
            protection.save(force_insert=True)
    except IntegrityError as error:
        if "customers_protection_once" in str(error):
            raise AlreadyProtected(kind) from error
        raise
    told = ProtectionClaimed(customer.pk, protection.pk, kind)
    publish(told, organisation_id=branch, actor=actor, now=now)
    return protection


def _give(protection: Protection, days: Days, day: date) -> None:
    """Set the days and how it stands by them; the caller saves."""
    protection.prove_by, protection.review_date = days.prove_by, days.review_date
    protection.until, protection.grace_until = days.until, days.grace_until
    protection.due_date = days.due_date
    protection.stage, protection.moves_on = days.stage(day), days.moves_on(day)


def _tell(customer_id: int, actor: Actor, now: datetime, branch: int) -> None:
    told = CustomerChanged(customer_id, ("flags",))
    publish(told, organisation_id=branch, actor=actor, now=now)


def confirm_protection(
    *,
    actor: Actor,
    now: datetime,
    protection_id: int,
    evidence: Evidence,
    until: date | None = None,
    review: date | None = None,
) -> Protection:
    """Take down the evidence of a protection; of a confirmed one, that it goes on.

    It is in force until the day `until` (exclusive) if there is one, and looked at again on
    `review` or when the company does so anyway.

    Raises `WrongState` if it has ended, `EvidenceMissing`, `BadPeriod`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    protection, customer, branch = _lock(actor, protection_id)
    day = local_day(organisation_id=branch, now=now)
    if until is not None and until <= day:
        raise BadPeriod(until)
    if evidence.seen_date > day:
        raise BadPeriod(evidence.seen_date)
    act = _Act.EXTENDED if protection.is_proven else _Act.CONFIRMED
    words = _show(protection, evidence)
    protection.confirmed_at, protection.confirmed_by_id = now, actor.staff_id
    terms = terms_of(organisation_id=branch, day=day)
    _give(protection, days_from(day, until=until, terms=terms, is_proven=True, review=review), day)
    protection.save()
    _note(protection, act, actor, now, words)
    told = ProtectionConfirmed(customer.pk, protection.pk, protection.kind)
    publish(told, organisation_id=branch, actor=actor, now=now)
    return protection


def _show(protection: Protection, evidence: Evidence) -> str:
    """Set the evidence; its words for the history."""
    document = None
    if evidence.document_id is not None:
        held = held_as(protection.customer_id)
        document = Document.objects.filter(pk=evidence.document_id, customer__in=held).first()
        if document is None:
            raise NotVisible(f"document {evidence.document_id}")
    issuer = clean(evidence.issuer, field="issuer", max_length=ISSUER_LENGTH, one_line=True)
    number = clean(
        evidence.certificate, field="certificate", max_length=CERTIFICATE_LENGTH, one_line=True
    )
    if document is None and not issuer:
        raise EvidenceMissing(protection.kind)
    protection.document, protection.issuer = document, issuer
    protection.certificate = mask_id_number(number) if number else ""
    protection.seen_date = evidence.seen_date
    title = document.title if document else ""
    return " · ".join(filter(None, (title, issuer, protection.certificate)))


def remind_of_protection(
    *, actor: Actor, now: datetime, protection_id: int, words: str
) -> ProtectionStep:
    """Take down that the customer was reminded; it becomes a note of theirs as well.

    Raises `WrongState` if it has ended, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    protection, customer, _branch = _lock(actor, protection_id, permission="customers.edit")
    text = clean(words, field="words", max_length=REASON_LENGTH, required=True)
    label = str(ProtectedFlag(protection.kind).label)
    add_note(actor=actor, now=now, customer_id=customer.pk, text=f"{label}: {text}")
    return _note(protection, _Act.REMINDED, actor, now, text)


def end_protection(
    *, actor: Actor, now: datetime, protection_id: int, reason: str
) -> Approval | None:
    """End a protection; of a kind that needs two people, ask the second one.

    Returns the request that waits, or None if it ended.

    Raises `WrongState` if it has ended, `ReasonMissing`, `BadText`,
    `qiao.core.approvals.AlreadyPending`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    protection, customer, branch = _lock(actor, protection_id)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("the end of a protection needs its reason")
    if protection.kind not in TWO_PEOPLE:
        _end(protection, customer, branch, words, actor, now)
        return None
    # A decision on an earlier request may wait for our row: we never wait for it.
    if waits_to_end(protection.pk):
        raise approvals.AlreadyPending(f"{APPROVAL} {protection.pk}")
    asked = approvals.request_approval(
        kind=APPROVAL,
        subject_id=protection.pk,
        organisation_id=branch,
        payload={"protection": protection.pk, "customer": customer.pk},
        reason=words,
        actor=actor,
        now=now,
    )
    _note(protection, _Act.ASKED, actor, now, words)
    return asked


def _end(
    protection: Protection,
    customer: Customer,
    branch: int,
    words: str,
    actor: Actor,
    now: datetime,
) -> None:
    protection.ended_at, protection.ended_by_id = now, actor.staff_id
    protection.end_reason = words
    protection.stage, protection.moves_on = Protection.Stage.ENDED, None
    protection.save()
    _note(protection, _Act.ENDED, actor, now, words)
    told = ProtectionEnded(customer.pk, protection.pk, protection.kind)
    publish(told, organisation_id=branch, actor=actor, now=now)
    _tell(customer.pk, actor, now, branch)


def end_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """End what a second person agreed to end. Raises `WrongState` if it has ended meanwhile."""
    required()
    seen = Protection.objects.filter(pk=approval.subject_id).first()
    customer = lock_standing(seen.customer_id) if seen is not None else None
    if customer is None:
        raise WrongState(f"protection {approval.subject_id} is gone")
    protection = _locked(approval.subject_id)
    _end(protection, customer, approval.organisation_id, approval.reason, actor, now)


def keep_refused(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Note that the second person kept a protection."""
    required()
    protection = Protection.objects.filter(pk=approval.subject_id).first()
    if protection is not None:  # gone with a person who was erased
        _note(protection, _Act.KEPT, actor, now, approval.decision_note)


def waits_to_end(protection_id: int) -> bool:
    """Whether a second person was asked to end it."""
    waiting = Approval.objects.filter(kind=APPROVAL, state=Approval.State.PENDING)
    return waiting.filter(subject_id=protection_id).exists()


def _lock(
    actor: Actor, protection_id: int, *, permission: str = PROTECT
) -> tuple[Protection, Customer, int]:
    """The protection and whose it is, both locked, and the branch that the change is told to."""
    required()
    seen = get_protection_for(actor=actor, protection_id=protection_id)
    may_change(actor=actor, customer_id=seen.customer_id, permission=permission)
    if lock_standing(seen.customer_id) is None:
        raise WrongState(f"protection {protection_id} is gone")
    customer = may_change(actor=actor, customer_id=seen.customer_id, permission=permission)
    branch = branch_of(actor=actor, customer_id=customer.pk, permission=permission)
    return _locked(protection_id), customer, branch


def _locked(protection_id: int) -> Protection:
    protection = Protection.objects.select_for_update(no_key=True).filter(pk=protection_id).first()
    if protection is None or protection.ended_at is not None:
        raise WrongState(f"protection {protection_id} has ended")
    return protection


def _note(
    protection: Protection, act: str, actor: Actor | None, now: datetime, words: str
) -> ProtectionStep:
    return ProtectionStep.objects.create(
        protection=protection,
        act=act,
        at=now,
        by_id=actor.staff_id if actor else None,
        words=words,
        until=protection.until,
    )
