"""Units whose matters are kept from some: from a unit with all its people, or from one person.

What belongs to such a unit is seen by whoever holds rights in the unit above it, except by those
whom it is kept from. Every reader asks for the actor's organisations, and those are worked out
without the units that are kept from the person: there is no second place to think of it.
"""

from qiao.core.once import unsettle
from qiao.core.transactions import required
from qiao.staff.models import Organisation, UnitBar
from qiao.staff.operations.company import add_organisation


def sealed_unit(*, owner_id: int, unit_id: int, staff_id: int | None = None) -> Organisation:
    """The unit below `owner_id` whose matters are kept from `unit_id`, all below it and all who
    work there, and from one person; made when it is asked for first.

    Raises `Organisation.DoesNotExist`.
    """
    required()
    owner = Organisation.objects.get(pk=owner_id)
    code = f"{owner.code}~{unit_id}" + (f"~{staff_id}" if staff_id else "")
    found = Organisation.objects.filter(code=code).first()
    if found is not None:
        return found
    made = add_organisation(
        kind=Organisation.Kind.SEALED,
        code=code,
        name=owner.name,
        parent=owner,
        names=owner.names,
    )
    UnitBar.objects.create(organisation=made, unit_id=unit_id)
    if staff_id is not None:
        UnitBar.objects.create(organisation=made, staff_id=staff_id)
    unsettle()
    return made
