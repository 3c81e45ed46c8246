"""A draft tried on a past case: step by step, where it goes the same and where it does not."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from qiao.cases.queries import processes as reads
from qiao.cases.queries.processes import DESIGN
from qiao.cases.queries.trials import NotOfProcess, case_to_try, latest_closed, try_on
from qiao.cases.showing import names
from qiao.cases.showing.process_trial import trial_rows, trial_summary
from qiao.cases.showing.process_words import process_title
from qiao.cases.views.drafts import get_draft, look
from qiao.cases.views.processes import show
from qiao.cases.views.trying_forms import try_form
from qiao.core.http import StaffRequest, staff_view

LONGEST = 40


@staff_view(DESIGN, methods=("GET", "HEAD", "POST"))
def try_draft(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Choose a closed case, or type the number of any; then what the draft would have done. A form
    is filled in instead, and nothing of it is kept."""
    draft = get_draft(request, draft_id)
    looked = look(draft, request.now)
    if looked.is_form:
        return try_form(request, draft, len(looked.faults))
    number = request.GET.get("number", "")[:LONGEST]
    context: dict[str, Any] = {
        "draft": draft,
        "title": process_title(draft.key, draft.definition),
        "number": number,
        "fault_count": len(looked.faults),
        "cases": [
            (case, names.type_name(case.case_type.names))
            for case in latest_closed(actor=request.actor, key=draft.key)
        ],
    }
    if number:
        try:
            case = case_to_try(actor=request.actor, key=draft.key, number=number)
        except NotOfProcess:
            context["refused"] = _("You see no case of this number that runs this process.")
        else:
            tested = try_on(case=case, process=looked.process)
            fields = reads.known_fields_of(draft.key, draft.definition)
            context |= {
                "case": case,
                "type": names.type_name(case.case_type.names),
                "rows": trial_rows(tested, looked.process, fields),
                "summary": trial_summary(tested.trial),
                "tested": tested,
            }
    return show(request, "try.html", context)
