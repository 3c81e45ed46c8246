"""Files of a case: added, looked at in the page, taken away, and sent to who may see the case."""

from pathlib import PurePath
from typing import Any, Final

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases import operations, queries
from qiao.cases.forms import AttachForm, WordsForm
from qiao.cases.forms.files import MOST_AT_ONCE
from qiao.cases.models import Case
from qiao.cases.queries.files import file_of, file_seen, files_page
from qiao.cases.showing.files import TAKEN, file_words, look_of, show_file
from qiao.cases.views.acting import attempt, dialog, done
from qiao.core import attachments, office, thumbnails
from qiao.core.http import StaffRequest, staff_view
from qiao.core.incoming_files import Written, take_file
from qiao.core.models import Attachment
from qiao.core.transactions import acting
from qiao.core.uploads import had_no_room

WRITTEN: Final = frozenset({".txt", ".csv", ".tsv", ".log", ".md", ".json", ".xml", ".eml"})
SHOWN_INLINE: Final = ("image/", "application/pdf")
FRAMED: Final = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""The policy of a paper shown in a frame of our page. Chromium shows none under ``sandbox``; its
viewer is a process of its own, and what is sent is a PDF by its first bytes, never a page."""
METHODS: Final = ("GET", "HEAD", "POST")


@staff_view("cases.note", methods=METHODS, opens=False)
def attach(request: StaffRequest, case_id: int) -> HttpResponse:
    """Keep files with the case: each is checked and written before the transaction; those that
    are refused are named with the reason, the others are kept."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    posted = request.method == "POST"
    form = AttachForm(
        request.POST if posted else None, request.FILES if posted else None, auto_id="at-%s"
    )
    if posted and form.is_valid():
        taken, refused = _take(request, form.cleaned_data["file"])
        kept = _keep(request, case, form, taken) if taken else False
        for words in refused:
            form.add_error("file", words)
        if kept and not refused:
            said = ngettext("%(n)d file kept", "%(n)d files kept", len(taken)) % {"n": len(taken)}
            return done(request, case, toast=said)
        if kept:
            form.add_error(None, _("The other files have been kept."))
    return dialog(
        request,
        case,
        form,
        title=_("Add files"),
        text=_(
            "Pictures, PDF, Office files and plain text, up to 15 MB each."
            " Places in pictures are removed."
        ),
        confirm=_("Add"),
        status=422 if posted else 200,
    )


@staff_view("cases.note", methods=("POST",), opens=False)
def drop(request: StaffRequest, case_id: int) -> HttpResponse:
    """One file that was dropped or pasted on the page; the answer is its line."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = AttachForm(request.POST, request.FILES)
    taken: list[Written] = []
    words: list[str] = []
    if form.is_valid():
        taken, words = _take(request, form.cleaned_data["file"][:1])
        if taken and not _keep(request, case, form, taken):
            words = [str(each) for errors in form.errors.values() for each in errors]
    elif had_no_room(request):
        words = [file_words(attachments.FileRefused("no_room", ""))]
    else:
        words = [_("No file came. Choose it again.")]
    context = {"file": taken[0] if taken else None, "words": words, "case": case}
    return render(request, "cases/files/dropped.html", context, status=422 if words else 200)


def _take(request: StaffRequest, uploads: list[Any]) -> tuple[list[Written], list[str]]:
    """Check and write each file; what is refused in words."""
    taken, refused = [], []
    for upload in uploads[:MOST_AT_ONCE]:
        name = upload.name or ""
        is_text = PurePath(name).suffix.lower() in WRITTEN
        allow = TAKEN if is_text else tuple(kind for kind in TAKEN if kind != "text")
        try:
            taken.append(take_file(upload.file, file_name=name, allow=allow))
        except attachments.FileRefused as refusal:
            refused.append(file_words(refusal))
        except OSError:
            refused.append(file_words(attachments.FileRefused("no_room", name)))
    if len(uploads) > MOST_AT_ONCE:
        left = {"most": MOST_AT_ONCE, "left": len(uploads) - MOST_AT_ONCE}
        refused.append(_("%(most)d files at once are taken. Add the last %(left)d again.") % left)
    if had_no_room(request):
        refused.append(file_words(attachments.FileRefused("no_room", _("File"))))
    return taken, refused


def _keep(request: StaffRequest, case: Case, form: AttachForm, files: list[Written]) -> bool:
    with acting(request.actor):
        return attempt(
            form,
            lambda: operations.add_attachments(
                case_id=case.pk,
                files=files,
                label=form.cleaned_data["label"],
                actor=request.actor,
                now=request.now,
            ),
        )


@staff_view("cases.view")
def more(request: StaffRequest, case_id: int) -> HttpResponse:
    """Files of a case, newest first, a page at a time."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    found = files_page(case_id=case.pk, before=before)
    context = {
        "case": case,
        "files": [show_file(item) for item in found.files],
        "before": found.before,
    }
    part = request.htmx and before is not None
    return render(request, "cases/files/rows.html" if part else "cases/files/all.html", context)


