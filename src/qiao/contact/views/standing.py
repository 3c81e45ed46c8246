"""The bar of whoever takes contacts: signed on, ready, on a break, at work."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.contact import operations
from qiao.contact.queries import load_bar
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.toasts import add_toast

WORK = "interactions.work"
POST = ("POST",)


def _bar(request: StaffRequest) -> HttpResponse:
    context = {"part": load_bar(actor=request.actor, now=request.now, path="")}
    return render(request, "contact/standing.html", context)


@staff_view(WORK, methods=POST)
def turn_on(request: StaffRequest) -> HttpResponse:
    """Begin to take contacts, with the telephone that stands beside the person."""
    telephone = registry.telephone(request.actor)
    return _turned(request, operations.sign_on, endpoint=telephone)


@staff_view(WORK, methods=POST)
def turn_off(request: StaffRequest) -> HttpResponse:
    """End the shift."""
    return _turned(request, operations.sign_off)


@staff_view(WORK, methods=POST)
def be_ready(request: StaffRequest) -> HttpResponse:
    """Take contacts again."""
    return _turned(request, operations.be_ready)


@staff_view(WORK, methods=POST)
def rest(request: StaffRequest) -> HttpResponse:
    """Take a break."""
    return _turned(request, operations.take_break, reason=request.POST.get("reason", ""))


def _turned(request: StaffRequest, act: Callable[..., Any], **given: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            act(actor=request.actor, now=request.now, **given)
    except operations.InteractionRefusal:  # rung or signed off in the meantime: the bar says it
        return add_toast(_bar(request), text=_("That is not possible at this moment."))
    return _bar(request)
