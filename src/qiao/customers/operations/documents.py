"""Documents of customers: kept, replaced, read by a job, and shown to who may see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Final

from qiao.core import attachments, background, disclosure, office
from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.rules.grams import grams, normalise
from qiao.core.rules.text import clean
from qiao.core.transactions import acting, outside
from qiao.customers.models import Document
from qiao.customers.operations.access import branch_of, lock_customer
from qiao.customers.operations.refusals import CustomerRefusal, ReasonMissing
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.queries.documents import OWNER_KIND, RIGHT, get_document_for

READ_TASK: Final = "customers.read_document"
ALLOWED: Final = ("image", "pdf", "office", "text")


class BadDocument(CustomerRefusal):
    """Of no known kind, or it ends before it begins."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is told of a document; `kind` as in `Document.Kind`."""

    kind: str
    title: str
    dated: date
    expires: date | None = None
    note: str = ""


def add_document(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    told: NewDocument,
    file: IO[bytes],
    file_name: str,
    replaces_id: int | None = None,
) -> Document:
    """Keep a document, or a new version of one; its text is read by a job.

    The file is looked into and written before the transaction that this opens. Raises
    `BadDocument`, `qiao.core.attachments.FileRefused`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    outside()
    actor.require(RIGHT)
    accepted = attachments.check_upload(file, file_name=file_name, allow=ALLOWED)
    attachments.write(accepted)
    with acting(actor):
        return _add(
            accepted,
            actor=actor,
            now=now,
            customer_id=customer_id,
            told=told,
            replaces_id=replaces_id,
        )


def _add(
    accepted: attachments.Accepted,
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    told: NewDocument,
    replaces_id: int | None,
) -> Document:
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=RIGHT)
    if told.kind not in Document.Kind.values:
        raise BadDocument(told.kind)
    if told.expires is not None and told.expires < told.dated:
        raise BadDocument("it ends before it begins")
    title = clean(told.title, field="title", max_length=120, one_line=True, required=True)
    kept = attachments.store(
        accepted,
        owner_kind=OWNER_KIND,
        owner_id=customer.pk,
        organisation_id=branch_of(actor=actor, customer_id=customer.pk, permission=RIGHT),
        actor=actor,
        now=now,
        label=title,
    )
    note = clean(told.note, field="note", max_length=500)
    words = normalise(f"{title} {note}")
    document = Document.objects.create(
        customer=customer,
        kind=told.kind,
        title=title,
        note=note,
        dated=told.dated,
        expires=told.expires,
        attachment_id=kept.pk,
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        search=words,
        grams=grams(words, singles=False),
        added_at=now,
        added_by_id=actor.person_id,
    )
    if replaces_id is not None:
        _replace(replaces_id, document)
    background.defer(READ_TASK, lock=f"{READ_TASK}:{document.pk}", document_id=document.pk)
    return document


def _replace(former_id: int, document: Document) -> None:
    former = Document.objects.filter(
        pk=former_id, customer_id__in=held_as(document.customer_id), replaced_by__isnull=True
    )
    if not former.update(replaced_by=document):
        raise NotVisible(f"document {former_id}")


def read_document(*, document_id: int, now: datetime) -> None:
    """Put the text of a document into its search columns; harmless when it runs again."""
    found = Document.objects.filter(pk=document_id).first()
    file = found and Attachment.objects.filter(pk=found.attachment_id).first()
    if found is None or not file:
        return
    text = office.text_of(attachments.path_of(file.sha256), file.content_type)
    words = normalise(f"{found.title} {found.note} {text}")
    with acting(None):
        Document.objects.filter(pk=document_id).update(
            search=words, grams=grams(words, singles=False), read_at=now
        )


def open_document(
    *, actor: Actor, now: datetime, document_id: int, reason: str = ""
) -> Attachment:
    """The file of a document. A copy of an identity document needs the right to reveal and a
    reason, and is recorded.

    Raises `ReasonMissing`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    document, file = get_document_for(actor=actor, document_id=document_id)
    if document.kind != Document.Kind.IDENTITY:
        return file
    words = clean(reason, field="reason", max_length=300)
    if not words:
        raise ReasonMissing("a copy of an identity document needs a reason")
    customer = lock_customer(
        actor=actor, customer_id=document.customer_id, permission="customers.reveal"
    )
    disclosure.record(
        kind="reveal",
        subject="customer",
        subject_id=customer.pk,
        fields=("document",),
        organisation_id=branch_of(
            actor=actor, customer_id=customer.pk, permission="customers.reveal"
        ),
        actor=actor,
        now=now,
        reason=words,
    )
    return file
