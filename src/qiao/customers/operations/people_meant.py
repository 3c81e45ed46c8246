"""Whom a row of a file means, by the rules of the customers' import, for other modules."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from qiao.customers.operations.import_matching import look_up, match
from qiao.customers.rules.import_rows import ImportedRow

_OF_UNIT = """
SELECT customer_id FROM customers_customerorganisation
 WHERE organisation_id = %s AND customer_id = ANY(%s)
"""
_ACCOUNTS = "SELECT id FROM customers_account WHERE organisation_id = %s AND id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What a row says of a person: a name, a telephone number in E.164, an account number."""

    name: str = ""
    phone: str = ""
    account_number: str = ""


@dataclass(frozen=True, slots=True)
class PersonMeant:
    """The customer and the account, None where nobody of the unit is meant for sure."""

    customer_id: int | None = None
    account_id: int | None = None


def people_meant(*, organisation_id: int, said: Sequence[PersonSaid]) -> list[PersonMeant]:
    """Known customers of one unit, a fixed number of statements for all rows.

    An account number says enough, unless another name stands beside it; else name and telephone
    must be somebody's. Customers whom the unit does not know stay unknown to it.
    """
    rows = [
        ImportedRow(
            name=each.name,
            phones=(each.phone,) if each.phone.startswith("+") else (),
            account_number=each.account_number,
        )
        for each in said
    ]
    known = look_up([row for row in rows if row.phones or row.account_number])
    found = []
    for row in rows:
        if not row.name and row.account_number in known.accounts:
            account, owner, _name = known.accounts[row.account_number]
            found.append(PersonMeant(owner, account))
            continue
        customer, account_id = match(row, known)
        found.append(PersonMeant() if row.faults else PersonMeant(customer, account_id))
    return _within(organisation_id, found)


def _within(organisation_id: int, found: list[PersonMeant]) -> list[PersonMeant]:
    people = {each.customer_id for each in found if each.customer_id}
    accounts = {each.account_id for each in found if each.account_id}
    if not people:
        return [PersonMeant() for _each in found]
    with connection.cursor() as cursor:
        cursor.execute(_OF_UNIT, [organisation_id, sorted(people)])
        here = {pk for (pk,) in cursor.fetchall()}
        cursor.execute(_ACCOUNTS, [organisation_id, sorted(accounts)])
        held = {pk for (pk,) in cursor.fetchall()}
    return [
        PersonMeant(each.customer_id, each.account_id if each.account_id in held else None)
        if each.customer_id in here
        else PersonMeant()
        for each in found
    ]
