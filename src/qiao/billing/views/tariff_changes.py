"""Changing a tariff from a day on: the draft as tables or text, tried, published by two people."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.billing.contributions import VIEW
from qiao.billing.forms.tariffs import AboutForm, BeginForm, TextForm
from qiao.billing.models import Tariff, TariffDraft, TariffVersion
from qiao.billing.operations import tariff_changing as ops
from qiao.billing.queries.tariff_changes import (
    CHANGE,
    DraftMissing,
    draft_for,
    may_change,
    require_change,
)
from qiao.billing.queries.tariff_checks import BASE_MOVED, check_draft
from qiao.billing.queries.tariff_trials import trial
from qiao.billing.rules.tariffs.cells import cells
from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.toml_text import write_text
from qiao.billing.showing_tariff_form import NOTHING, Typed, sections
from qiao.billing.showing_tariffs import FAULTS
from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.months import month_of
from qiao.core.rules.text import BadText
from qiao.core.wording import from_names
from qiao.staff.queries import company_id, local_days, names_of

UNPROCESSABLE: Final = 422
MOST_CELLS: Final = 450
"""A form has no more fields; tariffs beyond are changed as text."""


def _today(request: StaffRequest) -> date:
    return local_days(request.now)[company_id()]


def _draft(request: StaffRequest, draft_id: int) -> TariffDraft:
    try:
        return draft_for(actor=request.actor, draft_id=draft_id)
    except DraftMissing:
        raise Http404(draft_id) from None


def _show(
    request: StaffRequest,
    draft: TariffDraft,
    tab: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of a draft, with what was found in it beside."""
    checked = check_draft(draft, today=_today(request))
    people = names_of({draft.begun_by_id, draft.changed_by_id})
    own = may_change(request.actor)
    about = {
        "draft": draft,
        "tab": tab,
        "name": from_names(draft.tariff.names, draft.tariff.key),
        "base": draft.based_on,
        "checked": checked,
        "base_moved": any(each.key == BASE_MOVED for each in checked.stops),
        "changed_by": people.get(draft.changed_by_id, ""),
        "is_open": draft.state == TariffDraft.State.OPEN and own,
        "may_change": own,
    }
    return render(request, f"billing/tariffs/{tab}.html", about | dict(context), status=status)


@staff_view(CHANGE, methods=("GET", "HEAD", "POST"))
def begin(request: StaffRequest, tariff_id: int) -> HttpResponse:
    """From which day on; the draft begins with the prices that hold before it."""
    require_change(request.actor)
    row = tariff_row(tariff_id)
    first = {"valid_from": month_of(_today(request)).end}
    data = request.POST if request.method == "POST" else None
    form = BeginForm(data, initial=first, auto_id="bg-%s")
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["valid_from"]
        try:
            draft = ops.begin_change(
                tariff_id=row.pk, valid_from=day, actor=request.actor, now=request.now
            )
        except ops.ChangeRefused as refusal:
            form.add_error("valid_from", refused(refusal))
        else:
            return HttpResponseRedirect(reverse("billing:tariff_draft", args=[draft.pk]))
    name = from_names(row.names, row.key)
    context = {"form": form, "tariff_id": row.pk, "name": name}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "billing/tariffs/begin.html", context, status=status)


def tariff_row(tariff_id: int) -> Tariff:
    """A tariff, or nothing to be found."""
    found = Tariff.objects.filter(pk=tariff_id).first()
    if found is None:
        raise Http404(tariff_id)
    return found


def refused(refusal: Exception) -> str:
    """Why something of a draft or version is not possible, in words."""
    match refusal:
        case ops.DayTaken():
            return _("Another version begins on this day. Choose another, or call that one off.")
        case ops.NothingHolds():
            return _("No version holds before this day: there is nothing to change from it on.")
        case ops.MakeDiffers():
            return _("The other version has other charges: begin a new draft from it.")
        case ops.HoldsAlready():
            return _("A version that holds, held or was billed by cannot be called off.")
        case ops.BadCells():
            return _("Some numbers cannot stand. They are marked below.")
        case ops.DraftMoved(draft=draft):
            who = names_of({draft.changed_by_id}).get(draft.changed_by_id, "")
            words = _("%(who)s saved this draft meanwhile. What stands now is shown.")
            return words % {"who": who}
    return _("The draft stands still: it waits for a second person, was published or put away.")


