"""Setting a case aside, bringing it back, and marking it to be read again."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases import queries
from qiao.cases.forms.setting_aside import SnoozeForm
from qiao.cases.operations import setting_aside as aside_operations
from qiao.cases.views.acting import attempt, dialog, posted
from qiao.cases.views.page import following_url, to_page
from qiao.core.http import StaffRequest, staff_view

METHODS = ("GET", "HEAD", "POST")


@staff_view("cases.work", methods=METHODS)
def snooze(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take a case out of one's lists for a while; the list comes next."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    following = following_url(request, case)
    form = SnoozeForm(posted(request), now=request.now, auto_id="sz-%s")
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            form,
            lambda: aside_operations.snooze(
                case_id=case_id,
                until=form.until,
                until_answer=form.until_answer,
                for_team=form.cleaned_data["for_team"],
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
            ),
        )
    ):
        undo = reverse("cases:unsnooze", args=[case_id])
        text = _("%(number)s is set aside") % {"number": case.number}
        messages.success(request, text, extra_tags=undo)
        return to_page(request, following or reverse("cases:list"))
    return dialog(
        request,
        case,
        form,
        title=_("Set aside for a while"),
        text=_("It leaves your lists, not those of others. Its clocks run on: what is promised to"
               " the customer does not wait, and a case that runs late comes back by itself."),
        confirm=pgettext("snooze", "Set aside"),
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


@staff_view("cases.work", methods=("POST",))
def unsnooze(request: StaffRequest, case_id: int) -> HttpResponse:
    """Bring a case back into one's lists now."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    try:
        aside_operations.unsnooze(case_id=case_id, actor=request.actor, now=request.now)
    except aside_operations.NotSnoozed:
        messages.info(request, _("It was back already."))
    else:
        messages.success(request, _("%(number)s is back") % {"number": case.number})
    return to_page(request, reverse("cases:detail", args=[case_id]))


@staff_view("cases.view", methods=("POST",))
def unread(request: StaffRequest, case_id: int) -> HttpResponse:
    """Mark a case to be read again, and leave it."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    aside_operations.mark_unread(case_id=case_id, actor=request.actor, now=request.now)
    messages.success(request, _("%(number)s is marked as unread") % {"number": case.number})
    return to_page(request, reverse("cases:list"))
