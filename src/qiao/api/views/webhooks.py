"""Pages of webhooks: endpoints, what was sent to each, one message with its attempts."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.api import operations, queries
from qiao.api.forms import EndpointForm, OverlapForm, refuse
from qiao.api.models import Delivery, Endpoint
from qiao.api.rules.backoff import ATTEMPTS
from qiao.api.views.keys import MANAGE, METHODS, UNPROCESSABLE, first_time, page_number
from qiao.api.words import event_words
from qiao.core.http import StaffRequest, staff_view


@staff_view(MANAGE)
def endpoint_list(request: StaffRequest) -> HttpResponse:
    """All endpoints that one manages."""
    lines = queries.list_endpoints(actor=request.actor, now=request.now)
    return render(request, "api/endpoints.html", {"lines": lines})


def _about(request: StaffRequest) -> dict[str, Any]:
    return {"actor": request.actor, "language": get_language() or "en"}


def _words(refusal: Exception) -> tuple[str | None, str]:
    if isinstance(refusal, operations.BadAddress):
        return "url", _("Webhooks go to https:// addresses on the internet.")
    if isinstance(refusal, operations.UnknownEvent | operations.NothingChosen):
        return "event_types", _("Choose at least one event.")
    return None, _("This change is not possible.")


@staff_view(MANAGE, methods=METHODS)
def endpoint_new(request: StaffRequest) -> HttpResponse:
    """Add an endpoint; the answer to the form is the only page that shows the secret."""
    if request.method != "POST":
        initial = {"once": uuid.uuid4(), "organisation": request.actor.organisation_id}
        form = EndpointForm(initial=initial, **_about(request))
        return render(request, "api/endpoint_form.html", {"form": form})
    form = EndpointForm(request.POST, **_about(request))
    if form.is_valid():
        if not first_time(form):
            messages.warning(request, _("This was done already. A secret is shown only once."))
            return HttpResponseRedirect(reverse("api:endpoints"))
        data = form.cleaned_data
        try:
            endpoint, secret = operations.add_endpoint(
                actor=request.actor,
                now=request.now,
                organisation_id=data["organisation"],
                name=data["name"],
                url=data["url"],
                event_types=data["event_types"],
            )
        except (operations.ApiRefusal, operations.BadText) as refusal:
            refuse(form, refusal, *_words(refusal))
        else:
            return _page(request, endpoint, secret=secret)
    return render(request, "api/endpoint_form.html", {"form": form}, status=UNPROCESSABLE)


@staff_view(MANAGE, methods=METHODS)
def endpoint_change(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Change name, address and events of an endpoint."""
    endpoint = queries.get_endpoint_for(actor=request.actor, endpoint_id=endpoint_id)
    initial = {name: getattr(endpoint, name) for name in ("name", "url", "event_types")}
    given = request.POST if request.method == "POST" else None
    form = EndpointForm(given, initial=initial, fixed=True, **_about(request))
    if given is not None and form.is_valid():
        try:
            operations.change_endpoint(
                actor=request.actor, endpoint_id=endpoint.pk, **form.cleaned_data
            )
        except (operations.ApiRefusal, operations.BadText) as refusal:
            refuse(form, refusal, *_words(refusal))
        else:
            messages.success(request, _("The endpoint has been changed."))
            return _back(endpoint)
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "endpoint": endpoint}
    return render(request, "api/endpoint_form.html", context, status=status)


def _back(endpoint: Endpoint) -> HttpResponse:
    return HttpResponseRedirect(reverse("api:endpoint", args=[endpoint.pk]))


