"""What is held of the customers, accounts and places that a batch of rows may mean.

Read only where an import adds what is missing. The dry run and the real one ask the same: what a
row adds is written into what is held, so that the next row of the file finds it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from django.db import connection

from qiao.customers.operations.import_matching import Known
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.rules.columns import folded
from qiao.customers.rules.import_adding import (
    Addition,
    Difference,
    HeldAccount,
    HeldPerson,
    HeldPlace,
    account_of,
    judge_account,
    judge_person,
    judge_place,
    note_person,
    person_of,
    place_of,
)
from qiao.customers.rules.import_rows import ImportedRow

SEPARATOR: Final = "\x1f"  # between the parts of a key


class Part(StrEnum):
    """What is held, as keys name it."""

    PERSON = "c"
    ACCOUNT = "a"
    PLACE = "w"


@dataclass(slots=True)
class Judged:
    """What a row adds, where it says otherwise, and where a new place comes to hang."""

    additions: list[Addition] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class Held:
    """What is held, by customer, by account and by place. Places have keys, since new ones of a
    dry run have no id.

    `changed` holds the keys of what the rows so far have changed.
    """

    known: Known
    today: date
    persons: dict[int, HeldPerson] = field(default_factory=dict)
    accounts: dict[int, HeldAccount] = field(default_factory=dict)
    places: dict[str, HeldPlace] = field(default_factory=dict)
    changed: set[tuple[Part, Any]] = field(default_factory=set)

    def store(self, part: Part) -> dict[Any, Any]:
        """All that is held of a part, by its keys."""
        stores: dict[Part, dict[Any, Any]] = {
            Part.PERSON: self.persons,
            Part.ACCOUNT: self.accounts,
            Part.PLACE: self.places,
        }
        return stores[part]

    def judge(
        self, row: ImportedRow, customer: int, account: int | None, *, has_new_account: bool
    ) -> Judged:
        """What a row adds to those whom it means, and where it says otherwise.

        An account of another unit is not touched and not compared, nor is its owner. A row that
        brings an account brings the sight of its owner with it.
        """
        judged = Judged()
        if account is not None and account not in self.accounts:
            return judged
        if customer in self.persons:
            self.persons[customer].is_linked |= has_new_account
            self._person(row, customer, judged)
        if account is not None:
            self._account(row, account, judged)
        return judged

    def _person(self, row: ImportedRow, customer: int, judged: Judged) -> None:
        held = self.persons[customer]
        indexes = blind_indexes(row.id_number) if row.id_number else ()
        is_taken = any(self.known.identities.get(x, customer) != customer for x in indexes)
        for told in list(judge_person(row, held, indexes=indexes, is_taken=is_taken)):
            if isinstance(told, Difference):
                judged.differences.append(told)
                continue
            judged.additions.append(told)
            note_person(held, told, id_kind=row.id_kind, indexes=indexes)
            self.changed.add((Part.PERSON, customer))
            if told.kind == "phone":
                self.known.phones.setdefault((told.value, held.name_search), customer)
            for index in indexes if told.kind == "id_number" else ():
                self.known.identities[index] = customer

    def _account(self, row: ImportedRow, account: int, judged: Judged) -> None:
        held = self.accounts[account]
        for told in list(judge_account(row, held, self.places.get(held.place))):
            self._keep(told, judged, held)
            self.changed.add((Part.ACCOUNT, account))
            if isinstance(told, Addition) and told.kind == "address":
                held.place = self.place(row, held.service)
                for more in list(judge_place(row, self.places[held.place])):
                    self._keep(more, judged, held)

    def _keep(self, told: Addition | Difference, judged: Judged, held: HeldAccount) -> None:
        if isinstance(told, Difference):
            judged.differences.append(told)
            return
        judged.additions.append(told)
        if told.kind == "owner":
            held.has_owner = True
        elif told.kind != "address":
            setattr(self.places[held.place], told.kind, told.value)
            self.changed.add((Part.PLACE, held.place))

    def place(self, row: ImportedRow, service: str) -> str:
        """The key of the place that a row names, for a service; a new one if nobody knew it."""
        key = self.place_key(row, service)
        if key not in self.places:
            self.places[key] = place_of(row)
            self.changed.add((Part.PLACE, key))
        return key

    def place_key(self, row: ImportedRow, service: str) -> str:
        """The key of the place that a row names: a point's id, else what it is called."""
        search = folded(row.address)
        premises = self.known.premises.get((search, row.region))
        point = self.known.points.get((premises, service)) if premises else None
        if point is not None and f"{point}" in self.places:
            return f"{point}"
        return SEPARATOR.join((search, row.region, service))

    def new_person(self, row: ImportedRow, customer: int) -> None:
        """Hold a customer whom a row has just brought."""
        indexes = blind_indexes(row.id_number) if row.id_number else ()
        self.persons[customer] = person_of(row, indexes)
        self.changed.add((Part.PERSON, customer))

    def new_account(self, row: ImportedRow, account: int) -> None:
        """Hold an account that a row has just brought."""
        place = self.place(row, row.service) if row.address else ""
        self.accounts[account] = account_of(row, place, row.opened_date or self.today)
        self.changed.add((Part.ACCOUNT, account))


