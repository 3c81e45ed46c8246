"""The worklist of exceptions, and one reading on which somebody decides."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.metering.forms import DecisionForm
from qiao.metering.operations import (
    BadValue,
    CannotEstimate,
    NotVisible,
    ReadingLocked,
    StillBackwards,
    accept_reading,
    ask_reread,
    correct_reading,
    edit_reading,
    estimate_instead,
)
from qiao.metering.queries.history import changes_of, history
from qiao.metering.queries.rounds import standing
from qiao.metering.queries.worklist import (
    ReadingUnknown,
    Waiting,
    list_exceptions,
    neighbours_of,
    reading_for,
    spot_of,
)
from qiao.metering.showing.pages import chart_of, findings_of, with_candidate
from qiao.metering.showing.words import RULES, fault_word

VIEW: Final = "metering.view"
VALIDATE: Final = "metering.validate"
UNPROCESSABLE: Final = 422
LARGEST: Final = 2**62
SHOWN_HISTORY: Final = 25


def number_in(request: StaffRequest, name: str) -> int:
    """A whole number of the address, 0 for none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) < LARGEST else 0


@staff_view(VIEW)
def exceptions(request: StaffRequest) -> HttpResponse:
    """Readings that wait for a decision, the oldest first."""
    rule = request.GET.get("rule", "")
    is_reread = request.GET.get("view") == "reread"
    page = list_exceptions(
        actor=request.actor,
        rule=rule if rule in RULES else "",
        is_reread=is_reread,
        after=number_in(request, "after"),
    )
    context = {
        "rows": [(row, findings_of(row)) for row in page.rows],
        "after": page.after,
        "rule": rule,
        "rules": [(key, RULES[key]) for key in RULES if key not in ("value", "time", "meter")],
        "is_reread": is_reread,
        "counts": standing(actor=request.actor),
    }
    return render(request, "metering/exceptions.html", context)


@staff_view(VIEW)
def reading(request: StaffRequest, reading_id: int) -> HttpResponse:
    """One reading: what was found, its history, its neighbours, what may be done."""
    return _show(request, _get(request, reading_id), DecisionForm())


def _get(request: StaffRequest, reading_id: int) -> Waiting:
    try:
        return reading_for(actor=request.actor, reading_id=reading_id)
    except ReadingUnknown as unknown:
        raise Http404(f"reading {reading_id}") from unknown


def _show(
    request: StaffRequest, row: Waiting, form: DecisionForm, status: int = 200
) -> HttpResponse:
    lines = history(
        actor=request.actor, service_point_id=row.service_point_id, limit=SHOWN_HISTORY
    ).lines
    own = [line for line in lines if line.register_id == row.register_id]
    chart = chart_of(own, mark=row.reading_id)
    may = request.actor.can_in(VALIDATE, row.organisation_id) and not row.superseded_by_id
    context = {
        "row": row,
        "form": form,
        "findings": findings_of(row),
        "chart": with_candidate(chart, row),
        "lines": own[:14],
        "neighbours": neighbours_of(row.service_point_id),
        "changes": changes_of([row.reading_id]),
        "spot": spot_of(reading_id=row.reading_id, service_point_id=row.service_point_id),
        "may_decide": may and row.state == "exception",
        "may_correct": may and row.state != "exception",
        "is_lower": row.used is not None and row.used < 0,
    }
    return render(request, "metering/reading.html", context, status=status)


_Act = Callable[..., Any]


def _accept(form: Mapping[str, Any], **about: Any) -> None:
    accept_reading(why=form["why"], is_rolled=form["is_rolled"], **about)


def _edit(form: Mapping[str, Any], **about: Any) -> None:
    edit_reading(value=form["value"], why=form["why"], is_rolled=form["is_rolled"], **about)


def _correct(form: Mapping[str, Any], **about: Any) -> None:
    correct_reading(value=form["value"], why=form["why"], is_rolled=form["is_rolled"], **about)


def _estimate(form: Mapping[str, Any], **about: Any) -> None:
    estimate_instead(why=form["why"], **about)


def _reread(form: Mapping[str, Any], **about: Any) -> None:
    ask_reread(why=form["why"], **about)


ACTIONS: Final[Mapping[str, _Act]] = {
    "accept": _accept,
    "edit": _edit,
    "correct": _correct,
    "estimate": _estimate,
    "reread": _reread,
}


@staff_view(VALIDATE, methods=("POST",))
def decide(request: StaffRequest, reading_id: int, action: str) -> HttpResponse:
    """Let a reading stand, put it right, estimate instead, or have it read again."""
    row = _get(request, reading_id)
    act = ACTIONS.get(action)
    if act is None:
        raise Http404(action)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form, UNPROCESSABLE)
    _attempt(request, row, act, form)
    if form.errors:
        return _show(request, row, form, UNPROCESSABLE)
    messages.success(request, _("The decision is kept."))
    return redirect("metering:exceptions")


def _attempt(request: StaffRequest, row: Waiting, act: _Act, form: DecisionForm) -> None:
    """Do what was decided; why it cannot be done is told in the form."""
    try:
        act(form.cleaned_data, actor=request.actor, now=request.now, reading_id=row.reading_id)
    except BadValue as bad:
        form.add_error("value", fault_word(bad.code))
    except BadText as bad:
        form.add_error("why", _(bad.message) % bad.params)
    except StillBackwards as back:
        form.add_error(
            None,
            _(
                "The register stood at %(low)s before. If it went past its last figure, say so;"
                " else put the value right."
            )
            % {"low": back.low},
        )
    except CannotEstimate:
        form.add_error(
            None, _("Nothing tells what it stood at that day, or it was read later already.")
        )
    except (ReadingLocked, NotVisible):
        form.add_error(None, _("Somebody decided on this reading meanwhile, or it was billed."))
