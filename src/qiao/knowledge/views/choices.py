"""What forms of this module offer: case types, shelves, units."""

from typing import Any

from django.utils.translation import get_language

from qiao.core.http import StaffRequest
from qiao.core.packs.enabled import catalogue
from qiao.core.wording import said
from qiao.knowledge.queries import categories
from qiao.staff.queries import company_id, units_among

Choices = list[tuple[Any, Any]]


def type_choices() -> Choices:
    """Case types by name."""
    found = [(key, said(item.name)) for key, item in catalogue().case_types.items()]
    return sorted(found, key=lambda pair: pair[1])


def category_choices() -> Choices:
    """Shelves in the order of their packs."""
    return [(key, said(item.name)) for key, item in categories().items()]


def unit_choices(request: StaffRequest, permission: str) -> Choices:
    """Branches and their parts in which the person holds a right; the company itself is not
    among them."""
    held = [pk for pk in request.actor.organisations(permission) if pk != company_id()]
    units = units_among(held, language=get_language() or "en")
    return [(unit.unit_id, unit.name) for unit in units]
