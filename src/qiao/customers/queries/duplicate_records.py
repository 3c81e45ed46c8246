"""What is known of customers as `rules.duplicates` compares them, and how common it is.

A few statements a batch, whatever its size; what was counted once is not counted again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from qiao.core.prepared import fetch_all
from qiao.core.rules import phones
from qiao.customers.rules.duplicates import Crowd, Record
from qiao.customers.rules.likeness import Door

MOST_PLACES = 12
MALE_DIGIT = -2  # of an identity number: the last but one is odd for men (GB 11643-1999)

_RECORDS = """
SELECT c.id, c.kind, c.name, c.gender, c.name_search, c.pinyin,
       coalesce((SELECT array_agg(DISTINCT p.number) FROM customers_customerphone p
                  WHERE p.customer_id = ANY(h.ids)), '{}'),
       coalesce((SELECT array_agg(i.kind || ' ' || encode(i.blind_index, 'hex') || ' ' || i.hint)
                   FROM customers_customeridentity i WHERE i.customer_id = ANY(h.ids)), '{}'),
       (SELECT json_agg(json_build_array(d.id, d.region, d.road, d.house_number, d.community,
                                         d.building, d.full_text))
          FROM (SELECT DISTINCT p.id, p.region, p.road, p.house_number, p.community, p.building,
                       p.full_text
                  FROM customers_accountparty t
                  JOIN customers_account a ON a.id = t.account_id
                  JOIN customers_servicepoint s ON s.id = a.service_point_id
                  JOIN customers_premises p ON p.id = s.premises_id
                 WHERE t.customer_id = ANY(h.ids)
                 ORDER BY p.id DESC LIMIT %(places)s) d)
  FROM unnest(%(ids)s::bigint[]) AS w (id)
  JOIN customers_customer c ON c.id = w.id
 CROSS JOIN LATERAL (
      SELECT CASE WHEN EXISTS (SELECT 1 FROM customers_customer m WHERE m.merged_into_id = c.id)
                  THEN customers_held_as(c.id) ELSE ARRAY[c.id] END) AS h (ids)
 WHERE c.merged_into_id IS NULL
"""
_NAMES = """
SELECT name_search, count(*) FROM customers_customer
 WHERE name_search = ANY(%(keys)s::text[]) AND merged_into_id IS NULL GROUP BY 1
"""
_SOUNDS = """
SELECT pinyin, count(*) FROM customers_customer
 WHERE pinyin = ANY(%(keys)s::text[]) AND merged_into_id IS NULL GROUP BY 1
"""
_PHONES = """
SELECT number, count(DISTINCT customer_id) FROM customers_customerphone
 WHERE digits = ANY(%(keys)s::text[]) GROUP BY 1
"""
_DOORS = """
SELECT s.premises_id, count(DISTINCT t.customer_id)
  FROM customers_servicepoint s
  JOIN customers_account a ON a.service_point_id = s.id
  JOIN customers_accountparty t ON t.account_id = a.id
 WHERE s.premises_id = ANY(%(keys)s::bigint[]) GROUP BY 1
"""
_COMMUNITIES = """
SELECT k.region, k.area, count(*), count(DISTINCT p.building)
  FROM unnest(%(regions)s::text[], %(areas)s::text[]) AS k (region, area)
  JOIN customers_premises p ON p.region = k.region AND p.community = k.area
 GROUP BY 1, 2
"""
_ROADS = """
SELECT k.region, k.area, count(*), count(DISTINCT p.house_number)
  FROM unnest(%(regions)s::text[], %(areas)s::text[]) AS k (region, area)
  JOIN customers_premises p ON p.region = k.region AND p.community = '' AND p.road = k.area
 GROUP BY 1, 2
"""
_SIZE = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'customers_customer'"
_COUNTED = "SELECT count(*) FROM customers_customer WHERE merged_into_id IS NULL"
SMALL = 20_000


def population() -> int:
    """How many customers there are; of a large company the planner's estimate."""
    ((estimate,),) = fetch_all(_SIZE, {})
    if estimate >= SMALL:
        return int(estimate)
    ((counted,),) = fetch_all(_COUNTED, {})
    return int(counted)


