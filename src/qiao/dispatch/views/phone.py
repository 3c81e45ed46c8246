"""The technician's pages: today's jobs, one job, and what is done with it on the spot."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.dispatch import operations, queries
from qiao.dispatch.forms import HoldForm, ReasonForm, ReportForm
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.rules.states import WrongState
from qiao.dispatch.showing import show_job
from qiao.dispatch.views.job import Open, job_page

REFUSALS = (WrongState, operations.NotYours, operations.ReasonNeeded)
DONE_WORDS = {
    "accept": gettext_lazy("Accepted"),
    "start": gettext_lazy("On the way"),
    "arrive": gettext_lazy("Arrival noted"),
    "resume": gettext_lazy("Work goes on"),
    "refuse": gettext_lazy("Refused: the dispatcher is told"),
    "hand-back": gettext_lazy("Handed back: the dispatcher is told"),
    "suspend": gettext_lazy("Suspended"),
}
PLAIN: dict[str, Callable[..., WorkOrder]] = {
    "accept": operations.accept,
    "start": operations.start_travel,
    "arrive": operations.arrive,
    "resume": operations.resume,
}
WITH_REASON: dict[str, Callable[..., WorkOrder]] = {
    "refuse": operations.refuse,
    "hand-back": operations.give_back,
}


@staff_view("jobs.view")
def today(request: StaffRequest) -> HttpResponse:
    """What is to be done today: one's own orders, the crew's pool, and what is finished."""
    actor = request.actor
    mine = queries.my_orders(actor=actor)
    own = [show_job(o, actor, with_reach=place == 0) for place, o in enumerate(mine)]
    pool = [show_job(order, actor) for order in queries.pool_orders(actor=actor)]
    done = [
        show_job(order, actor) for order in queries.finished_today(actor=actor, now=request.now)
    ]
    context = {
        "next": own[0] if own else None,
        "later": own[1:],
        "pool": pool,
        "done": done,
        "open_count": queries.my_order_count(actor=actor),
        "urgent_count": sum(job.severity == 1 for job in own),
        "late_count": sum(job.due is not None and job.due.due_at < request.now for job in own),
        "team": queries.team_of(actor, language=get_language() or "en"),
    }
    return render(request, "dispatch/today.html", context)


@staff_view("jobs.view")
def show(request: StaffRequest, work_order_id: int) -> HttpResponse:
    """One job."""
    order = queries.get_work_order_for(actor=request.actor, work_order_id=work_order_id)
    return job_page(request, order)


@staff_view("jobs.work", methods=("POST",))
def act(request: StaffRequest, work_order_id: int, verb: str) -> HttpResponse:
    """Take a step that needs no more than a press, or a reason."""
    order = queries.get_work_order_for(actor=request.actor, work_order_id=work_order_id)
    opened = Open(verb, _form_for(verb, request))
    if not opened.form.is_valid():
        return job_page(request, order, opened, status=422)
    try:
        _run(order, verb, opened.form, request)
    except BadText as error:
        opened.form.refuse(error)
        return job_page(request, order, opened, status=422)
    except REFUSALS as refusal:
        return refused(request, order, opened, refusal)
    messages.success(request, str(DONE_WORDS[verb]))
    leaves = verb in WITH_REASON
    return to_today() if leaves else to_job(order)


def _form_for(verb: str, request: StaffRequest) -> Any:
    if verb in WITH_REASON:
        return ReasonForm(request.POST, auto_id=f"{verb}-%s")
    if verb == "suspend":
        return HoldForm(request.POST, auto_id="suspend-%s")
    if verb in PLAIN:
        return ReportForm(request.POST)
    raise Http404(verb)


def _run(order: WorkOrder, verb: str, form: Any, request: StaffRequest) -> None:
    common: dict[str, Any] = {
        "work_order_id": order.pk,
        "actor": request.actor,
        "now": request.now,
        "report": form.report(),
    }
    if verb in PLAIN:
        PLAIN[verb](**common)
        return
    reason = form.cleaned_data["reason"]
    if verb in WITH_REASON:
        WITH_REASON[verb](reason=reason, **common)
    else:
        operations.suspend(hold=form.cleaned_data["hold"], reason=reason, **common)


def refused(
    request: StaffRequest, order: WorkOrder, opened: Open, refusal: Exception
) -> HttpResponse:
    """Say why. Typed words come back; a mere press leads to the job as it is now."""
    words = refusal_words(refusal)
    if isinstance(opened.form, ReasonForm | HoldForm):
        opened.form.add_error(None, words)
        return job_page(request, order, opened, status=422)
    messages.error(request, words)
    return to_job(order)


def refusal_words(refusal: Exception) -> str:
    """A refusal in words, without blame."""
    if isinstance(refusal, operations.NotYours):
        if refusal.name:
            return _("This work order is now with %(name)s.") % {"name": refusal.name}
        return _("This work order is not yours. Ask the dispatcher for it.")
    if isinstance(refusal, WrongState):
        state = WorkOrder.State(refusal.state).label
        return _("The work order is already: %(state)s.") % {"state": state}
    if isinstance(refusal, operations.TooManyPictures):
        return _("There are too many pictures. Remove some.")
    return _("Please say why.")


def to_job(order: WorkOrder) -> HttpResponse:
    """Back to the job."""
    return HttpResponseRedirect(reverse("dispatch:detail", args=[order.pk]))


def to_today() -> HttpResponse:
    """Back to the list."""
    return HttpResponseRedirect(reverse("dispatch:today"))