@staff_view(VIEW, methods=("GET", "HEAD", "POST"))
def numbers(request: StaffRequest, draft_id: int) -> HttpResponse:
    """The numbers of a draft as tables; saved as a whole."""
    draft = _draft(request, draft_id)
    first = {"seen": draft.revision, "valid_from": draft.valid_from, "source": draft.source}
    if request.method != "POST":
        return _numbers(request, draft, AboutForm(initial=first, auto_id="ab-%s"), NOTHING)
    form = AboutForm(request.POST, auto_id="ab-%s")
    typed = {
        name.removeprefix("n."): value
        for name, value in request.POST.items()
        if name.startswith("n.") and isinstance(value, str)
    }
    errors: dict[str, str] = {}
    try:
        if form.is_valid():
            return _saved(request, _save(request, draft, form, typed))
    except ops.DraftMoved as refusal:
        return _moved(request, refusal, typed)
    except ops.BadCells as refusal:
        errors = {name: str(FAULTS[fault]) for name, fault in refusal.faults.items()}
        form.add_error(None, refused(refusal))
    except BadText as refusal:
        form.add_error("source", refusal.message % refusal.params)
    except ops.ChangeRefused as refusal:
        is_day = isinstance(refusal, ops.DayTaken | ops.NothingHolds)
        form.add_error("valid_from" if is_day else None, refused(refusal))
    return _numbers(request, draft, form, Typed(typed, errors))


def _save(
    request: StaffRequest, draft: TariffDraft, form: AboutForm, typed: Mapping[str, str]
) -> TariffDraft:
    return ops.save_numbers(
        draft_id=draft.pk,
        values=typed,
        actor=request.actor,
        now=request.now,
        **form.cleaned_data,
    )


def _saved(request: StaffRequest, draft: TariffDraft) -> HttpResponse:
    messages.success(request, _("Saved."))
    name = "billing:tariff_try" if request.POST.get("then") == "try" else "billing:tariff_draft"
    return HttpResponseRedirect(reverse(name, args=[draft.pk]))


def _moved(request: StaffRequest, refusal: ops.DraftMoved, typed: dict[str, str]) -> HttpResponse:
    """What was typed beside what somebody else saved meanwhile; saving again overwrites it."""
    draft = _draft(request, refusal.draft.pk)
    data = request.POST.dict() | {"seen": str(draft.revision)}
    form = AboutForm(data, auto_id="ab-%s")
    form.is_valid()
    form.add_error(None, refused(refusal))
    return _numbers(request, draft, form, Typed(typed, {}, is_moved=True))


def _numbers(
    request: StaffRequest, draft: TariffDraft, form: AboutForm, typed: Typed
) -> HttpResponse:
    is_long = len(cells(draft.definition)) > MOST_CELLS
    shown = () if is_long else sections(draft, typed)
    wrong = [
        (each.name, each.label, each.error)
        for section in shown
        for _head, row in section.rows
        for figure in row
        if figure is not None
        for _words, each in figure.shown
        if each is not None and each.error
    ]
    context = {"form": form, "sections": shown, "is_long": is_long, "wrong": wrong}
    status = UNPROCESSABLE if form.errors or wrong else 200
    return _show(request, draft, "numbers", context, status=status)


