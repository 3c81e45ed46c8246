"""Kept reports: saved, shared, made official, dropped, and set to come by themselves."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases.forms import ViewForm
from qiao.cases.forms.report_schedules import RHYTHMS, ScheduleForm
from qiao.cases.forms.reports import read_report_choice
from qiao.cases.models import ReportSchedule, SavedView
from qiao.cases.operations import report_schedules as schedules
from qiao.cases.operations import views as view_operations
from qiao.cases.queries import saved
from qiao.cases.queries.reports import RIGHT
from qiao.cases.queries.saved import REPORT, KeptView
from qiao.cases.views.lists import reach_choices
from qiao.cases.views.page import to_page
from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.staff.queries import names_of, units_among

METHODS = ("GET", "HEAD", "POST")


@staff_view("cases.view")
def saved_reports(request: StaffRequest) -> HttpResponse:
    """The reports that the person keeps, or that others share, with when they come."""
    kept = saved.saved_views(actor=request.actor, page=REPORT)
    known = ReportSchedule.objects.filter(view_id__in=[view.view_id for view in kept])
    found = {each.view_id: each for each in known.prefetch_related("receivers")}
    names = names_of([r.staff_id for each in found.values() for r in each.receivers.all()])
    official = request.actor.organisations("cases.views")
    rhythms = dict(RHYTHMS)
    rows = []
    for view in kept:
        schedule = found.get(view.view_id)
        rows.append(
            {
                "view": view,
                "url": f"{reverse('cases:reports')}?{view.query}",
                "may_change": view.is_own or view.unit_id in official,
                "schedule": schedule,
                "rhythm": rhythms[schedule.every] if schedule else "",
                "receivers": [names[r.staff_id] for r in schedule.receivers.all()]
                if schedule
                else [],
            }
        )
    context = {"rows": rows, "may_schedule": request.actor.can(RIGHT)}
    return render(request, "cases/reports/saved.html", context)


@staff_view("cases.view", methods=METHODS)
def save_report(request: StaffRequest) -> HttpResponse:
    """Keep a report under a name; asked for by GET, the box that asks for it."""
    form = ViewForm(
        request.POST if request.method == "POST" else None,
        initial={"query": _kept(request, request.GET.urlencode())},
        reaches=reach_choices(request),
        auto_id="sr-%s",
    )
    if form.is_valid():
        try:
            view_operations.save_view(
                name=form.cleaned_data["name"],
                query=_kept(request, form.cleaned_data["query"]),
                reach=form.chosen_reach,
                actor=request.actor,
                page=REPORT,
            )
        except BadText:
            form.add_error("name", _("This name cannot be kept."))
        except view_operations.TooManyViews:
            form.add_error("name", _("You keep 200 views already. Remove one first."))
        else:
            messages.success(request, _("Report saved"))
            return to_page(request, reverse("cases:saved_reports"))
    return _box(request, form, _("Save this report"))


def _kept(request: StaffRequest, query: str) -> str:
    """What an address says about a report, in one form; what is unknown falls away."""
    today = timezone.localdate(request.now)
    return read_report_choice(QueryDict(query), today=today).query()


def _box(request: StaffRequest, form: Any, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "action": request.path}
    status = 422 if form.is_bound else 200
    name = "cases/reports/_box.html" if request.htmx else "cases/reports/box_page.html"
    return render(request, name, context, status=status)


@staff_view("cases.view", methods=METHODS)
def change_report(request: StaffRequest, view_id: int) -> HttpResponse:
    """Rename a kept report, or let others see it."""
    view = saved.get_view_for(actor=request.actor, view_id=view_id, page=REPORT)
    reach = f"team:{view.team_id}" if view.team_id else "own"
    reach = f"unit:{view.unit_id}" if view.unit_id else reach
    form = ViewForm(
        request.POST if request.method == "POST" else None,
        initial={"name": view.name, "reach": reach},
        reaches=reach_choices(request),
        auto_id="sr-%s",
    )
    if form.is_valid():
        try:
            with transaction.atomic():
                view_operations.change_view(
                    view_id=view_id,
                    name=form.cleaned_data["name"],
                    reach=form.chosen_reach,
                    actor=request.actor,
                )
        except SavedView.DoesNotExist as missing:
            raise Http404(str(view_id)) from missing
        except BadText:
            form.add_error("name", _("This name cannot be kept."))
        except IntegrityError:
            form.add_error("name", _("You have a view of this name already."))
        except Forbidden:
            form.add_error("reach", _("You do not have the right to do this."))
        else:
            messages.success(request, _("Report saved"))
            return to_page(request, reverse("cases:saved_reports"))
    return _box(request, form, _("Rename or share"))


@staff_view("cases.view", methods=("POST",))
def drop_report(request: StaffRequest, view_id: int) -> HttpResponse:
    """Drop a kept report, with a way back."""
    try:
        view_operations.drop_view(view_id=view_id, actor=request.actor, now=request.now)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing
    undo = reverse("cases:take_back_report", args=[view_id])
    messages.success(request, _("Report removed"), extra_tags=undo)
    return to_page(request, reverse("cases:saved_reports"))


@staff_view("cases.view", methods=("POST",))
def take_back_report(request: StaffRequest, view_id: int) -> HttpResponse:
    """Bring a dropped report back."""
    try:
        view_operations.take_back_view(view_id=view_id, actor=request.actor)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing
    return to_page(request, reverse("cases:saved_reports"))


@staff_view(RIGHT, methods=METHODS)
def schedule_report(request: StaffRequest, view_id: int) -> HttpResponse:
    """Say when a kept report comes by itself, and to whom."""
    view = saved.get_view_for(actor=request.actor, view_id=view_id, page=REPORT)
    form = _schedule_form(request, view)
    if form.is_valid():
        given = form.cleaned_data
        try:
            schedules.set_schedule(
                view_id=view_id,
                unit_id=given["unit"],
                every=given["every"],
                hour=given["hour"],
                staff_ids=given["receivers"],
                actor=request.actor,
                now=request.now,
            )
        except SavedView.DoesNotExist as missing:
            raise Http404(str(view_id)) from missing
        except schedules.NobodyToSend:
            form.add_error("receivers", _("Nobody of them may be sent it."))
        else:
            messages.success(request, _("The report comes by itself from now on"))
            return to_page(request, reverse("cases:saved_reports"))
    return _box(request, form, view.name)


def _schedule_form(request: StaffRequest, view: KeptView) -> ScheduleForm:
    actor = request.actor
    units = units_among(actor.organisations(RIGHT), language=get_language() or "en")
    people = schedules.may_receive(actor=actor, day=timezone.localdate(request.now))
    kept = ReportSchedule.objects.filter(view_id=view.view_id).first()
    initial: dict[str, Any] = {"every": "week", "hour": 8, "receivers": [actor.staff_id]}
    if kept is not None:
        initial = {
            "every": kept.every,
            "hour": kept.hour,
            "unit": kept.unit_id,
            "receivers": list(kept.receivers.values_list("staff_id", flat=True)),
        }
    return ScheduleForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        units=[(unit.unit_id, unit.name) for unit in units if unit.kind != "team"],
        people=[(each.staff_id, f"{each.name} {each.number}") for each in people],
        auto_id="ss-%s",
    )


@staff_view(RIGHT, methods=("POST",))
def unschedule_report(request: StaffRequest, view_id: int) -> HttpResponse:
    """Let a report come no more."""
    try:
        schedules.end_schedule(view_id=view_id, actor=request.actor)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing
    messages.success(request, _("The report comes no more"))
    return to_page(request, reverse("cases:saved_reports"))
