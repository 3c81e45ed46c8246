"""The customer's file: documents listed, added, replaced, searched and looked at."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.attachments import FileRefused, path_of
from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Attachment
from qiao.core.rules.text import BadText
from qiao.customers.forms.documents import DocumentForm
from qiao.customers.models import Document
from qiao.customers.operations.documents import (
    BadDocument,
    NewDocument,
    add_document,
    open_document,
)
from qiao.customers.operations.refusals import ReasonMissing
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.disclosures import REVEAL_REASONS
from qiao.customers.queries.documents import (
    RIGHT,
    documents_of,
    ending_documents,
    find_documents,
    get_document_for,
    versions_of,
)
from qiao.customers.views.box import METHODS, UNPROCESSABLE

SPANS = (30, 60)
_REFUSED = {
    "empty": lambda: _("The file is empty."),
    "too_large": lambda: _("The file is larger than 15 MB."),
    "encrypted": lambda: _("The file asks for a password, or is of an old format."),
    "macros": lambda: _("The file holds macros. Keep it without them."),
    "damaged": lambda: _("The file is damaged."),
}


@staff_view(RIGHT)
def documents(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The documents of a customer, or those that hold a text."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id, permission=RIGHT)
    text = request.GET.get("q", "").strip()[:100]
    context = {
        "customer": customer,
        "text": text,
        "rows": documents_of(actor=request.actor, customer_id=customer.pk, text=text),
        "today": timezone.localdate(request.now),
    }
    return render(request, "customers/documents/list.html", context)


@staff_view(RIGHT, methods=METHODS, opens=False)
def document_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep a document."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id, permission=RIGHT)
    return _keep(request, customer, None)


@staff_view(RIGHT, methods=METHODS, opens=False)
def document_replace(request: StaffRequest, document_id: int) -> HttpResponse:
    """Keep a new version of a document; the old one stays behind it."""
    former, _file = get_document_for(actor=request.actor, document_id=document_id)
    customer = get_customer_for(actor=request.actor, customer_id=former.customer_id)
    return _keep(request, customer, former)


def _keep(request: StaffRequest, customer: Any, former: Document | None) -> HttpResponse:
    initial: dict[str, Any] = {"dated": timezone.localdate(request.now)}
    if former is not None:
        initial |= {"kind": former.kind, "title": former.title, "note": former.note}
    form = DocumentForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = data.pop("file")
        try:
            kept = add_document(
                actor=request.actor,
                now=request.now,
                customer_id=customer.pk,
                told=NewDocument(**data),
                file=file,
                file_name=file.name,
                replaces_id=former.pk if former else None,
            )
        except FileRefused as refusal:
            words = _REFUSED.get(refusal.reason)
            form.add_error("file", words() if words else _("Files of this type are not taken."))
        except BadText as refusal:
            form.add_error(None, _(refusal.message) % refusal.params)
        except BadDocument:
            form.add_error(None, _("This change is not possible."))
        else:
            messages.success(request, _("The document has been kept."))
            return HttpResponseRedirect(reverse("customers:document", args=[kept.pk]))
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"customer": customer, "form": form, "former": former}
    return render(request, "customers/documents/new.html", context, status=status)


@staff_view(RIGHT)
def document(request: StaffRequest, document_id: int) -> HttpResponse:
    """One document: what is told of it, its picture, its versions."""
    found, file = get_document_for(actor=request.actor, document_id=document_id)
    is_guarded = found.kind == Document.Kind.IDENTITY
    context = {
        "document": found,
        "file": file,
        "customer": get_customer_for(actor=request.actor, customer_id=found.customer_id),
        "versions": versions_of(found),
        "is_guarded": is_guarded,
        "may_reveal": request.actor.can("customers.reveal"),
        "is_picture": file.content_type.startswith("image/") and not is_guarded,
        "reasons": REVEAL_REASONS.items(),
    }
    return render(request, "customers/documents/page.html", context)


@staff_view(RIGHT, methods=METHODS)
def document_file(request: StaffRequest, document_id: int) -> HttpResponseBase:
    """The file; a copy of an identity document only by POST, with its reason."""
    try:
        file = open_document(
            actor=request.actor,
            now=request.now,
            document_id=document_id,
            reason=_reason(request),
        )
    except ReasonMissing:
        messages.error(request, _("Say in a few words why you need it."))
        return HttpResponseRedirect(reverse("customers:document", args=[document_id]))
    return _send(request, file)


def _reason(request: StaffRequest) -> str:
    key = request.POST.get("reason", "")
    return key if key in REVEAL_REASONS else request.POST.get("words", "")


def _send(request: StaffRequest, file: Attachment) -> HttpResponseBase:
    response = send_file(
        request, path_of(file.sha256), name=file.file_name, content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    if file.content_type.startswith("image/") or file.content_type == "application/pdf":
        inline = response["Content-Disposition"].replace("attachment", "inline", 1)
        response["Content-Disposition"] = inline
    return response


@staff_view(RIGHT)
def document_work(request: StaffRequest) -> HttpResponse:
    """Documents of all customers found by what they say, and those that end soon."""
    text = request.GET.get("q", "").strip()[:100]
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
    today = timezone.localdate(request.now)
    rows = (
        find_documents(actor=request.actor, text=text, limit=100)
        if text
        else ending_documents(actor=request.actor, today=today, days=days)
    )
    context = {"rows": rows, "text": text, "days": days, "spans": SPANS, "today": today}
    return render(request, "customers/documents/work.html", context)
