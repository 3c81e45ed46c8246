"""Whose a case is: taken, handed to a team, given to a person."""

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms import (
    AssignForm,
    TransferForm,
)
from qiao.cases.showing import names
from qiao.cases.views.acting import at_once, attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import members_of


@staff_view("cases.work", methods=("POST",))
def take_over(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take the case oneself."""
    return at_once(request, case_id, operations.take_over, _("The case is yours"))


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def transfer(request: StaffRequest, case_id: int) -> HttpResponse:
    """Hand the case to another team."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = TransferForm(posted(request), teams=team_choices(request), auto_id="tr-%s")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if attempt(
            form,
            lambda: operations.transfer(
                case_id=case_id,
                team_id=data["team"],
                reason=data["reason"],
                actor=request.actor,
                now=request.now,
            ),
        ):
            return done(request, case, toast=_("Transferred"))
    return dialog(
        request,
        case,
        form,
        title=_("Transfer to another team"),
        text=_("The first person stays responsible until the customer has the answer."),
        confirm=_("Transfer"),
        status=422 if request.method == "POST" else 200,
    )


def team_choices(request: StaffRequest) -> list[tuple[int, str]]:
    """Teams that the person may hand work to, by branch."""
    found = queries.units(
        actor=request.actor,
        permission="cases.transfer",
        kinds=("team",),
        language=get_language() or "en",
    )
    return [(u.unit_id, f"{u.parent} · {u.name}" if u.parent else u.name) for u in found]


@staff_view("cases.assign", methods=("GET", "HEAD", "POST"))
def assign(request: StaffRequest, case_id: int) -> HttpResponse:
    """Give the case to a person of its team."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    team = [(person.pk, f"{person.name} {person.number}") for person in members_of(case.team_id)]
    form = AssignForm(
        posted(request), people=team, initial={"person": case.assignee_id}, auto_id="as-%s"
    )
    if form.is_valid() and attempt(
        form,
        lambda: operations.assign(
            case_id=case_id,
            staff_id=form.cleaned_data["person"],
            actor=request.actor,
            now=request.now,
        ),
    ):
        return done(request, case, toast=_("Assigned"))
    return dialog(
        request,
        case,
        form,
        title=_("Assign within the team"),
        text=names.unit_name(case.team),
        confirm=_("Assign"),
        status=422 if request.method == "POST" else 200,
    )
