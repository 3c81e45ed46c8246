"""The green channel and disputes: what a person does on the case's page, and the overview."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms import WordsForm
from qiao.cases.forms.complaints import DisputeForm
from qiao.cases.models import Dispute
from qiao.cases.showing import names
from qiao.cases.showing.green import wants
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.core.wording import from_names


@staff_view("cases.view")
def green(request: StaffRequest) -> HttpResponse:
    """The rules of the green channel in force, and how many cases are in it by which."""
    share = queries.green_share(actor=request.actor)
    today = timezone.localdate(request.now)
    rows = [
        {
            "place": rule.place,
            "name": from_names(rule.names),
            "source": from_names(rule.source),
            "since": rule.valid_from,
            "raises": names.PRIORITIES[rule.raises_to],
            "wants": wants(rule.terms, rule.pack),
            "unit": from_names(unit.names, unit.name) if (unit := rule.organisation) else "",
            "is_on": rule.is_on,
            "count": share.by_rule.get(rule.pk, 0),
        }
        for rule in queries.rules_in_force(actor=request.actor, day=today)
    ]
    context = {"rows": rows, "share": share, "by_hand": share.by_rule.get(0, 0)}
    return render(request, "cases/green/index.html", context)


@staff_view("cases.green", methods=("GET", "HEAD", "POST"))
def green_by_hand(request: StaffRequest, case_id: int, way: str) -> HttpResponse:
    """Let a case jump the queue, or wait its turn again, for a reason."""
    if way not in ("in", "out"):
        raise Http404(way)
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    run = operations.put_in_green if way == "in" else operations.take_out_of_green
    title = _("Put into the green channel") if way == "in" else _("Take out of the green channel")
    form = WordsForm(posted(request), label=_("Reason"), limit=300, auto_id="gr-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: run(
                case_id=case.pk,
                reason=form.cleaned_data["text"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=title)
    return dialog(
        request,
        case,
        form,
        title=title,
        text=_("Your name and the reason stand in the history of the case."),
        confirm=title,
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def dispute(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say that the customer disputes a bill."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = DisputeForm(posted(request), auto_id="di-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.open_dispute(
                case_id=case.pk,
                bill=form.cleaned_data["bill"],
                amount=form.amount_minor(),
                stays_because=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("The bill is in dispute"))
    return dialog(
        request,
        case,
        form,
        title=_("The customer disputes a bill"),
        text=_("It is not dunned while it is in dispute; the dispute ends with the case."),
        confirm=_("Keep"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def dispute_end(request: StaffRequest, case_id: int, dispute_id: int) -> HttpResponse:
    """Say what came of a dispute."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    if not Dispute.objects.filter(pk=dispute_id, case=case).exists():
        raise Http404(str(dispute_id))
    form = WordsForm(posted(request), label=_("What came of it"), limit=300, auto_id="de-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: operations.end_dispute(
                dispute_id=dispute_id,
                outcome=form.cleaned_data["text"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        return done(request, case, toast=_("The dispute has ended"))
    return dialog(
        request,
        case,
        form,
        title=_("End the dispute"),
        confirm=_("End the dispute"),
        status=422 if request.method == "POST" else 200,
    )
