"""Pages: customers who were not satisfied in a survey, and the call to one of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.wording import from_names
from qiao.customers.queries import lines_for
from qiao.feedback.forms.survey_calls import SurveyCallForm
from qiao.feedback.models import SurveyCall
from qiao.feedback.operations import AlreadyFinished
from qiao.feedback.operations.survey_calls import note_survey_call
from qiao.feedback.queries import survey_calls as queries
from qiao.feedback.survey_showing import answer_words
from qiao.feedback.views.boxes import blame

VIEW, WORK = "followups.view", "followups.work"


@staff_view(VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """Those to be called, the one due first on top; or those that are over."""
    actor = request.actor
    state = request.GET.get("state", "open")
    state = state if state in queries.STATES else "open"
    rows, following = queries.list_survey_calls(
        actor=actor, state=state, after=request.GET.get("after", "")[:200]
    )
    lines = lines_for(actor=actor, customer_ids=[row.invitation.customer_id for row in rows])
    shown = [
        {
            "row": row,
            "line": lines.get(row.invitation.customer_id),
            "survey": from_names(row.invitation.wave.names),
            "due": queries.Due(row.due_at, row.opened_at),
        }
        for row in rows
    ]
    context = {"rows": shown, "following": following, "state": state}
    return render(request, "feedback/surveys/calls.html", context)


@staff_view(VIEW)
def show(request: StaffRequest, call_id: int) -> HttpResponse:
    """One of them: what they answered, and what came of calling."""
    row = queries.get_survey_call_for(actor=request.actor, call_id=call_id)
    return _page(request, row, SurveyCallForm(auto_id="call-%s"))


@staff_view(WORK, methods=("POST",))
def note(request: StaffRequest, call_id: int) -> HttpResponse:
    """Put a call on record."""
    row = queries.get_survey_call_for(actor=request.actor, call_id=call_id, permission=WORK)
    form = SurveyCallForm(request.POST, auto_id="call-%s")
    if not form.is_valid():
        return _page(request, row, form, status=422)
    data = form.cleaned_data
    try:
        after = note_survey_call(
            call_id=row.pk, outcome=data["outcome"], note=data["note"], actor=request.actor,
            now=request.now,
        )  # fmt: skip
    except BadText as bad:
        blame(form, bad)
        return _page(request, row, form, status=422)
    except AlreadyFinished:
        form.add_error(None, _("Somebody has spoken with them meanwhile. Nothing was added."))
        return _page(request, row, form, status=422)
    told = _("Kept: the call is done") if after.finished_at else _("Attempt on record")
    messages.success(request, told)
    return HttpResponseRedirect(reverse("feedback:survey_call", args=[row.pk]))


def _page(
    request: StaffRequest, row: SurveyCall, form: SurveyCallForm, *, status: int = 200
) -> HttpResponse:
    customer_id = row.invitation.customer_id
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "line": lines_for(actor=request.actor, customer_ids=[customer_id]).get(customer_id),
        "survey": from_names(row.invitation.wave.names),
        "told": [
            (from_names(each.question.text), *answer_words(each.question, each.answer))
            for each in queries.told_in(row)
        ],
        "due": queries.Due(row.due_at, row.opened_at),
        "may_work": row.finished_at is None and request.actor.can_in(WORK, row.organisation_id),
    }
    return render(request, "feedback/surveys/call.html", context, status=status)
