"""A person's own pages: preferences, and one-click sign-in while demonstrating."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from qiao.core.transactions import acting
from qiao.staff.middleware import COOKIES, YEAR_SECONDS
from qiao.staff.models import Role, Staff
from qiao.staff.operations import UnknownPreference, set_preferences

KEPT = {**COOKIES, "single_keys": "q-keys"}


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme, language or key preference, for the person and for this browser."""
    changes = {key: request.POST[key] for key in KEPT if key in request.POST}
    actor = getattr(request, "actor", None)
    if actor is not None:
        try:
            with acting(actor):
                set_preferences(actor=actor, changes=changes)
        except UnknownPreference as error:
            return HttpResponse(str(error), status=400, content_type="text/plain")
    target = request.POST.get("next", "")
    safe = target.startswith("/") and not target.startswith(("//", "/\\"))
    response: HttpResponse = HttpResponseRedirect(target) if safe else HttpResponse(status=204)
    for key, value in changes.items():
        if len(value) <= 10 and value.replace("-", "").isalnum():
            response.set_cookie(KEPT[key], value, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@require_POST
def demo_sign_in(request: HttpRequest, number: str) -> HttpResponse:
    """Sign in as a person of the demo world with one click. Exists in demo mode only."""
    if not settings.DEMO:
        raise Http404
    staff = get_object_or_404(Staff, number=number, is_active=True)
    login(request, staff, backend="qiao.staff.signin.StaffBackend")
    role = Role.objects.filter(assignment__staff=staff).order_by("id").first()
    return HttpResponseRedirect(reverse(role.home) if role else "/")
