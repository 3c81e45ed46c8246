"""Bursts of alike reports: taken as a common cause, or dismissed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qiao.cases import definitions, operations, queries
from qiao.cases.forms.alike import ParentForm
from qiao.cases.models import AlikeProposal
from qiao.cases.showing import alike as words
from qiao.cases.views.acting import attempt, posted
from qiao.cases.views.alike import METHODS
from qiao.core.http import StaffRequest, lead_on, staff_view
from qiao.core.wording import said


@staff_view("cases.alike", methods=METHODS)
def take(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Open a case for a burst; the reports in it join at once."""
    proposal = queries.get_proposal_for(actor=request.actor, proposal_id=proposal_id)
    reports = queries.proposed_reports(actor=request.actor, proposal=proposal)
    types = _types_of(proposal.kind)
    area = words.area_name(proposal.area)
    form = ParentForm(
        posted(request),
        types=types,
        initial={"title": f"{area} {types[0][1] if types else ''}".strip()},
        auto_id="pa-%s",
    )
    made: list[Any] = []
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(form, lambda: made.append(_open(request, proposal, reports, form))):
        return lead_on(request, reverse("cases:alike_page", args=[made[0].case_id]))
    context = {
        "form": form,
        "proposal": proposal,
        "area": area,
        "words": words.proposal_words(proposal),
        "chance": words.chance_words(proposal),
        "reports": reports,
    }
    status = 422 if request.method == "POST" else 200
    template = "cases/alike/take.html" if request.htmx else "cases/alike/take_page.html"
    return render(request, template, context, status=status)


def _types_of(kind: str) -> list[tuple[str, str]]:
    found = definitions.case_types().items()
    return [(key, said(item.name)) for key, item in found if item.alike == kind]


def _open(request: StaffRequest, proposal: AlikeProposal, reports: Any, form: ParentForm) -> Any:
    data = form.cleaned_data
    chosen = set(request.POST.getlist("report"))
    ids = [case.pk for case in reports if str(case.pk) in chosen]
    since = min((c.opened_at for c in reports if c.pk in ids), default=request.now)
    parent = operations.open_parent(
        request=operations.OpenRequest(
            type_key=data["type"],
            organisation_id=proposal.organisation_id,
            title=data["title"],
            channel=reports[0].channel if reports else "phone",
            area=proposal.area,
            description=data["cause"],
        ),
        cause=operations.Cause(
            kind=proposal.kind,
            area=proposal.area,
            since=since,
            cause=data["cause"],
            expected_at=data["expected_at"],
        ),
        case_ids=ids,
        actor=request.actor,
        now=request.now,
    )
    operations.decide_proposal(
        proposal_id=proposal.pk, state="taken", actor=request.actor, now=request.now
    )
    return parent


@staff_view("cases.alike", methods=("POST",))
def dismiss(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Say that a burst has no common cause."""
    queries.get_proposal_for(actor=request.actor, proposal_id=proposal_id)
    try:
        operations.decide_proposal(
            proposal_id=proposal_id, state="dismissed", actor=request.actor, now=request.now
        )
    except operations.ParentOver:
        return HttpResponse(status=409)
    return lead_on(request, reverse("cases:alike"))