@staff_view(MANAGE)
def endpoint_page(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint and its messages, the newest first."""
    endpoint = queries.get_endpoint_for(actor=request.actor, endpoint_id=endpoint_id)
    return _page(request, endpoint)


def _page(request: StaffRequest, endpoint: Endpoint, *, secret: str = "") -> HttpResponse:
    state = request.GET.get("state", "")
    page = queries.list_deliveries(
        endpoint_id=endpoint.pk, state=state, after=page_number(request)
    )
    former = endpoint.former_until
    is_overlapping = former is not None and former > request.now
    overlap = OverlapForm(initial={"once": uuid.uuid4()})
    context = {
        "endpoint": endpoint,
        "secret": secret,
        "rows": [(row, event_words(row.event_name)) for row in page.rows],
        "after": page.after,
        "state": state,
        "states": [("", _("All")), *Delivery.State.choices],
        "events": [(name, event_words(name)) for name in endpoint.event_types],
        "former_until": former if is_overlapping else None,
        "overlap": overlap.only_at_once() if is_overlapping else overlap,
        "most_attempts": ATTEMPTS,
    }
    return render(request, "api/endpoint.html", context)


@staff_view(MANAGE, methods=("POST",))
def endpoint_rotate(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Give the receiver another secret, shown once; the former one signs beside it for a while."""
    endpoint = queries.get_endpoint_for(actor=request.actor, endpoint_id=endpoint_id)
    form = OverlapForm(request.POST)
    if not form.is_valid() or not first_time(form):
        messages.warning(request, _("This was done already. A secret is shown only once."))
        return _back(endpoint)
    try:
        secret = operations.rotate_endpoint_secret(
            actor=request.actor,
            now=request.now,
            endpoint_id=endpoint.pk,
            overlap=timedelta(hours=form.cleaned_data["overlap"]),
        )
    except operations.StillOverlapping as refusal:
        until = f"{timezone.localtime(refusal.until):%Y-%m-%d %H:%M}"
        words = _(
            "The former secret signs until %(until)s. Make another one after that, or end both"
            " at once."
        )
        messages.warning(request, words % {"until": until})
        return _back(endpoint)
    endpoint.refresh_from_db()
    return _page(request, endpoint, secret=secret)


def _simple(
    request: StaffRequest, endpoint_id: int, change: Callable[[Endpoint], object], done: str
) -> HttpResponse:
    endpoint = queries.get_endpoint_for(actor=request.actor, endpoint_id=endpoint_id)
    try:
        change(endpoint)
    except operations.WrongState:
        messages.warning(request, _("This is not possible now: the endpoint’s state changed."))
    else:
        messages.success(request, done)
    return _back(endpoint)


@staff_view(MANAGE, methods=("POST",))
def endpoint_disable(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Send nothing more for now."""
    return _simple(
        request,
        endpoint_id,
        lambda endpoint: operations.disable_endpoint(
            actor=request.actor, now=request.now, endpoint_id=endpoint.pk
        ),
        _("Nothing more is sent there."),
    )


@staff_view(MANAGE, methods=("POST",))
def endpoint_enable(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Send again."""
    return _simple(
        request,
        endpoint_id,
        lambda endpoint: operations.enable_endpoint(actor=request.actor, endpoint_id=endpoint.pk),
        _("From the next event on, messages are sent again."),
    )


@staff_view(MANAGE, methods=("POST",))
def endpoint_test(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Send a test."""
    return _simple(
        request,
        endpoint_id,
        lambda endpoint: operations.send_test(
            actor=request.actor, now=request.now, endpoint_id=endpoint.pk
        ),
        _("A test is on its way."),
    )


@staff_view(MANAGE, methods=("POST",))
def endpoint_delete(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Take an endpoint out of use for good."""
    endpoint = queries.get_endpoint_for(actor=request.actor, endpoint_id=endpoint_id)
    operations.delete_endpoint(actor=request.actor, now=request.now, endpoint_id=endpoint.pk)
    messages.success(request, _("The endpoint has been removed."))
    return HttpResponseRedirect(reverse("api:endpoints"))


@staff_view(MANAGE)
def delivery_page(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """One message: its words, and every attempt."""
    delivery = queries.get_delivery_for(actor=request.actor, delivery_id=delivery_id)
    body = json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2)
    context = {
        "delivery": delivery,
        "endpoint": delivery.endpoint,
        "event": event_words(delivery.event_name),
        "body": body,
        "attempts": queries.attempts_of(delivery.pk),
        "most_attempts": ATTEMPTS,
    }
    return render(request, "api/delivery.html", context)


@staff_view(MANAGE, methods=("POST",))
def delivery_resend(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Send a message once more."""
    delivery = queries.get_delivery_for(actor=request.actor, delivery_id=delivery_id)
    try:
        operations.resend(actor=request.actor, now=request.now, delivery_id=delivery.pk)
    except operations.WrongState:
        messages.warning(request, _("It waits already, or its endpoint is switched off."))
    else:
        messages.success(request, _("The message is on its way once more."))
    return HttpResponseRedirect(reverse("api:delivery", args=[delivery.pk]))
