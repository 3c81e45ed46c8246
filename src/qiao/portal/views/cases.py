"""A case on its customer's phone: behind a personal link, or found by its number.

Nobody signs in, no script is needed. A link that is unknown, one that ran out and a number that
does not fit are answered without a word on what exists; attempts are counted and kept.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qiao.cases.operations.public import PageClosed, Said, customer_says, look_up
from qiao.cases.queries.public import case_of_link, is_over, public_case
from qiao.core.attachments import FileRefused
from qiao.core.incoming_files import Written, take_file
from qiao.core.rules.text import BadText
from qiao.core.transactions import acting
from qiao.core.wording import from_names
from qiao.portal.forms import FindForm, SayForm, UnsolvedForm
from qiao.portal.visitors import is_asked_too_often, is_too_much, network_of
from qiao.staff.queries import company_id, organisation

GONE: Final = 410
TOLD: Final = {
    "said": gettext_lazy("It has arrived. Whoever works on your case sees it."),
    "unsolved": gettext_lazy(
        "Thank you for telling us. Whoever is responsible looks at it again."
    ),
}


def _page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    unit_id: int | None = None,
    status: int = 200,
) -> HttpResponse:
    unit = organisation(unit_id or company_id())
    context |= {"house": from_names(unit.names, unit.name)}
    response = render(request, f"portal/{template}.html", context, status=status)
    # The address is a secret. Not no-referrer: forms would then come without an origin.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _end(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return _page(request, "case_end", {"title": title, "text": text}, status=status)


def _too_much(request: HttpRequest) -> HttpResponse:
    return _end(request, _("Too many at once"), _("Please try again in an hour."), 429)


def _unknown(request: HttpRequest) -> HttpResponse:
    if is_too_much(request, "case_link"):
        return _too_much(request)
    text = _(
        "Perhaps it was cut off, or a sign was mistyped. You find your case by its number as well."
    )
    return _end(request, _("This link leads to no case"), text, 404)


def _expired(request: HttpRequest) -> HttpResponse:
    text = _("Your case ended some time ago. If it comes back, please report it anew.")
    return _end(request, _("This link has run out"), text, GONE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find a case by its number and four digits; a wrong number and wrong digits read alike."""
    form = FindForm(request.POST if request.method == "POST" else None, auto_id="find-%s")
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return _page(request, "case_find", {"form": form}, status=status)
    number, digits = form.cleaned_data["number"], form.cleaned_data["digits"].strip()
    too_often = is_asked_too_often(number)
    if is_too_much(request, "case_lookup") or too_often:
        form.add_error(None, _("Too many at once. Please try again in an hour."))
        return _page(request, "case_find", {"form": form}, status=429)
    with acting(None):
        token = look_up(
            number=number, digits=digits, network=network_of(request), now=timezone.now()
        )
    if token:
        return HttpResponseRedirect(reverse("portal:case", args=[token]))
    form.add_error(
        None,
        _(
            "We find no case with this number and these digits. Please compare both with our"
            " message; cases that ended long ago are not shown."
        ),
    )
    return _page(request, "case_find", {"form": form}, status=422)


def _case(request: HttpRequest, token: str) -> Any:
    """The case of a link, or the page that says why there is none."""
    case = case_of_link(token)
    if case is None:
        return _unknown(request)
    return _expired(request) if is_over(case, now=timezone.now()) else case


def _shown(
    request: HttpRequest,
    case: Any,
    token: str,
    *,
    say: SayForm | None = None,
    unsolved: UnsolvedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = next((words for key, words in TOLD.items() if key in request.GET), "")
    context = {
        "one": public_case(case, now=timezone.now()),
        "token": token,
        "say": say or SayForm(auto_id="say-%s"),
        "unsolved": unsolved or UnsolvedForm(auto_id="unsolved-%s"),
        "told": told,
    }
    return _page(request, "case", context, unit_id=case.organisation_id, status=status)


@never_cache
@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Where the case is, what is owed next, what was said."""
    case = _case(request, token)
    return case if isinstance(case, HttpResponse) else _shown(request, case, token)


@never_cache
@require_http_methods(["POST"])
def say(request: HttpRequest, token: str) -> HttpResponse:
    """Add a word or a picture; the picture is checked and written before the transaction."""
    case = _case(request, token)
    if isinstance(case, HttpResponse):
        return case
    if is_too_much(request, "case_say"):
        return _too_much(request)
    form = SayForm(request.POST, request.FILES, auto_id="say-%s")
    if form.is_valid():
        file = _picture(form)
        if not form.errors and _kept(form, case, Said(form.cleaned_data["text"], file)):
            return HttpResponseRedirect(f"{reverse('portal:case', args=[token])}?said")
    return _shown(request, case, token, say=form, status=422)


@never_cache
@require_http_methods(["POST"])
def unsolved(request: HttpRequest, token: str) -> HttpResponse:
    """Say that what counts as done is not."""
    case = _case(request, token)
    if isinstance(case, HttpResponse):
        return case
    if is_too_much(request, "case_say"):
        return _too_much(request)
    form = UnsolvedForm(request.POST, auto_id="unsolved-%s")
    if form.is_valid():
        is_done = public_case(case, now=timezone.now()).may_be_unsolved
        said = Said(form.cleaned_data["text"], is_unsolved=is_done)
        if _kept(form, case, said):
            return HttpResponseRedirect(f"{reverse('portal:case', args=[token])}?unsolved")
    return _shown(request, case, token, unsolved=form, status=422)


def _picture(form: SayForm) -> Written | None:
    file = form.cleaned_data["picture"]
    if not file:
        return None
    try:
        return take_file(file, file_name=file.name, allow=("image",))
    except FileRefused as refused:
        too_large = refused.reason == "too_large"
        form.add_error(
            "picture",
            _("This picture is too large: at most 15 MB.")
            if too_large
            else _("This is no picture that we can read: JPEG, PNG or WebP."),
        )
        return None


def _kept(form: SayForm | UnsolvedForm, case: Any, said: Said) -> bool:
    try:
        with acting(None):
            customer_says(case_id=case.pk, said=said, now=timezone.now())
    except BadText as bad:
        form.add_error("text", _(bad.message) % bad.params)
        return False
    except PageClosed:
        form.add_error(None, _("The case has ended meanwhile."))
        return False
    return True
