"""Reading one case, with the right to do so."""

from django.http import Http404

from qiao.cases.models import Case
from qiao.core.actor import Actor


class NotVisible(Http404):
    """No such case, or none that the actor may see: outsiders cannot tell the difference."""


def get_case_for(*, actor: Actor, case_id: int, permission: str = "cases.view") -> Case:
    """The case, with its type, process, people and places at hand, in one statement.

    Raises `NotVisible` unless the actor holds `permission` in the case's organisation.
    """
    wanted = Case.objects.filter(
        id=case_id, organisation_id__in=actor.organisations(permission)
    ).select_related(
        "case_type",
        "process",
        "organisation",
        "team",
        "assignee",
        "responsible",
        "opened_by",
        "customer",
        "account",
        "premises",
        "service_point",
    )
    wanted = wanted.defer("process__definition")
    found = next(iter(wanted), None)
    if found is None:
        raise NotVisible(f"case {case_id}")
    return found


def can_see(*, actor: Actor, case_id: int) -> bool:
    """Whether `get_case_for` would answer."""
    return Case.objects.visible_to(actor).filter(id=case_id).exists()
