"""What customer managers wrote about a person goes when the person is erased."""

from typing import Any, Final

from qiao.core.personal import Erasing, Person, ids_of

_REMOVED: Final = {
    "customers.visits": "DELETE FROM customers_customervisit WHERE customer_id = ANY(%(ids)s)",
    "customers.visit_plans": "DELETE FROM customers_visitplan WHERE customer_id = ANY(%(ids)s)",
    "customers.managers": (
        "UPDATE customers_managerassignment SET reason = '', end_reason = ''"
        " WHERE customer_id = ANY(%(ids)s) OR id = ANY(%(named)s)"
    ),
    "customers.hand_overs": (
        "UPDATE customers_handoverofcustomers SET reason = '–', note = ''"
        " WHERE id = ANY(%(hand_overs)s)"
    ),
}
_TRAILS: Final = (
    "customers_customervisit",
    "customers_visitplan",
    "customers_managerassignment",
)
_IN_TRAIL: Final = """
SELECT DISTINCT row_id FROM core_auditentry
 WHERE table_name = %(table)s
   AND (coalesce(after, before) ->> 'customer_id')::bigint = ANY(%(ids)s)
"""
# A note tells of many customers: it goes only where it names the person, or was for them alone.
_HAND_OVERS: Final = """
SELECT h.id FROM customers_handoverofcustomers h
 WHERE (h.reason LIKE ANY(%(like)s) OR h.note LIKE ANY(%(like)s))
    OR (h.customer_count = 1 AND EXISTS (
        SELECT 1 FROM customers_handedover d
         WHERE d.hand_over_id = h.id AND d.customer_id = ANY(%(ids)s)))
"""
# Customers who were assigned at once share the reason: it may name one of them.
_NAMED: Final = """
SELECT id FROM customers_managerassignment
 WHERE reason LIKE ANY(%(like)s) OR end_reason LIKE ANY(%(like)s)
"""


def erase_managing(person: Person, erasing: Erasing) -> None:
    """Visits and plans go; who looked after the person on which days stays, without words."""
    values: dict[str, Any] = {
        "ids": list(person.customer_ids),
        "like": [f"%{word}%" for word in person.words if word],
    }
    values["hand_overs"] = ids_of(_HAND_OVERS, values)
    values["named"] = ids_of(_NAMED, values)
    for key, sql in _REMOVED.items():
        erasing.run(key, sql, values)
    rows = {table: ids_of(_IN_TRAIL, values | {"table": table}) for table in _TRAILS}
    rows["customers_managerassignment"] += values["named"]
    rows["customers_handoverofcustomers"] = values["hand_overs"]
    for table, ids in rows.items():
        erasing.redact_trail("customers.managing_trail", table=table, ids=ids)
