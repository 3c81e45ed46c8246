"""Text modules: the list, writing one, taking one out of use."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.rules.texts import DATA_KEYS
from qiao.knowledge import operations, queries
from qiao.knowledge.forms import LONGEST_QUERY, TextForm, field_of
from qiao.knowledge.models import Scope, TextModule
from qiao.knowledge.operations.texts import KEEP, WRITE, require_scope
from qiao.knowledge.queries.reading import PAGE
from qiao.knowledge.rules.placeholders import KEYS
from qiao.knowledge.views.choices import type_choices, unit_choices
from qiao.knowledge.words import PLACES
from qiao.staff.queries import company_id

VIEW = "knowledge.view"
METHODS = ("GET", "HEAD", "POST")
UNPROCESSABLE = 422


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Texts that the person may insert."""
    text = request.GET.get("q", "")[:LONGEST_QUERY]
    retired = request.GET.get("state") == "retired"
    context: dict[str, Any] = {
        "text": text,
        "retired": retired,
        "may_write": request.actor.can(WRITE),
        "may_official": request.actor.can_in(KEEP, company_id()),
        "keep_units": request.actor.organisations(KEEP),
    }
    if text:
        today = timezone.localdate(request.now)
        found = queries.find_texts(actor=request.actor, today=today, text=text, limit=PAGE)
        shown = [queries.get_text_for(actor=request.actor, text_id=item.id) for item in found]
        context |= {"texts": shown}
    else:
        typed = request.GET.get("after", "")
        after = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
        rows = queries.text_list(actor=request.actor, retired=retired, after=after)
        context |= {
            "texts": rows[:PAGE],
            "after": after + PAGE if len(rows) > PAGE else None,
        }
    for row in context["texts"]:
        row.may_change = may_change(request.actor, row)
    return render(request, "knowledge/texts.html", context)


def may_change(actor: Actor, text: TextModule) -> bool:
    """Whether the actor may write this text."""
    if text.scope == Scope.OWN:
        return actor.can(WRITE)
    unit = text.organisation_id if text.scope == Scope.UNIT else company_id()
    return unit is not None and actor.can_in(KEEP, unit)


@staff_view(WRITE, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """Write a new text."""
    return _edit(request, None)


@staff_view(WRITE, methods=METHODS)
def edit(request: StaffRequest, text_id: int) -> HttpResponse:
    """Give a text other words."""
    text = queries.get_text_for(actor=request.actor, text_id=text_id)
    require_scope(request.actor, text.scope, text.organisation_id)
    return _edit(request, text)


def _edit(request: StaffRequest, text: TextModule | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = TextForm(
        posted,
        types=type_choices(),
        units=unit_choices(request, KEEP),
        official=request.actor.can_in(KEEP, company_id()),
        initial=_initial(text),
        auto_id="text-%s",
    )
    if posted is not None and form.is_valid() and _keep(request, form, text):
        messages.success(request, _("The text is kept."))
        return HttpResponseRedirect(reverse("knowledge:texts"))
    context = {
        "form": form,
        "text": text,
        "title": _("Change the text") if text else _("New text"),
        "places": [(key, PLACES[key]) for key in KEYS],
    }
    status = 200 if posted is None else UNPROCESSABLE
    return render(request, "knowledge/text_edit.html", context, status=status)


def _initial(text: TextModule | None) -> dict[str, Any]:
    if text is None:
        return {"scope": Scope.OWN.value}
    names = ("key", "scope", "case_types", "valid_from", "valid_until")
    initial = {name: getattr(text, name) for name in names}
    initial["organisation"] = text.organisation_id
    for key in DATA_KEYS:
        initial[field_of("title", key)] = text.titles.get(key, "")
        initial[field_of("body", key)] = text.bodies.get(key, "")
    return initial


def _keep(request: StaffRequest, form: TextForm, text: TextModule | None) -> bool:
    data = form.cleaned_data
    draft = operations.TextDraft(
        key=data["key"],
        titles=form.texts("title"),
        bodies=form.texts("body"),
        scope=data["scope"],
        organisation_id=data["organisation"],
        case_types=tuple(data["case_types"]),
        valid_from=data["valid_from"],
        valid_until=data["valid_until"],
    )
    told: dict[str, Any] = {"draft": draft, "actor": request.actor, "now": request.now}
    try:
        if text is None:
            operations.create_text(**told)
        else:
            operations.change_text(text_id=text.pk, **told)
    except BadText as bad:
        place = bad.field if bad.field in form.fields else None
        form.add_error(place, _(bad.message) % bad.params)
    except operations.NoWords:
        form.add_error(None, _("Each language needs both a title and a text; one is enough."))
    except operations.KeyTaken:
        form.add_error("key", _("Another text is typed with this key."))
    except operations.UnknownPlaces as unknown:
        places = ", ".join(f"{{{place}}}" for place in unknown.places)
        form.add_error(None, _("Nothing fills these places: %(places)s") % {"places": places})
    else:
        return True
    return False


@staff_view(WRITE, methods=("POST",))
def retire(request: StaffRequest, text_id: int) -> HttpResponse:
    """Offer a text no more; with `back` again."""
    text = queries.get_text_for(actor=request.actor, text_id=text_id)
    told: dict[str, Any] = {"text_id": text.pk, "actor": request.actor, "now": request.now}
    url = reverse("knowledge:text_retire", args=[text_id])
    if request.GET.get("back") == "1":
        try:
            operations.restore_text(**told)
        except operations.KeyTaken:
            messages.error(request, _("Another text is typed with this key."))
        else:
            messages.success(request, _("The text is offered again."))
    else:
        operations.retire_text(**told)
        messages.success(request, _("The text is offered no more."), extra_tags=f"{url}?back=1")
    return HttpResponseRedirect(reverse("knowledge:texts"))
