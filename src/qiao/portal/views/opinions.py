"""The public pages of suggestions: read, search, write, give a voice, follow. No script needed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qiao.core.rules.text import BadText
from qiao.core.transactions import acting
from qiao.core.wording import from_names
from qiao.feedback.operations import following
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.operations.suggestions import Wish
from qiao.feedback.queries import public_suggestions as queries
from qiao.portal.forms import FollowForm, OpinionForm
from qiao.portal.visitors import is_too_much, is_written_too_often, new_key, remember, visitor_key
from qiao.staff.queries import company_id, organisation

TONES: Final = {
    "examined": "info", "planned": "pri", "done": "ok", "answered": "ok", "declined": "line"
}  # fmt: skip
View = Callable[..., HttpResponse]


def _public(*methods: str) -> Callable[[View], View]:
    """A page for everybody."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs)

        return require_http_methods(methods)(inner)

    return decorate


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    unit = organisation(company_id())
    context |= {"house": from_names(unit.names, unit.name), "tones": TONES}
    return render(request, f"portal/{template}.html", context, status=status)


def _row(number: str) -> Any:
    row = queries.public_row(number)
    if row is None:
        raise Http404(number)
    return row


@_public("GET", "HEAD")
def index(request: HttpRequest) -> HttpResponse:
    """The list: most wanted, newest, answered; found by words."""
    order = request.GET.get("order", "votes")
    order = order if order in queries.ORDERS else "votes"
    text = request.GET.get("q", "")[:80]
    rows, next_page = queries.public_list(
        text=text,
        order=order,
        voter=visitor_key(request),
        after=request.GET.get("after", "")[:200],
    )
    context = {
        "rows": rows,
        "order": order,
        "orders": [
            ("votes", _("Most wanted")), ("new", _("Newest")), ("answered", _("Answered"))
        ],
        "text": text,
        "following": next_page,
    }  # fmt: skip
    return _page(request, "list", context)


@_public("GET", "HEAD")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One suggestion with its answers; a duplicate leads to the one that stands for it."""
    row = _row(number)
    if row.number != number:
        return HttpResponseRedirect(reverse("portal:opinion", args=[row.number]))
    return _detail(request, row, FollowForm())


def _detail(
    request: HttpRequest, row: Any, form: FollowForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    shown = queries.public_page(row, voter=visitor_key(request))
    return _page(request, "page", {"one": shown, "form": form, "told": told}, status=status)


@_public("GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Write a suggestion. A person reads it before anybody else does."""
    form = OpinionForm(request.POST if request.method == "POST" else None, auto_id="opinion-%s")
    if form.is_bound and form.is_valid():
        if form.cleaned_data["website"]:  # a machine: it is thanked, nothing is kept
            return HttpResponseRedirect(reverse("portal:opinion_thanks"))
        if is_too_much(request, "write"):
            form.add_error(None, _("Too many at once. Please try again in an hour."))
            return _page(request, "new", {"form": form}, status=429)
        key = visitor_key(request) or new_key()
        if _kept(form, key):
            response = HttpResponseRedirect(reverse("portal:opinion_thanks"))
            remember(response, key)
            return response
    return _page(request, "new", {"form": form}, status=422 if form.is_bound else 200)


def _kept(form: OpinionForm, key: str) -> bool:
    data = form.cleaned_data
    wish = Wish(
        organisation_id=company_id(),
        source="page",
        title=data["title"],
        text=data["text"],
        language=get_language() or "zh-hans",
        name=data["name"],
        email=data["email"],
        voter=key,
    )
    try:
        with acting(None):
            operations.take_suggestion(wish=wish, actor=None, now=timezone.now())
    except BadText as bad:
        form.add_error(
            bad.field if bad.field in form.fields else None, _(bad.message) % bad.params
        )
        return False
    return True


@_public("GET", "HEAD")
def thanks(request: HttpRequest) -> HttpResponse:
    """It has arrived."""
    return _page(request, "thanks", {})


@_public("POST")
def vote(request: HttpRequest, number: str) -> HttpResponse:
    """Give a voice, or take it back."""
    row = _row(number)
    if is_too_much(request, "vote"):
        text = _("Too many at once. Please try again in an hour.")
        return _detail(request, row, FollowForm(), told=text, status=429)
    key = visitor_key(request) or new_key()
    response = HttpResponseRedirect(reverse("portal:opinion", args=[row.number]))
    with acting(None):
        if not queries.voted_among(voter=key, ids=[row.pk]):
            operations.vote(suggestion_id=row.pk, voter=key, now=timezone.now())
        else:
            operations.unvote(suggestion_id=row.pk, voter=key)
    remember(response, key)
    return response


@_public("POST")
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to be told by e-mail; a link in the letter confirms it."""
    row = _row(number)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _detail(request, row, form, status=422)
    told = _("We have written to you. Open the link in the letter to confirm.")
    if form.cleaned_data["website"]:
        return _detail(request, row, FollowForm(), told=told)
    if is_too_much(request, "follow"):
        form.add_error(None, _("Too many at once. Please try again in an hour."))
        return _detail(request, row, form, status=429)
    if is_written_too_often(form.cleaned_data["email"]):  # said like the rest: it tells nothing
        return _detail(request, row, FollowForm(), told=told)
    with acting(None):
        following.ask_to_follow(
            suggestion=row,
            email=form.cleaned_data["email"],
            language=get_language() or "zh-hans",
            page_url=request.build_absolute_uri(reverse("portal:opinion", args=[row.number])),
            now=timezone.now(),
        )
    return _detail(request, row, FollowForm(), told=told)


@_public("GET", "HEAD", "POST")
def confirm(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The link of the letter; a button confirms, so that no mail scanner does."""
    row = _row(number)
    if request.method != "POST":
        return _page(request, "confirm", {"number": row.number, "token": token})
    with acting(None):
        found = following.confirm_following(token=token, now=timezone.now())
    if found is None:
        told = _("This link is too old or incomplete. Please ask for a new one.")
        return _detail(request, row, FollowForm(), told=told, status=422)
    return _detail(request, row, FollowForm(), told=_("You follow this suggestion from now on."))
