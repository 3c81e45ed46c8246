"""The frame of the administration: its sections by right, and the right in the whole company."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest
from qiao.core.manifest import Text
from qiao.core.registry import registry
from qiao.staff.queries import company_id

RIGHT: Final = "desk.administer"
OPERATE: Final = "desk.operate"
CONFIGURE: Final = "core.configure"
DECIDE: Final = "core.approve"
AUDIT: Final = "core.audit"
UNPROCESSABLE: Final = 422


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the administration, shown to holders of any of `permissions`.

    With `whole` the right must hold in the company itself.
    """

    key: str
    label: Text
    url_name: str
    permissions: tuple[str, ...]
    whole: bool = False


SECTIONS: Final = (
    Section("home", _("Health"), "administration:home", (RIGHT,)),
    Section("parameters", _("Parameters"), "administration:parameters", (RIGHT,)),
    Section("retention", _("Retention"), "administration:retention", (RIGHT,), whole=True),
    Section("backups", _("Backups"), "administration:backups", (RIGHT,), whole=True),
    Section("codes", _("Code tables"), "administration:codes", (RIGHT,)),
    Section("decisions", _("Second person"), "administration:decisions", (DECIDE,)),
    Section(
        "corrections",
        _("Corrections"),
        "administration:corrections",
        ("customers.correct", DECIDE, AUDIT),
    ),
    Section("trail", _("Changes"), "administration:trail", (AUDIT,), whole=True),
    Section(
        "jobs",
        pgettext_lazy("background", "Jobs"),
        "administration:jobs",
        (OPERATE,),
        whole=True,
    ),
    Section("problems", _("Problems"), "administration:problems", (OPERATE,)),
    Section("disclosures", _("Reveals and exports"), "administration:disclosures", (AUDIT,)),
)


def whole(request: StaffRequest, permission: str) -> bool:
    """Whether the right holds in the company itself, not only in a branch."""
    return request.actor.can_in(permission, company_id())


def require_whole(request: StaffRequest, permission: str) -> None:
    """Raises `Forbidden` unless the right holds in the company itself."""
    if not whole(request, permission):
        raise Forbidden(permission)


def sections_for(request: StaffRequest) -> list[Section]:
    """The sections that the person may open, in order."""
    actor, company = request.actor, company_id()
    brought = [
        Section(page.key, page.label, page.url_name, (page.permission,))
        for page in registry.administration(request.actor)
    ]
    return [
        section
        for section in (*SECTIONS, *brought)
        if any(
            actor.can_in(right, company) if section.whole else actor.can(right)
            for right in section.permissions
        )
    ]


def show(
    request: StaffRequest, template: str, here: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the administration with its sections above."""
    about = {"sections": sections_for(request), "here": here}
    return render(request, f"desk/administration/{template}", context | about, status=status)