@staff_view(VIEW, methods=("GET", "HEAD", "POST"))
def text(request: StaffRequest, draft_id: int) -> HttpResponse:
    """A draft as text, for what the tables do not show."""
    draft = _draft(request, draft_id)
    first = {"seen": draft.revision, "text": write_text(draft.definition)}
    if request.method != "POST":
        return _show(request, draft, "text", {"form": TextForm(initial=first, auto_id="tx-%s")})
    form = TextForm(request.POST, auto_id="tx-%s")
    if form.is_valid():
        try:
            saved = ops.save_text(
                draft_id=draft.pk, actor=request.actor, now=request.now, **form.cleaned_data
            )
        except BadTariff as fault:
            form.add_error("text", _place(fault))
        except ops.DraftMoved as refusal:
            form.add_error(None, refused(refusal))
            form.data = request.POST.dict() | {"seen": str(refusal.draft.revision)}
        except ops.ChangeRefused as refusal:
            form.add_error(None, refused(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("billing:tariff_text", args=[saved.pk]))
    return _show(request, draft, "text", {"form": form}, status=UNPROCESSABLE)


def _place(fault: BadTariff) -> str:
    """Where a text cannot be read, and what stands there."""
    if not fault.where:
        return _("This is no TOML: %(what)s") % {"what": fault.what}
    return _("At %(where)s: %(what)s") % {"where": fault.where, "what": fault.what}


@staff_view(VIEW)
def attempt(request: StaffRequest, draft_id: int) -> HttpResponse:
    """A draft tried: examples old beside new, and a bill across the day."""
    draft = _draft(request, draft_id)
    context = {"trial": trial(draft, request.GET.dict())}
    if request.htmx and request.GET.get("part"):
        return render(request, "billing/tariffs/_trial.html", context | {"draft": draft})
    return _show(request, draft, "try", context)


@staff_view(CHANGE, methods=("POST",))
def publish(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Ask a second person; what was asked beside it is confirmed."""
    draft = _draft(request, draft_id)
    seen = request.POST.get("seen", "")
    back = HttpResponseRedirect(reverse("billing:tariff_draft", args=[draft.pk]))
    try:
        ops.ask_to_publish(
            draft_id=draft.pk,
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            confirmed=request.POST.getlist("confirm"),
            actor=request.actor,
            now=request.now,
        )
    except ops.NotReady as refusal:
        for each in refusal.findings:
            messages.error(request, each.words)
    except (ops.ChangeRefused, AlreadyPending) as refusal:
        messages.error(request, refused(refusal))
    else:
        messages.success(request, _("Asked. It is published when a second person has agreed."))
    return back


def _turn(
    request: StaffRequest, draft_id: int, run: Callable[..., TariffDraft], said: str
) -> HttpResponse:
    draft = _draft(request, draft_id)
    try:
        run(draft_id=draft.pk, actor=request.actor, now=request.now)
    except ops.ChangeRefused as refusal:
        messages.error(request, refused(refusal))
    else:
        messages.success(request, said)
    if run is ops.drop_change:
        return HttpResponseRedirect(reverse("billing:tariff", args=[draft.tariff_id]))
    return HttpResponseRedirect(reverse("billing:tariff_draft", args=[draft.pk]))


@staff_view(CHANGE, methods=("POST",))
def take_back(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Withdraw the request; the draft can be changed again."""
    said = _("The request is withdrawn. The draft can be changed again.")
    return _turn(request, draft_id, ops.take_back_request, said)


@staff_view(CHANGE, methods=("POST",))
def drop(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Put a draft away; it can be taken up again."""
    said = _("The draft is put away. It can be taken up again below.")
    return _turn(request, draft_id, ops.drop_change, said)


@staff_view(CHANGE, methods=("POST",))
def restore(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Take up a draft that was put away."""
    return _turn(request, draft_id, ops.restore_change, _("The draft is taken up again."))


@staff_view(CHANGE, methods=("POST",))
def carry_over(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Put the changed numbers into the version that holds before the day by now."""
    draft = _draft(request, draft_id)

    def run(**about: Any) -> TariffDraft:
        return ops.carry_over(seen=draft.revision, **about)

    said = _("Your numbers stand in the newer version now. Look at them before you publish.")
    return _turn(request, draft_id, run, said)


@staff_view(CHANGE, methods=("POST",))
def withdraw(request: StaffRequest, version_id: int) -> HttpResponse:
    """Call off a version before its first day."""
    try:
        version = ops.withdraw_version(version_id=version_id, actor=request.actor, now=request.now)
    except TariffVersion.DoesNotExist:
        raise Http404(version_id) from None
    except ops.HoldsAlready as refusal:
        messages.error(request, refused(refusal))
        version = TariffVersion.objects.get(pk=version_id)
    else:
        messages.success(request, _("Called off. The version before it goes on."))
    return HttpResponseRedirect(reverse("billing:tariff", args=[version.tariff_id]))
