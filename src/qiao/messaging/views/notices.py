"""The texts of notices: what a unit uses, its versions, and a new one for a second person."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages as said
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.rules.text import BadText
from qiao.messaging import operations
from qiao.messaging.forms import NoticeForm, field_name
from qiao.messaging.forms.notices import NAMES
from qiao.messaging.operations.notices import RIGHT
from qiao.messaging.queries.notices import notice_texts, pending_of, versions_for
from qiao.messaging.rules.notices import ALWAYS, LANGUAGES, TextMissing
from qiao.messaging.rules.words import BadPlace, fill
from qiao.staff.queries import organisation_names, units_among

METHODS = ("GET", "HEAD", "POST")


def _unit(request: StaffRequest) -> int:
    """The unit that is looked at: the one asked for, else the person's own or the first."""
    units = request.actor.organisations(RIGHT)
    asked = request.GET.get("unit", "")
    if asked.isdecimal() and len(asked) < 19 and int(asked) in units:
        return int(asked)
    own = request.actor.organisation_id
    return own if own in units else units[0]


@staff_view(RIGHT)
def index(request: StaffRequest) -> HttpResponse:
    """Every occasion with the text that a unit uses."""
    unit = _unit(request)
    pending = pending_of(organisation_ids=(unit,))
    rows = []
    for occasion, declared in registry.occasions().items():
        found = notice_texts(occasion=occasion, organisation_id=unit)
        words = found.texts.get("zh-Hans") or next(iter(found.texts.values()))
        rows.append((occasion, declared.label, words, found, (occasion, unit) in pending))
    units = units_among(request.actor.organisations(RIGHT), language=request.LANGUAGE_CODE)
    context = {
        "rows": rows,
        "unit": unit,
        "units": units,
        "names": organisation_names([row[3].organisation_id or 0 for row in rows]),
    }
    return render(request, "messaging/notices.html", context)


@staff_view(RIGHT, methods=METHODS)
def notice(request: StaffRequest, organisation_id: int, occasion: str) -> HttpResponse:
    """One text: as it is used, filled with an example, its versions, and a form for a new one."""
    declared = registry.occasions().get(occasion)
    if declared is None or organisation_id not in request.actor.organisations(RIGHT):
        raise Http404(occasion)
    found = notice_texts(occasion=occasion, organisation_id=organisation_id)
    initial = {
        field_name(language, part): getattr(found.texts[language], part)
        for language in LANGUAGES
        for part in ("title", "body")
    }
    form = NoticeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _propose(request, organisation_id, occasion, form):
        said.success(request, _("The text waits for a second person."))
        return HttpResponseRedirect(request.path)
    context = {
        "form": form,
        "occasion": occasion,
        "label": declared.label,
        "places": sorted({*ALWAYS, *declared.places}),
        "samples": _samples(found.texts, {**ALWAYS, **declared.places}),
        "versions": versions_for(
            actor=request.actor, occasion=occasion, organisation_id=organisation_id
        ),
        "unit_name": organisation_names([organisation_id])[organisation_id],
        "back": reverse("messaging:notices") + f"?unit={organisation_id}",
    }
    status = 422 if form.is_bound else 200
    return render(request, "messaging/notice.html", context, status=status)


def _samples(texts: Any, values: Mapping[str, str]) -> list[tuple[Any, str, str]]:
    return [
        (NAMES[key], fill(texts[key].title, values), fill(texts[key].body, values))
        for key in LANGUAGES
    ]


def _propose(request: StaffRequest, organisation_id: int, occasion: str, form: NoticeForm) -> bool:
    try:
        operations.propose_texts(
            occasion=occasion,
            organisation_id=organisation_id,
            texts=form.texts(),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=request.now,
        )
    except BadPlace as error:
        text = _("Nobody fills this place: %(place)s") % {"place": error.place}
        form.add_error(None, text)
    except TextMissing as error:
        language = NAMES[error.language]
        form.add_error(None, _("A text is missing: %(language)s") % {"language": language})
    except AlreadyPending:
        form.add_error(None, _("A new text waits for a second person already."))
    except operations.NothingChanged:
        form.add_error(None, _("This is the text that is in use."))
    except BadText as error:
        form.add_error("reason", str(error))
    return not form.errors
