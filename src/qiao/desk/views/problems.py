"""Report a problem from any page, see what became of it, read the answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core import attachments
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Attachment
from qiao.core.rules.text import BadText
from qiao.desk.operations import problems as operations
from qiao.desk.queries import problems as queries

UNPROCESSABLE = 422


class ReportForm(forms.Form):
    """What does not work; the circumstances come along by themselves."""

    title = forms.CharField(
        label=pgettext_lazy("problem", "What does not work"),
        max_length=operations.TITLE_LENGTH,
        help_text=gettext_lazy("No names and numbers of customers, please."),
    )
    body = forms.CharField(
        label=gettext_lazy("What you did, what you saw, what you expected"),
        max_length=operations.BODY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture of the screen"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP. Cover what is not ours to show."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    path = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)
    request_id = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


@staff_view("", methods=("GET", "HEAD", "POST"))
def report(request: StaffRequest) -> HttpResponse:
    """The form, and below it what the person reported before."""
    came_from = {
        "path": request.GET.get("from", "").partition("?")[0][:300],
        "request_id": request.GET.get("request", "")[:64],
    }
    sent = request.method == "POST"
    form = ReportForm(request.POST if sent else None, request.FILES if sent else None)
    if not sent:
        form.initial = came_from
    elif form.is_valid() and _report(request, form):
        messages.success(
            request, _("Thank you. It stands in the problem log; the answer comes to you.")
        )
        return HttpResponseRedirect(reverse("desk:report_problem"))
    context = {
        "form": form,
        "own": queries.own_problems(actor=request.actor),
        "path": form["path"].value(),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/problems/report.html", context, status=status)


def _report(request: StaffRequest, form: ReportForm) -> bool:
    told: dict[str, Any] = form.cleaned_data
    picture = told["picture"]
    try:
        operations.report_problem(
            actor=request.actor,
            now=request.now,
            title=told["title"],
            body=told["body"],
            circumstances=operations.Circumstances(
                told["path"], request.headers.get("User-Agent", ""), told["request_id"]
            ),
            picture=picture,
            picture_name=picture.name if picture else "",
        )
    except BadText as bad:
        form.add_error(
            bad.field if bad.field in form.fields else None,
            _("This text cannot be kept as it is."),
        )
    except attachments.FileRefused:
        form.add_error("picture", _("This is not a picture that can be kept."))
    return not form.errors


@staff_view("")
def answer_pane(request: StaffRequest, problem_id: int) -> HttpResponse:
    """The answer to a report, in the middle of the workspace."""
    problem = queries.own_problem(actor=request.actor, problem_id=problem_id)
    if problem is None:
        raise Http404(problem_id)
    return render(request, "desk/problems/answer.html", {"problem": problem})


@staff_view("", methods=("POST",))
def answer_seen(request: StaffRequest, problem_id: int) -> HttpResponse:
    """The answer was read: it leaves the workspace's list."""
    try:
        operations.mark_answer_seen(actor=request.actor, now=request.now, problem_id=problem_id)
    except operations.ProblemMissing as missing:
        raise Http404(problem_id) from missing
    return HttpResponseRedirect(reverse("desk:workspace"))


@staff_view("")
def picture(request: StaffRequest, attachment_id: int) -> FileResponse:
    """A picture of a report, for who sent it and for who looks after problems there."""
    kept = Attachment.objects.filter(pk=attachment_id, owner_kind=operations.OWNER_KIND).first()
    if kept is None or not (
        kept.created_by_id == request.actor.staff_id
        or request.actor.can_in(operations.OPERATE, kept.organisation_id)
    ):
        raise Http404(attachment_id)
    response = FileResponse(
        attachments.path_of(kept.sha256).open("rb"),
        filename=kept.file_name,
        content_type=kept.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
