"""The door of a view: signed in, permitted, one transaction for what changes something."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from qiao.core.actor import Actor, Forbidden
from qiao.core.features import FeatureOff
from qiao.core.registry import registry
from qiao.core.rules.networks import caller
from qiao.core.transactions import acting

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request whose actor is known; `now` was read once at the edge."""

    actor: Actor
    now: datetime
    htmx: bool


def lead_on(request: StaffRequest, target: str) -> HttpResponse:
    """To another page, out of a dialog too."""
    if not request.htmx:
        return HttpResponseRedirect(target)
    return HttpResponse(status=204, headers={"HX-Redirect": target})


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
SAFE = {"GET", "HEAD"}
HTTP_ERROR = 400


def client_address(request: HttpRequest) -> str:
    """The network address that a request comes from, the only place that knows it: behind proxies
    of ours (`QIAO_PROXIES`) the nearest one that is none of them, else whoever is connected.
    Empty on a local socket. What a visitor writes into ``X-Forwarded-For`` is never believed.
    """
    return caller(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded=request.headers.get("X-Forwarded-For", ""),
        proxies=settings.QIAO_PROXIES,
    )


def staff_view(
    permission: str, *, methods: tuple[str, ...] = ("GET", "HEAD"), opens: bool = True
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Admit signed-in staff who hold `permission`; open the one transaction when unsafe.

    An empty `permission` admits everybody who is signed in: what the page shows is then decided
    by each part of it.

    An address of a feature that is switched off where they work is refused (`core.features`).

    An answer of 400 or above rolls the transaction back: a refused form leaves nothing behind.
    With `opens` false the view opens its own: one that writes or reads a large file before it.

    A fragment asked for by htmx after the session ended answers 401 with a header that sends
    the whole page to sign-in, so that no sign-in form is swapped into a pane.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            request.htmx = request.headers.get("HX-Request") == "true"  # type: ignore[attr-defined]
            if actor is None:
                return _to_sign_in(request)
            if permission and not actor.can(permission):
                raise PermissionDenied(permission)
            _refuse_switched_off(request, actor)
            request.now = timezone.now()  # type: ignore[attr-defined]
            try:
                if request.method in SAFE or not opens:
                    return view(request, *args, **kwargs)  # type: ignore[arg-type]
                with acting(actor):
                    response = view(request, *args, **kwargs)  # type: ignore[arg-type]
                    if response.status_code >= HTTP_ERROR:
                        transaction.set_rollback(True)
                    return response
            except Forbidden as refusal:
                raise PermissionDenied(refusal.permission) from refusal

        guarded = require_http_methods(methods)(inner)
        guarded.qiao_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def put_at(target: str, response: HttpResponse) -> HttpResponse:
    """Let htmx put an answer in the place of `target`, a selector, whatever was asked from where:
    a form that swaps nothing shows a refusal so. Its status is 422, or one of success: what else
    there is htmx does not swap."""
    response["HX-Retarget"], response["HX-Reswap"] = target, "outerHTML"
    return response


def _refuse_switched_off(request: HttpRequest, actor: Actor) -> None:
    """Raises `FeatureOff` for an address of a feature that is off where the actor works."""
    match = request.resolver_match
    found = registry.switched_off(actor, match.view_name) if match else None
    if found is not None:
        raise FeatureOff(found)


def _to_sign_in(request: Any) -> HttpResponse:
    if request.htmx:
        response = HttpResponse(status=401)
        response["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/")).url
        return response
    return redirect_to_login(request.get_full_path())
