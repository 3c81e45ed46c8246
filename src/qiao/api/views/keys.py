"""Pages of keys: the list, one key with what it called, a new one, another secret, the end."""

import uuid
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
from qiao.api.forms import KeyForm, OverlapForm, refuse
from qiao.api.models import ApiKey
from qiao.api.words import SCOPES
from qiao.core.http import StaffRequest, staff_view
from qiao.core.idempotency import claim

MANAGE = "api.manage"
METHODS = ("GET", "HEAD", "POST")
ONCE = "api.form"
DAYS = 30
UNPROCESSABLE = 422


def first_time(form: Any) -> bool:
    """Whether this very form was not taken before: what is shown once must not be made twice."""
    return claim(scope=ONCE, key=str(form.cleaned_data["once"]))


def page_number(request: StaffRequest) -> int | None:
    """The id after which a page of a list begins."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@staff_view(MANAGE)
def key_list(request: StaffRequest) -> HttpResponse:
    """All keys that one manages."""
    today = timezone.localdate(request.now, timezone.get_default_timezone())
    lines, after = queries.list_keys(
        actor=request.actor, now=request.now, today=today, after=page_number(request)
    )
    return render(request, "api/keys.html", {"lines": lines, "after": after})


@staff_view(MANAGE, methods=METHODS)
def key_new(request: StaffRequest) -> HttpResponse:
    """Give a program access; the answer to the form is the only page that shows the secret."""
    about: dict[str, Any] = {"actor": request.actor, "language": get_language() or "en"}
    if request.method != "POST":
        unit = request.actor.organisation_id
        initial = {"once": uuid.uuid4(), "organisation": unit}
        return render(request, "api/key_new.html", {"form": KeyForm(initial=initial, **about)})
    form = KeyForm(request.POST, **about)
    if form.is_valid():
        if not first_time(form):
            return _shown_before(request)
        try:
            made = _create(request, form)
        except (operations.ApiRefusal, operations.BadText) as refusal:
            refuse(form, refusal, *_words(refusal))
        else:
            return _page(request, made.key, secret=made.secret.text)
    return render(request, "api/key_new.html", {"form": form}, status=UNPROCESSABLE)


def _create(request: StaffRequest, form: KeyForm) -> Any:
    data = form.cleaned_data
    return operations.create_key(
        actor=request.actor,
        now=request.now,
        organisation_id=data["organisation"],
        name=data["name"],
        purpose=data["purpose"],
        scopes=data["scopes"],
        ranges=data["ranges"],
        calls_a_minute=data["calls_a_minute"],
        expires_at=form.expires_at(request.now),
    )


def _words(refusal: Exception) -> tuple[str | None, str]:
    if isinstance(refusal, operations.MoreThanOwn):
        words = _("You may not do this yourself: %(what)s") % {"what": SCOPES[refusal.scope]}
        return "scopes", words
    return None, _("This change is not possible.")


def _shown_before(request: StaffRequest) -> HttpResponse:
    messages.warning(request, _("This was done already. A secret is shown only once."))
    return HttpResponseRedirect(reverse("api:keys"))


@staff_view(MANAGE)
def key_page(request: StaffRequest, key_id: int) -> HttpResponse:
    """One key: what it may, and what it called."""
    return _page(request, queries.get_key_for(actor=request.actor, key_id=key_id))


def _page(
    request: StaffRequest, key: ApiKey, *, secret: str = "", status: int = 200
) -> HttpResponse:
    today = timezone.localdate(request.now, timezone.get_default_timezone())
    since = today - timedelta(days=DAYS - 1)
    usage = queries.usage_of(key_id=key.pk, since=since)
    context = {
        "key": key,
        "state": key.state(request.now),
        "state_words": ApiKey.State(key.state(request.now)).label,
        "scopes": [(scope, SCOPES.get(scope, "")) for scope in key.scopes],
        "secret": secret,
        "secrets": key.secrets.exclude(ends_at__lte=request.now).order_by("-created_at"),
        "usage": usage,
        "days": [n for _day, n in queries.days_of(key_id=key.pk, since=since, today=today)],
        "calls": sum(line.calls for line in usage),
        "refused": sum(line.refused for line in usage),
        "failed": sum(line.failed for line in usage),
        "last_at": max((line.last_at for line in usage), default=None),
        "overlap": OverlapForm(initial={"once": uuid.uuid4()}),
        "period": DAYS,
    }
    return render(request, "api/key.html", context, status=status)


@staff_view(MANAGE, methods=("POST",))
def key_rotate(request: StaffRequest, key_id: int) -> HttpResponse:
    """Give the program another secret, shown once."""
    key = queries.get_key_for(actor=request.actor, key_id=key_id)
    form = OverlapForm(request.POST)
    if not form.is_valid():
        return _page(request, key, status=UNPROCESSABLE)
    if not first_time(form):
        return _shown_before(request)
    try:
        made = operations.rotate_key(
            actor=request.actor,
            now=request.now,
            key_id=key.pk,
            overlap=timedelta(hours=form.cleaned_data["overlap"]),
        )
    except operations.WrongState:
        messages.error(request, _("This key opens nothing any more."))
        return HttpResponseRedirect(reverse("api:key", args=[key.pk]))
    return _page(request, made.key, secret=made.secret.text)


@staff_view(MANAGE, methods=("POST",))
def key_revoke(request: StaffRequest, key_id: int) -> HttpResponse:
    """End a program's access."""
    key = queries.get_key_for(actor=request.actor, key_id=key_id)
    try:
        operations.revoke_key(actor=request.actor, now=request.now, key_id=key.pk)
    except operations.WrongState:
        messages.warning(request, _("This key opens nothing any more."))
    else:
        messages.success(request, _("The key opens nothing any more."))
    return HttpResponseRedirect(reverse("api:key", args=[key.pk]))
