"""Requests by law about a person: erase them, and hand out all that is held."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core.approvals import AlreadyDecided, AlreadyPending, SamePerson
from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.rules.ids import read_id
from qiao.core.rules.text import BadText
from qiao.customers.forms.personal import ErasureForm, SubjectAccessForm
from qiao.customers.models import Erasure
from qiao.customers.operations.erasing import (
    ErasureHindered,
    ErasureKnown,
    decide_erasure,
    request_erasure,
)
from qiao.customers.operations.refusals import WrongState
from qiao.customers.operations.subject_access import (
    ask_subject_access,
    file_of,
    take_subject_access,
)
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.personal import (
    ACCESS,
    ERASE,
    erasure_of,
    get_erasure_for,
    hinders_of,
    list_erasures,
    person_of,
    subject_exports_of,
)
from qiao.customers.views.box import METHODS, UNPROCESSABLE

PAGE_SIZE = 50
CONFLICT = 409
_State = Erasure.State


@staff_view(ERASE, methods=METHODS)
def erase(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask for a person to be erased: what hinders it, on what ground, why."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id, permission=ERASE)
    latest = erasure_of(customer.pk)
    if latest is not None and latest.state in (_State.REQUESTED, _State.APPROVED, _State.DONE):
        return HttpResponseRedirect(reverse("customers:erasure", args=[latest.pk]))
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = request_erasure(
                actor=request.actor,
                now=request.now,
                customer_id=customer.pk,
                basis=form.cleaned_data["basis"],
                reason=form.cleaned_data["reason"],
            )
        except BadText as refusal:
            form.add_error("reason", _(refusal.message) % refusal.params)
        except ErasureHindered:
            form.add_error(None, _("Something has to end first; it is listed below."))
        except (ErasureKnown, AlreadyPending):
            form.add_error(None, _("The erasure of this person was asked for already."))
        else:
            messages.success(request, _("The request waits for a second person."))
            return HttpResponseRedirect(reverse("customers:erasure", args=[made.pk]))
    context = {
        "customer": customer,
        "form": form,
        "hinders": hinders_of(person_of(customer.pk)),
        "refused": latest,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "customers/personal/erase.html", context, status=status)


@staff_view(ERASE)
def erasures(request: StaffRequest) -> HttpResponse:
    """Requests to erase people, the latest first."""
    rows = list_erasures(
        actor=request.actor,
        after=read_id(request.GET.get("after", "")),
        limit=PAGE_SIZE,
    )
    context = {"rows": rows, "after": rows[-1].pk if len(rows) == PAGE_SIZE else None}
    return render(request, "customers/personal/erasures.html", context)


@staff_view(ERASE)
def erasure(request: StaffRequest, erasure_id: int) -> HttpResponse:
    """One request: to be decided, running, or the certificate of what was erased."""
    found = get_erasure_for(actor=request.actor, erasure_id=erasure_id)
    if request.htmx and found.state != _State.APPROVED:  # what was polled for has come
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"  # the name leaves the heads of the page too
        return answer
    return _show_erasure(request, found)


def _show_erasure(
    request: StaffRequest, found: Erasure, error: str = "", status: int = 200
) -> HttpResponse:
    is_open = found.state == _State.REQUESTED
    hinders = hinders_of(person_of(found.customer_id)) if is_open else []
    is_second = found.requested_by_id != request.actor.staff_id
    may_decide = request.actor.can_in("core.approve", found.organisation_id)
    context: dict[str, Any] = {
        "erasure": found,
        "hinders": hinders,
        "is_second": is_second,
        "may_decide": is_open and is_second and may_decide,
        "counts": _in_words(found.counts),
        "error": error,
    }
    return render(request, "customers/personal/erasure.html", context, status=status)


def _in_words(counts: dict[str, int]) -> list[tuple[Any, int]]:
    words = {key: word for part in registry.personal() for key, word in part.counted.items()}
    return [(words[key], counts[key]) for key in words if counts.get(key)]


@staff_view(ERASE, methods=("POST",))
def erasure_decide(request: StaffRequest, erasure_id: int) -> HttpResponse:
    """Agree or refuse, as a second person."""
    found = get_erasure_for(actor=request.actor, erasure_id=erasure_id)
    approve = request.POST.get("decision") == "approve"
    try:
        decide_erasure(
            actor=request.actor,
            now=request.now,
            erasure_id=found.pk,
            approve=approve,
            note=request.POST.get("note", ""),
        )
    except SamePerson:
        return _refused(request, found, _("Who asks may not decide."))
    except AlreadyDecided:
        return _refused(request, found, _("This was decided already."))
    except ErasureHindered:
        return _refused(request, found, _("Something has to end first; it is listed below."))
    except BadText as refusal:
        return _refused(request, found, _(refusal.message) % refusal.params)
    messages.success(
        request, _("The person is being erased.") if approve else _("The request was refused.")
    )
    return HttpResponseRedirect(reverse("customers:erasure", args=[found.pk]))


def _refused(request: StaffRequest, found: Erasure, text: str) -> HttpResponse:
    return _show_erasure(request, found, text, CONFLICT)


@staff_view(ACCESS, methods=METHODS)
def subject_access(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask for all that is held about a person, and take what is ready."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id, permission=ACCESS)
    form = SubjectAccessForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            ask_subject_access(
                actor=request.actor, now=request.now, customer_id=customer.pk, **form.cleaned_data
            )
        except BadText as refusal:
            form.add_error("reason", _(refusal.message) % refusal.params)
        else:
            messages.success(request, _("The file is being put together."))
            return HttpResponseRedirect(reverse("customers:subject_access", args=[customer.pk]))
    exports = subject_exports_of(customer.pk)
    context = {
        "customer": customer,
        "form": form,
        "exports": exports,
        "waits": any(each.state == "waiting" for each in exports),
        "now": request.now,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "customers/personal/access.html", context, status=status)


@staff_view(ACCESS, methods=("POST",))
def subject_access_take(
    request: StaffRequest, customer_id: int, export_id: int
) -> HttpResponseBase:
    """Hand the file out; it is recorded each time."""
    try:
        export = take_subject_access(
            actor=request.actor, now=request.now, customer_id=customer_id, export_id=export_id
        )
        name = f"{export.customer.number}.zip"
        return send_file(request, file_of(export.pk), name=name, content_type="application/zip")
    except (WrongState, OSError):
        messages.error(request, _("The file is no longer there. Ask for it again."))
        return HttpResponseRedirect(reverse("customers:subject_access", args=[customer_id]))
