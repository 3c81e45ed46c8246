"""Search and commands: the palette's answer, and a page with all of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from qiao.core.http import StaffRequest, staff_view
from qiao.desk.queries import Found, search_everything

LONGEST = 100
FEW, MANY = 8, 30


@staff_view("")
def palette(request: StaffRequest) -> HttpResponse:
    """What the palette lists for what was typed."""
    return render(request, "desk/palette.html", _found(request, FEW))


@staff_view("")
def results(request: StaffRequest) -> HttpResponse:
    """The same on a page of its own, with more of each."""
    return render(request, "desk/search.html", _found(request, MANY))


def _found(request: StaffRequest, limit: int) -> dict[str, Any]:
    text = request.GET.get("q", "")[:LONGEST]
    groups = search_everything(actor=request.actor, text=text, limit=limit)
    return {"text": text, "groups": [_shown(group) for group in groups]}


def _shown(group: Found) -> dict[str, Any]:
    commands = [(command, _address(command.url_name)) for command in group.commands]
    return {
        "key": group.key,
        "label": group.label,
        "near": group.near,
        "hits": group.hits,
        "commands": [(command, address) for command, address in commands if address],
    }


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
