"""Where a person comes in: sign-in, and the first page of their role."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from qiao.core.http import StaffRequest, staff_view
from qiao.staff.queries import first_of_roles, home_of

DEMO_ROLES = (
    "agent", "technician", "meter_reader", "dispatcher", "supervisor", "customer_manager",
    "administrator",
)  # fmt: skip
FIRST_PAGES = ("desk:workspace", "customers:list", "cases:list")


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page; while demonstrating, with one-click cards of the roles."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Allauth's own context and the cards."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_roles"] = demo_cards() if settings.DEMO else []
        return context


def demo_cards() -> list[dict[str, str]]:
    """A card for the first person of each role."""
    return [
        {
            "name": player.name,
            "title": f"{player.title} {player.number}",
            "role": player.role,
            "initial": player.name[:1],
            "url": reverse("staff:demo_sign_in", args=[player.number]),
        }
        for player in first_of_roles(DEMO_ROLES, language=get_language() or "zh-hans")
    ]


@staff_view("")
def home(request: StaffRequest) -> HttpResponse:
    """To the first page of the person's role, or the first that there is."""
    for name in (home_of(request.actor), *FIRST_PAGES):
        try:
            return HttpResponseRedirect(reverse(name))
        except NoReverseMatch:
            continue
    return HttpResponseRedirect(reverse("desk:search"))
