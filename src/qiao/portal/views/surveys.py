"""The page on which a customer answers a survey, behind a personal link. No script needed."""

import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from qiao.core.rules.text import BadText
from qiao.core.transactions import acting
from qiao.core.wording import from_names
from qiao.feedback.operations.survey_answering import (
    Given,
    InvitationClosed,
    NoInvitation,
    answer_survey,
    decline_surveys,
)
from qiao.feedback.queries.public_surveys import PublicSurvey, public_survey
from qiao.portal.visitors import is_too_much
from qiao.staff.queries import company_id, organisation

GONE: Final = 410
_NUMBER: Final = re.compile(r"[0-9]{1,3}", re.ASCII)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    unit = organisation(company_id())
    context |= {"house": from_names(unit.names, unit.name)}
    response = render(request, f"portal/{template}.html", context, status=status)
    # The address is a secret. Not no-referrer: forms would then come without an origin.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _unknown(request: HttpRequest) -> HttpResponse:
    if is_too_much(request, "survey_link"):
        return _too_much(request)
    title = _("This link leads to no survey")
    text = _(
        "Perhaps it was cut off by a mail program, or a sign was mistyped. Please compare it with"
        " our letter. You need not do anything else."
    )
    return _page(request, "survey_end", {"title": title, "text": text}, status=404)


def _closed(request: HttpRequest) -> HttpResponse:
    title = _("This survey is closed")
    text = _("Thank you for coming. What you answered before it closed counts.")
    return _page(request, "survey_end", {"title": title, "text": text}, status=GONE)


def _too_much(request: HttpRequest) -> HttpResponse:
    title = _("Too many at once")
    text = _("Please try again in an hour.")
    return _page(request, "survey_end", {"title": title, "text": text}, status=429)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The questions with what was answered so far; each change is kept, the end is thanked."""
    now = timezone.now()
    found = public_survey(token, now=now)
    if found is None:
        return _unknown(request)
    if not found.is_open:
        return _closed(request)
    if request.method == "POST":
        return _kept(request, token, found)
    return _page(
        request, "survey", {"one": found, "token": token, "thanks": "done" in request.GET}
    )


def _kept(request: HttpRequest, token: str, found: PublicSurvey) -> HttpResponse:
    if is_too_much(request, "survey"):
        return _too_much(request)
    is_part = request.POST.get("part") == "1"
    try:
        with acting(None):
            answer_survey(
                token=token,
                given=_given(request, found),
                is_all=not is_part,
                now=timezone.now(),
            )
    except NoInvitation:
        return _unknown(request)
    except InvitationClosed:
        return _closed(request)
    except BadText as bad:
        told = _(bad.message) % bad.params
        return _page(request, "survey", {"one": found, "token": token, "told": told}, status=422)
    if is_part:
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{reverse('portal:survey', args=[token])}?done")


def _given(request: HttpRequest, found: PublicSurvey) -> dict[str, Given]:
    data = request.POST
    return {
        each.key: Given(
            _number(data.get(f"a-{each.key}", "")),
            _number(data.get(f"i-{each.key}", "")),
            data.get(f"w-{each.key}", ""),
        )
        for each in found.questions
    }


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more surveys: one press, on the page or in the mail program, which posts for its reader
    without having opened the page (RFC 8058). None does so by itself by opening the link."""
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        return _stop(request, token)
    answer: HttpResponse = csrf_protect(_stop)(request, token)
    return answer


def _stop(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    if public_survey(token, now=now) is None:
        return _unknown(request)
    if request.method != "POST":
        return _page(request, "survey_stop", {})
    if is_too_much(request, "survey"):
        return _too_much(request)
    with acting(None):
        decline_surveys(token=token, now=now)
    title = _("You will get no more surveys from us")
    text = _("It is noted with your wishes. What you answered so far stays as you sent it.")
    return _page(request, "survey_end", {"title": title, "text": text})