@staff_view("cases.view")
def look(request: StaffRequest, case_id: int, attachment_id: int) -> HttpResponse:
    """A file in the page: the picture, the paper in a frame, or its text."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    file = file_of(case_id=case.pk, attachment_id=attachment_id)
    context = {
        "case": case,
        "may_remove": request.actor.can_in("cases.work", case.organisation_id),
    }
    if file is not None:
        kind = look_of(file.content_type)
        text = ""
        if kind in ("text", "words"):
            text = office.text_of(attachments.path_of(file.sha256), file.content_type)
        context |= {"seen": file_seen(case_id=case.pk, file=file), "look": kind, "text": text}
        context["is_cut"] = len(text) >= office.MOST_CHARACTERS
    template = "cases/files/look_dialog.html" if request.htmx else "cases/files/look.html"
    return render(request, template, context, status=200 if file else 404)


@staff_view("cases.view")
def small(request: StaffRequest, case_id: int, attachment_id: int) -> HttpResponse | FileResponse:
    """The small picture of a picture; the picture itself where none can be made."""
    kept = _kept(request, case_id, attachment_id)
    found = thumbnails.make_small(kept.sha256)
    if found is None:
        return HttpResponseRedirect(reverse("cases:file", args=[case_id, attachment_id]))
    response = FileResponse(found.open("rb"), content_type=thumbnails.TYPE)
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff_view("cases.view")
def download(request: StaffRequest, case_id: int, attachment_id: int) -> FileResponse:
    """A file of a case, for whoever may see the case; with ``frame``, for a frame of its page."""
    kept = _kept(request, case_id, attachment_id)
    inline = kept.content_type.startswith(SHOWN_INLINE) and "download" not in request.GET
    response = FileResponse(
        attachments.path_of(kept.sha256).open("rb"),
        as_attachment=not inline,
        filename=kept.file_name,
        content_type=kept.content_type,
    )
    if inline and kept.content_type == office.PDF and "frame" in request.GET:
        response["Content-Security-Policy"] = FRAMED
        response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _kept(request: StaffRequest, case_id: int, attachment_id: int) -> Attachment:
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    kept = file_of(case_id=case.pk, attachment_id=attachment_id)
    if kept is None:
        raise Http404(str(attachment_id))
    return kept


@staff_view("cases.work", methods=METHODS)
def remove(request: StaffRequest, case_id: int, attachment_id: int) -> HttpResponse:
    """Take a file away from the case, with the reason."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    posted = request.method == "POST"
    form = WordsForm(
        request.POST if posted else None, label=_("Reason"), limit=1_000, auto_id="words-%s"
    )
    if posted and form.is_valid():
        why = form.cleaned_data["text"]
        if attempt(
            form,
            lambda: operations.remove_attachment(
                case_id=case.pk,
                attachment_id=attachment_id,
                reason=why,
                actor=request.actor,
                now=request.now,
            ),
        ):
            return done(request, case, toast=_("File removed"))
    return dialog(
        request,
        case,
        form,
        title=_("Remove the file"),
        text=_("It cannot be brought back. Who removed it and why stays in the history."),
        confirm=_("Remove"),
        tone="btn-danger",
        status=422 if posted else 200,
    )
