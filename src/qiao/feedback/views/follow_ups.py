"""Pages: the list of follow-ups, and the call back itself, alone or inside another page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.toasts import add_toast
from qiao.feedback import operations, queries
from qiao.feedback.forms.follow_ups import UNREACHED, VIEWS, AttemptForm, FilterForm, WordForm
from qiao.feedback.models import FollowUp
from qiao.feedback.queries.ratings import reviews_of
from qiao.feedback.queries.survey_calls import open_survey_calls
from qiao.feedback.showing import desk_of, marks, show

REFUSALS = (operations.AlreadyFinished, operations.OwnWork, operations.UnknownAnswer)


@staff_view("followups.view")
def index(request: StaffRequest) -> HttpResponse:
    """The list: mine, all to do, finished; the next page comes as rows."""
    filters = FilterForm(request.GET).filters()
    after = request.GET.get("after", "")
    page = queries.list_follow_ups(actor=request.actor, filters=filters, after=after)
    kept = request.GET.copy()
    kept.pop("after", None)
    is_poor = filters.view == "poor"
    case_ids = [row.case_id for row in page.rows] if is_poor else []
    reviews = reviews_of(actor=request.actor, case_ids=case_ids)
    context = {
        "rows": [show(row, review=reviews.get(row.case_id)) for row in page.rows],
        "is_poor": is_poor,
        "after": page.after,
        "query": kept.urlencode(),
        "filters": filters,
        "views": VIEWS,
        "ratings": marks(),
        "only": filters.ratings[0] if len(filters.ratings) == 1 else "",
        "unreached": UNREACHED,
        "mine": queries.my_open_count(request.actor),
        "unsatisfied": open_survey_calls(actor=request.actor),
    }
    fragment = request.htmx and (after or request.headers.get("HX-Target") == "follow-ups")
    template = "feedback/_rows.html" if fragment and after else "feedback/list.html"
    return render(request, template, context)


@staff_view("followups.view")
def detail(request: StaffRequest, follow_up_id: int) -> HttpResponse:
    """One follow-up: a page, or the fragment that other pages put in."""
    row = queries.get_follow_up_for(actor=request.actor, follow_up_id=follow_up_id)
    return _page(request, row)


@staff_view("followups.view")
def pane(request: StaffRequest, follow_up_id: int) -> HttpResponse:
    """One follow-up in the middle of the workspace."""
    row = queries.get_follow_up_for(actor=request.actor, follow_up_id=follow_up_id)
    return render(request, "feedback/pane.html", _context(request, row, None, None))


@staff_view("followups.work", methods=("POST",))
def confirm(request: StaffRequest, follow_up_id: int) -> HttpResponse:
    """Keep the customer's word."""
    row = queries.get_follow_up_for(actor=request.actor, follow_up_id=follow_up_id)
    form = WordForm(request.POST, used=row.case.channel, auto_id="word-%s")
    if not form.is_valid():
        return _page(request, row, word=form, status=422)
    data = form.cleaned_data
    try:
        operations.confirm(
            follow_up_id=row.pk,
            rating=data["rating"],
            resolved=data["resolved"] == "yes",
            channel=data["channel"],
            words=data["words"],
            key=data["idempotency_key"],
            actor=request.actor,
            now=request.now,
        )
    except (BadText, *REFUSALS) as refusal:
        return _refused(request, row, form, refusal, word=form)
    return _done(request, row, _("Kept: the customer's word"))


@staff_view("followups.work", methods=("POST",))
def attempt(request: StaffRequest, follow_up_id: int) -> HttpResponse:
    """Put an attempt without a talk on record."""
    row = queries.get_follow_up_for(actor=request.actor, follow_up_id=follow_up_id)
    form = AttemptForm(request.POST, used=row.case.channel, auto_id="attempt-%s")
    if not form.is_valid():
        return _page(request, row, tried=form, status=422)
    data = form.cleaned_data
    try:
        after = operations.log_attempt(
            follow_up_id=row.pk,
            channel=data["channel"],
            outcome=data["outcome"],
            note=data["note"],
            key=data["idempotency_key"],
            actor=request.actor,
            now=request.now,
        )
    except (BadText, *REFUSALS) as refusal:
        return _refused(request, row, form, refusal, tried=form)
    if after.finished_at is not None:
        return _done(request, row, _("Not reached often enough: the follow-up is closed"))
    return _done(request, row, _("Attempt on record"))


@staff_view("followups.work", methods=("POST",))
def take(request: StaffRequest, follow_up_id: int) -> HttpResponse:
    """Take the follow-up oneself."""
    row = queries.get_follow_up_for(actor=request.actor, follow_up_id=follow_up_id)
    try:
        operations.hand_over(
            follow_up_id=row.pk,
            staff_id=request.actor.person_id,
            actor=request.actor,
            now=request.now,
        )
    except REFUSALS as refusal:
        form = AttemptForm({}, used=row.case.channel, auto_id="attempt-%s")
        form.is_valid()
        return _refused(request, row, form, refusal, tried=form)
    return _done(request, row, _("The follow-up is yours"))


def _refused(
    request: StaffRequest, row: FollowUp, form: Any, refusal: Exception, **forms: Any
) -> HttpResponse:
    if isinstance(refusal, BadText):
        form.refuse(refusal)
    else:
        form.add_error(None, _words(refusal))
    return _page(request, row, status=422, **forms)


def _words(refusal: Exception) -> str:
    if isinstance(refusal, operations.AlreadyFinished):
        return _("The follow-up has ended already. Nothing was added.")
    if isinstance(refusal, operations.OwnWork):
        return _("You handled this case: somebody else asks the customer.")
    return _("This answer is not known. Please choose again.")


def _done(request: StaffRequest, row: FollowUp, text: str) -> HttpResponse:
    if request.htmx:
        fresh = queries.get_follow_up_for(actor=request.actor, follow_up_id=row.pk)
        return add_toast(_page(request, fresh), text=text)
    messages.success(request, text)
    return HttpResponseRedirect(reverse("feedback:detail", args=[row.pk]))


def _page(
    request: StaffRequest,
    row: FollowUp,
    *,
    word: WordForm | None = None,
    tried: AttemptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    template = "feedback/_desk.html" if request.htmx else "feedback/detail.html"
    return render(request, template, _context(request, row, word, tried), status=status)


def _context(
    request: StaffRequest, row: FollowUp, word: WordForm | None, tried: AttemptForm | None
) -> dict[str, Any]:
    desk = desk_of(row, request.actor, request.now)
    used = row.case.channel
    initial = {"idempotency_key": desk.key}
    return {
        "desk": desk,
        "row": row,
        "word": word or WordForm(used=used, initial=initial, auto_id="word-%s"),
        "tried": tried or AttemptForm(used=used, initial=initial, auto_id="attempt-%s"),
        "ratings": marks(),
        "may_work": request.actor.can_in("followups.work", row.organisation_id),
        "me": request.actor.staff_id,
    }