def look_up_held(
    known: Known,
    *,
    organisation_id: int,
    today: date,
    import_id: int | None = None,
    since: datetime | None = None,
) -> Held:
    """What is held of all whom the rows of a batch may mean, in four statements.

    With an import, its customers (from `since` on), accounts and places count as new.
    """
    held = Held(known, today)
    accounts = [account for account, _, _ in known.accounts.values()]
    values: dict[str, Any] = {
        "people": sorted(known.people()),
        "accounts": accounts,
        "unit": organisation_id,
        "import": import_id,
        "since": since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        for pk, name, kind, gender, flags, is_linked, is_new in cursor.fetchall():
            held.persons[pk] = HeldPerson(
                name, kind, gender, frozenset(flags), is_linked=is_linked, is_new=is_new
            )
        cursor.execute(_PHONES, values)
        for pk, numbers in cursor.fetchall():
            held.persons[pk].phones = frozenset(numbers)
        cursor.execute(_DOCUMENTS, values)
        for pk, kind, indexes in cursor.fetchall():
            held.persons[pk].documents[kind] = frozenset(bytes(index) for index in indexes)
        cursor.execute(_ACCOUNTS, values)
        points = set(known.points.values())
        for pk, service, use, status, opened, has_owner, point, is_new in cursor.fetchall():
            held.accounts[pk] = HeldAccount(
                service, use, status, opened, has_owner, f"{point or ''}", is_new
            )
            points |= {point} if point else set()
        cursor.execute(_PLACES, {**values, "points": sorted(points)})
        for row in cursor.fetchall():
            held.places[f"{row[0]}"] = HeldPlace(*row)
    return held


def lock_held(known: Known) -> datetime:
    """Lock the customers and accounts that a batch may add to; the moment from which they stand.

    Whoever else changes them waits, or is waited for.
    """
    people = sorted(known.people())
    accounts = sorted(account for account, _, _ in known.accounts.values())
    with connection.cursor() as cursor:
        for table, ids in (("customers_customer", people), ("customers_account", accounts)):
            cursor.execute(_LOCK.format(table=table), [ids])
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


_LOCK = "SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_PEOPLE = """
SELECT c.id, c.name_search, c.kind, c.gender, c.flags,
       EXISTS (SELECT FROM customers_customerorganisation l
                WHERE l.customer_id = c.id AND l.organisation_id = %(unit)s),
       coalesce(c.created_at >= %(since)s::timestamptz AND EXISTS (
                SELECT FROM customers_importedrow r
                 WHERE r.customer_id = c.id AND r.is_new_customer
                   AND r.customer_import_id = %(import)s), false)
  FROM customers_customer c WHERE c.id = ANY(%(people)s)
"""
_DOWN = """
WITH RECURSIVE down (id, survivor_id) AS (
    SELECT id, id FROM unnest(%(people)s::bigint[]) AS x (id)
    UNION ALL
    SELECT c.id, d.survivor_id FROM down d JOIN customers_customer c ON c.merged_into_id = d.id
)
"""
_PHONES = f"""{_DOWN}
SELECT d.survivor_id,
       array_agg(CASE WHEN p.extension = '' THEN p.number
                      ELSE p.number || ';ext=' || p.extension END)
  FROM down d JOIN customers_customerphone p ON p.customer_id = d.id
 GROUP BY 1
"""  # noqa: S608 - put together from this module's own pieces; values are bound
_DOCUMENTS = f"""{_DOWN}
SELECT d.survivor_id, i.kind, array_agg(i.blind_index)
  FROM down d JOIN customers_customeridentity i ON i.customer_id = d.id
 GROUP BY 1, 2
"""  # noqa: S608 - as above
# A closed account needs no owner.
_ACCOUNTS = """
SELECT a.id, a.service, a.use, a.status, a.opened_date,
       a.status = 'closed' OR EXISTS (
           SELECT FROM customers_accountparty t
            WHERE t.account_id = a.id AND t.role = 'owner' AND upper_inf(t.period)),
       a.service_point_id,
       EXISTS (SELECT FROM customers_importedrow r
                WHERE r.account_id = a.id AND r.is_new_account
                  AND r.customer_import_id = %(import)s)
  FROM customers_account a
 WHERE a.id = ANY(%(accounts)s) AND a.organisation_id = %(unit)s
"""
_PLACES = """
SELECT s.id, w.search, w.region, w.community, s.meter_number, s.meter_size,
       EXISTS (SELECT FROM customers_importedplace i
                WHERE i.place_id = s.id AND i.kind = 'point'
                  AND i.customer_import_id = %(import)s)
  FROM customers_servicepoint s JOIN customers_premises w ON w.id = s.premises_id
 WHERE s.id = ANY(%(points)s)
"""
