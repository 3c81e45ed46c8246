"""What of a person's protections is removed when they are erased: all of it."""

from typing import Any, Final

from qiao.core.personal import Erasing, Person, ids_of
from qiao.customers.operations.protecting import APPROVAL

_TRAIL: Final = """
SELECT id FROM customers_protection WHERE customer_id = ANY(%(ids)s)
UNION SELECT row_id FROM core_auditentry
 WHERE table_name = 'customers_protection'
   AND (coalesce(after, before) ->> 'customer_id')::bigint = ANY(%(ids)s)
"""
_STEPS: Final = "DELETE FROM customers_protectionstep WHERE protection_id = ANY(%(rows)s)"
_ROWS: Final = "DELETE FROM customers_protection WHERE id = ANY(%(rows)s)"


def requests_to_end(person: Person) -> dict[str, list[int]]:
    """The requests to end a protection of theirs, also of one that is gone."""
    return {APPROVAL: ids_of(_TRAIL, {"ids": list(person.customer_ids)})}


def erase_protections(person: Person, erasing: Erasing) -> None:
    """Illness and need are nobody's business any more."""
    values: dict[str, Any] = {"ids": list(person.customer_ids)}
    values["rows"] = ids_of(_TRAIL, values)
    erasing.run("customers.protection_steps", _STEPS, values)
    erasing.run("customers.protections", _ROWS, values)
    erasing.redact_trail(
        "customers.protection_trail", table="customers_protection", ids=values["rows"]
    )