@dataclass(slots=True)
class Register:
    """Records of customers, and a crowd that grows with those that were read."""

    size: int
    names: dict[str, int] = field(default_factory=dict)
    sounds: dict[str, int] = field(default_factory=dict)
    phones: dict[str, int] = field(default_factory=dict)
    doors: dict[int, int] = field(default_factory=dict)
    buildings: dict[tuple[str, str], int] = field(default_factory=dict)
    communities: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def crowd(self) -> Crowd:
        """How common everything is that the records read so far show."""
        return Crowd(
            self.size, self.names, self.sounds, self.phones, self.doors, self.buildings,
            self.communities,
        )  # fmt: skip

    def read(self, customer_ids: Collection[int]) -> dict[int, Record]:
        """The records of these customers by id; merged ones are left out, what they held counts
        for the one who stands for them."""
        rows = fetch_all(_RECORDS, {"ids": list(customer_ids), "places": MOST_PLACES})
        records: dict[int, Record] = {}
        spelt: dict[str, tuple[str, str]] = {}
        for pk, kind, name, gender, search, pinyin, numbers, documents, doors in rows:
            told = [document.split(" ") for document in documents]
            records[pk] = Record(
                pk, kind, name, _gender(gender, told), frozenset(numbers),
                _by_kind(told), tuple(Door(*door) for door in doors or ()),
            )  # fmt: skip
            spelt[name] = (search, pinyin)
        self._count_names(spelt)
        self._count_phones(records.values())
        self._count_places(records.values())
        return records

    def _count_names(self, spelt: dict[str, tuple[str, str]]) -> None:
        for place, (known, statement) in enumerate(((self.names, _NAMES), (self.sounds, _SOUNDS))):
            new = {name: keys[place] for name, keys in spelt.items() if name not in known}
            if new:
                counts = dict(fetch_all(statement, {"keys": sorted(set(new.values()))}))
                known |= {name: counts.get(key, 0) for name, key in new.items()}

    def _count_phones(self, records: Iterable[Record]) -> None:
        new = {number for record in records for number in record.phones} - self.phones.keys()
        if new:
            keys = sorted({phones.stored_digits(number) for number in new})
            self.phones |= dict.fromkeys(new, 1) | dict(fetch_all(_PHONES, {"keys": keys}))

    def _count_places(self, records: Iterable[Record]) -> None:
        found = [door for record in records for door in record.doors]
        new = {door.premises_id for door in found} - self.doors.keys()
        if new:
            self.doors |= dict(fetch_all(_DOORS, {"keys": sorted(new)}))
        self._count_areas(
            {(door.region, door.community) for door in found if door.community}, _COMMUNITIES
        )
        self._count_areas(
            {(door.region, door.road) for door in found if door.road and not door.community},
            _ROADS,
        )

    def _count_areas(self, areas: set[tuple[str, str]], statement: str) -> None:
        new = sorted(areas - self.communities.keys())
        if not new:
            return
        values = {"regions": [region for region, _ in new], "areas": [area for _, area in new]}
        for region, area, doors, buildings in fetch_all(statement, values):
            self.communities[region, area] = doors
            self.buildings[region, area] = max(doors // max(buildings, 1), 1)


def _gender(told: str, documents: Iterable[list[str]]) -> str:
    """The gender of an identity card, whose hint ends in its last four figures, else as told."""
    for kind, _, hint in documents:
        if kind == "id_card" and hint[MALE_DIGIT:][:1].isdecimal():
            return "m" if int(hint[MALE_DIGIT]) % 2 else "f"
    return told


def _by_kind(documents: Iterable[list[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, blind_index, _ in documents:
        found.setdefault(kind, set()).add(blind_index)
    return {kind: frozenset(values) for kind, values in found.items()}
