"""A case on paper: what goes with it is chosen, and that it was taken is recorded."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases import queries
from qiao.cases.models import Case
from qiao.cases.showing.printing import Sheet, as_pdf, printed
from qiao.cases.views.page import detail_of
from qiao.core import disclosure
from qiao.core.downloads import pdf_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.transactions import acting
from qiao.core.typesetting import NoFont

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


@staff_view("cases.view", methods=("GET", "HEAD", "POST"), opens=False)
def print_case(request: StaffRequest, case_id: int) -> HttpResponse:
    """Ask what is printed; posted, the case as a page or a PDF, kept as taken before it goes."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = PrintForm(request.POST if request.method == "POST" else None, auto_id="print-%s")
    if request.method == "POST" and form.is_valid():
        sheet = _sheet(request, case_id, inside=form.cleaned_data["inside"])
        try:
            content = as_pdf(sheet) if form.cleaned_data["form"] == "pdf" else b""
        except NoFont:
            form.add_error("form", _("This machine has no font for Chinese. Nothing was printed."))
        else:
            _record(request, case, inside=form.cleaned_data["inside"])
            if not content:
                return render(request, "cases/print/page.html", {"sheet": sheet})
            return pdf_file(content, name=case.number)
    template = "cases/print/_dialog.html" if request.htmx else "cases/print/choose.html"
    status = 422 if form.is_bound else 200
    return render(request, template, {"case": case, "form": form}, status=status)


def _sheet(request: StaffRequest, case_id: int, *, inside: bool) -> Sheet:
    history = queries.case_history(case_id=case_id, limit=MOST_ENTRIES)
    local = timezone.localtime(request.now)
    return printed(
        detail_of(request, case_id),
        history.entries,
        inside=inside,
        foot=_("Printed by %(name)s on %(moment)s")
        % {"name": request.actor.name, "moment": f"{local:%Y-%m-%d %H:%M}"},
        whole=history.before is None,
    )


def _record(request: StaffRequest, case: Case, *, inside: bool) -> None:
    with acting(request.actor):
        disclosure.record(
            kind="export",
            subject="cases.case",
            subject_id=case.pk,
            organisation_id=case.organisation_id,
            actor=request.actor,
            now=request.now,
            reason="print+notes" if inside else "print",
        )
