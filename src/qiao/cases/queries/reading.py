"""Reading one case, with the right to do so."""

from typing import Final

from django.http import Http404

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.core.actor import Actor
from qiao.core.rows import Reading
from qiao.staff.queries import organisation

_READ: Final = Reading(
    Case,
    where="t.id = %(id)s AND t.organisation_id = ANY(%(organisations)s::bigint[])",
    beside=(
        "assignee",
        "responsible",
        "opened_by",
        "customer",
        "account",
        "premises",
        "service_point",
    ),
)


class NotVisible(Http404):
    """No such case, or none that the actor may see: outsiders cannot tell the difference."""


def get_case_for(*, actor: Actor, case_id: int, permission: str = "cases.view") -> Case:
    """The case, with its type, process, people and places at hand, in one statement.

    Raises `NotVisible` unless the actor holds `permission` in the case's organisation.
    """
    found = _READ.first(id=case_id, organisations=list(actor.organisations(permission)))
    if found is None:
        raise NotVisible(f"case {case_id}")
    definitions.attach(found)
    found.organisation = organisation(found.organisation_id)
    found.team = organisation(found.team_id)
    return found


def can_see(*, actor: Actor, case_id: int) -> bool:
    """Whether `get_case_for` would answer."""
    return Case.objects.visible_to(actor).filter(id=case_id).exists()
