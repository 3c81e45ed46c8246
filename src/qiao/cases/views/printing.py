"""A case on paper: what goes with it is chosen, and that it was taken is recorded."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases import queries
from qiao.cases.showing.printing import as_pdf, printed
from qiao.cases.views.page import detail_of
from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view

MOST_ENTRIES = 1_000


class PrintForm(forms.Form):
    """Whether notes for colleagues go with it, and in which form it comes."""

    inside = forms.BooleanField(
        label=gettext_lazy("With notes for colleagues"),
        required=False,
        help_text=gettext_lazy("Leave this out of what goes to a customer."),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Form"),
        choices=[("page", gettext_lazy("Page to print")), ("pdf", "PDF")],
        initial="pdf",
        widget=forms.RadioSelect,
    )


@staff_view("cases.view", methods=("GET", "HEAD", "POST"))
def print_case(request: StaffRequest, case_id: int) -> HttpResponse:
    """Ask what is printed; posted, the case as a page or a PDF."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = PrintForm(request.POST if request.method == "POST" else None, auto_id="print-%s")
    if request.method != "POST" or not form.is_valid():
        template = "cases/print/_dialog.html" if request.htmx else "cases/print/choose.html"
        status = 422 if form.is_bound else 200
        return render(request, template, {"case": case, "form": form}, status=status)
    inside = form.cleaned_data["inside"]
    disclosure.record(
        kind="export",
        subject="cases.case",
        subject_id=case.pk,
        organisation_id=case.organisation_id,
        actor=request.actor,
        now=request.now,
        reason="print+notes" if inside else "print",
    )
    history = queries.case_history(case_id=case_id, limit=MOST_ENTRIES)
    local = timezone.localtime(request.now)
    sheet = printed(
        detail_of(request, case_id),
        history.entries,
        inside=inside,
        foot=_("Printed by %(name)s on %(moment)s")
        % {"name": request.actor.name, "moment": f"{local:%Y-%m-%d %H:%M}"},
        whole=history.before is None,
    )
    if form.cleaned_data["form"] == "page":
        return render(request, "cases/print/page.html", {"sheet": sheet})
    response = HttpResponse(as_pdf(sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
