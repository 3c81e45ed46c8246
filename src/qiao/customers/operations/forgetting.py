"""What the customers module removes of a person who is erased, and what stays without them."""

from typing import Any

from qiao.core.personal import Erasing, Person, ids_of, select
from qiao.customers.models import CustomerImport
from qiao.customers.operations.erasing import pseudonym
from qiao.customers.operations.import_files import FILES
from qiao.customers.queries.personal import OWNER_KIND, sole_premises
from qiao.customers.rules.columns import name_columns

_NAME = """
UPDATE customers_customer SET name = %(name)s, name_search = %(search)s, name_grams = %(grams)s,
       initials = %(initials)s, pinyin = %(pinyin)s, gender = '', language = '',
       tier_reason = ''
 WHERE id = %(id)s
"""
_REMOVED = {
    "customers.phones": "DELETE FROM customers_customerphone WHERE customer_id = ANY(%(ids)s)",
    "customers.attempts": ("DELETE FROM customers_phoneattempt WHERE customer_id = ANY(%(ids)s)"),
    "customers.former_phones": (
        "DELETE FROM customers_formerphone WHERE customer_id = ANY(%(ids)s)"
    ),
    "customers.identities": (
        "DELETE FROM customers_customeridentity WHERE customer_id = ANY(%(ids)s)"
    ),
    "customers.documents": "DELETE FROM customers_document WHERE customer_id = ANY(%(ids)s)",
    "customers.notes": "DELETE FROM customers_note WHERE customer_id = ANY(%(ids)s)",
    "customers.tags": "DELETE FROM customers_customertag WHERE customer_id = ANY(%(ids)s)",
    "customers.wishes": "DELETE FROM customers_preference WHERE customer_id = ANY(%(ids)s)",
    "customers.cards": "DELETE FROM customers_card WHERE customer_id = ANY(%(ids)s)",
    "customers.duplicates": (
        "DELETE FROM customers_duplicate WHERE first_id = ANY(%(ids)s) OR second_id = ANY(%(ids)s)"
    ),
    "customers.merges": (
        "UPDATE customers_merge SET reason = '', changes = '[]', kept = '[]'"
        " WHERE survivor_id = ANY(%(ids)s) OR merged_id = ANY(%(ids)s)"
    ),
    "customers.contacts": (
        "UPDATE customers_lastcontact SET subject = '' WHERE customer_id = ANY(%(ids)s)"
    ),
    "customers.imported": (
        "WITH added AS (UPDATE customers_importaddition SET value = ''"
        " WHERE customer_id = ANY(%(ids)s) AND kind <> 'address')"
        " UPDATE customers_importedrow SET faults = '[]', differs = '[]'"
        " WHERE customer_id = ANY(%(ids)s)"
    ),
    "customers.premises": (
        "UPDATE customers_premises SET road = '', house_number = '', community = '',"
        " building = '', unit = '', room = '', full_text = coalesce(nullif(district, ''), '–'),"
        " search = 'erased' || id, grams = '{}', latitude = NULL, longitude = NULL, datum = ''"
        " WHERE id = ANY(%(premises)s)"
    ),
    "customers.moves": (
        "UPDATE customers_move SET forwarding_address = '', forwarding_phone = '', note = '',"
        " undo_reason = CASE WHEN undone_at IS NULL THEN '' ELSE '–' END"
        " WHERE id = ANY(%(moves)s)"
    ),
    "customers.holds": ("UPDATE customers_hold SET reason = '–' WHERE customer_id = ANY(%(ids)s)"),
    "customers.requests": (
        "UPDATE customers_erasure SET reason = '–', decision_note = ''"
        " WHERE customer_id = ANY(%(ids)s)"
    ),
}
_TRAILS = {
    "customers_customerphone": "customer_id",
    "customers_formerphone": "customer_id",
    "customers_customeridentity": "customer_id",
    "customers_card": "customer_id",
    "customers_document": "customer_id",
    "customers_note": "customer_id",
    "customers_customertag": "customer_id",
    "customers_preference": "customer_id",
    "customers_merge": "survivor_id",
    "customers_erasure": "customer_id",
    "customers_hold": "customer_id",
}
_MOVES = "SELECT DISTINCT move_id FROM customers_moveparty WHERE customer_id = ANY(%(ids)s)"
# Rows that are gone are known by the trail alone.
_TRAIL_IDS = """
SELECT id FROM {table} WHERE {column} = ANY(%(ids)s)
UNION SELECT row_id FROM core_auditentry
 WHERE table_name = '{table}'
   AND coalesce(after ->> '{column}', before ->> '{column}')::bigint = ANY(%(ids)s)
"""


