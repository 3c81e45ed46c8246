"""What of a person's relations is removed when they are erased."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from typing import Any, Final

from qiao.core.personal import Erasing, Person, ids_of

_CONTACTS: Final = """
SELECT id FROM customers_contactperson
 WHERE customer_id = ANY(%(ids)s) OR person_id = ANY(%(ids)s)
    OR (person_id IS NULL AND name = ANY(%(words)s))
UNION SELECT row_id FROM core_auditentry
 WHERE table_name = 'customers_contactperson'
   AND ((coalesce(after, before) ->> 'customer_id')::bigint = ANY(%(ids)s)
     OR (coalesce(after, before) ->> 'person_id')::bigint = ANY(%(ids)s)
     OR coalesce(after, before) ->> 'name' = ANY(%(words)s))
"""
_ACTING: Final = """
SELECT id FROM customers_acting
 WHERE agent_id = ANY(%(ids)s) OR principal_id = ANY(%(ids)s)
UNION SELECT row_id FROM core_auditentry
 WHERE table_name = 'customers_acting'
   AND ((coalesce(after, before) ->> 'agent_id')::bigint = ANY(%(ids)s)
     OR (coalesce(after, before) ->> 'principal_id')::bigint = ANY(%(ids)s))
"""
# Numbers of organisations that are labelled with the name, taught for a contact person.
_LABELS: Final = """
SELECT id FROM customers_customerphone
 WHERE label = ANY(%(words)s) AND customer_id <> ALL(%(ids)s)
"""
_GROUPS: Final = """
SELECT group_id FROM customers_groupmember WHERE customer_id = ANY(%(ids)s)
UNION SELECT id FROM customers_customergroup
       WHERE name LIKE ANY(%(like)s::text[]) OR note LIKE ANY(%(like)s::text[])
"""
_CALLED: Final = "kind = 'household' OR name LIKE ANY(%(like)s::text[])"
_REMOVED: Final = {
    "customers.contact_persons": (
        "DELETE FROM customers_contactperson WHERE id = ANY(%(contacts)s)"
    ),
    "customers.labels": (
        "UPDATE customers_customerphone SET label = '' WHERE id = ANY(%(labels)s)"
    ),
    "customers.acting": "DELETE FROM customers_acting WHERE id = ANY(%(acting)s)",
    "customers.proofs": (
        "UPDATE customers_acting SET document_id = NULL WHERE document_id IN"
        " (SELECT d.id FROM customers_document d WHERE d.customer_id = ANY(%(ids)s))"
    ),
    "customers.groups": (
        "UPDATE customers_customergroup SET note = '',"
        f" name = CASE WHEN kind = 'household' THEN '' WHEN {_CALLED} THEN number ELSE name END,"
        f" search = CASE WHEN {_CALLED} THEN '' ELSE search END,"
        f" grams = CASE WHEN {_CALLED} THEN '{{}}' ELSE grams END"
        " WHERE id = ANY(%(groups)s)"
    ),
    "customers.memberships": (
        "DELETE FROM customers_groupmember WHERE customer_id = ANY(%(ids)s) AND role = 'member'"
        " AND under_id IS NULL"
    ),
}


def erase_relations(person: Person, erasing: Erasing) -> None:
    """Who spoke or acted goes; households lose names and notes, and the person as a member.

    A company group called after them is called by its number. Days on which the person was the
    head stay, under the pseudonym: others were members then.
    """
    values: dict[str, Any] = {
        "ids": list(person.customer_ids),
        "words": list(person.words),
        "like": [f"%{word}%" for word in person.words if word],
    }
    values |= {
        "contacts": ids_of(_CONTACTS, values),
        "acting": ids_of(_ACTING, values),
        "groups": ids_of(_GROUPS, values),
        "labels": ids_of(_LABELS, values),
    }
    for key, sql in _REMOVED.items():
        erasing.run(key, sql, values)
    trails = {
        "customers_contactperson": values["contacts"],
        "customers_acting": values["acting"],
        "customers_customergroup": values["groups"],
        "customers_customerphone": values["labels"],
    }
    for table, rows in trails.items():
        erasing.redact_trail("customers.relation_trail", table=table, ids=rows)