_ACCOUNTS_AT = """
SELECT a.id FROM customers_account a JOIN customers_servicepoint s ON s.id = a.service_point_id
 WHERE s.premises_id = ANY(%(premises)s)
"""


def requests_to_correct(person: Person) -> dict[str, list[int]]:
    """Requests to correct the person, a place that was theirs alone, or an account for it."""
    premises = sole_premises(person)
    return {
        "correction.customers.customer": list(person.customer_ids),
        "correction.customers.premises": premises,
        "correction.customers.account": ids_of(_ACCOUNTS_AT, {"premises": premises}),
    }


def erase(person: Person, erasing: Erasing) -> None:
    """Names become a pseudonym; numbers, documents, cards and words go; accounts stay."""
    ids = list(person.customer_ids)
    premises = sole_premises(person)
    values: dict[str, Any] = {"ids": ids, "premises": premises}
    values["moves"] = moves = ids_of(_MOVES, values)
    trails = {
        table: ids_of(_TRAIL_IDS.format(table=table, column=column), values)
        for table, column in _TRAILS.items()
    }
    for each in ids:
        _rename(each, erasing)
    for key, sql in _REMOVED.items():
        erasing.run(key, sql, values)
    erasing.redact(
        "customers.tiers",
        table="customers_tierchange",
        by="customer_id",
        ids=ids,
        fields=["reason"],
    )
    erasing.redact(
        "customers.consents",
        table="customers_consent",
        by="customer_id",
        ids=ids,
        fields=["proof"],
    )
    erasing.drop_files("customers.files", owner_kind=OWNER_KIND, owner_ids=ids)
    _erase_files(ids, erasing)
    trails["customers_customer"], trails["customers_premises"] = ids, premises
    trails["customers_move"] = moves
    for table, rows in trails.items():
        erasing.redact_trail("customers.trail", table=table, ids=rows)


def _rename(customer_id: int, erasing: Erasing) -> None:
    name = pseudonym(customer_id)
    columns = name_columns(name, is_person=False)
    erasing.run(
        "customers.names",
        _NAME,
        {
            "id": customer_id,
            "name": name,
            "search": columns.name_search,
            "grams": columns.name_grams,
            "initials": columns.initials,
            "pinyin": columns.pinyin,
        },
    )


def _erase_files(ids: list[int], erasing: Erasing) -> None:
    """Files that were taken in with the person, and files in which they were taken away."""
    imports = CustomerImport.objects.filter(
        pk__in=ids_of(
            "SELECT DISTINCT customer_import_id FROM customers_importedrow"
            " WHERE customer_id = ANY(%(ids)s)",
            {"ids": ids},
        )
    )
    files = select(
        "UPDATE customers_importfile SET samples = '[]', findings = '{}'"
        " WHERE customer_import_id = ANY(%(imports)s) RETURNING id",
        {"imports": list(imports.values_list("pk", flat=True))},
    )
    exports = select(
        "UPDATE customers_subjectexport SET state = 'removed', reason = '–'"
        " WHERE customer_id = ANY(%(ids)s) RETURNING id",
        {"ids": ids},
    )
    # A list does not say who stands in it: those that lie there go, whoever wants one asks again.
    lists = select(
        "UPDATE core_export SET state = 'removed' WHERE state = 'done' RETURNING id, form",
        {},
    )
    erasing.files += [f"exports/{row['id']}.{row['form']}" for row in lists]
    erasing.files += [f"{FILES.folder.name}/{FILES.path_of(row['id']).name}" for row in files]
    erasing.files += [f"subject-access/{row['id']}.zip" for row in exports]
    erasing.count("customers.uploads", len(files) + len(exports) + len(lists))
