"""Planting duplicates among invented customers, and people who only look like duplicates.

What was planted is known, so that a search can be measured; the demo world shows the screens with
them. See `rules.planting` for the slips.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from qiao.core import crypto
from qiao.core.copying import reserve_ids
from qiao.core.rules import identity, masks, names, numbers
from qiao.core.transactions import required
from qiao.customers.models import CustomerIdentity, Premises
from qiao.customers.operations.bulk_tables import Tables, array
from qiao.customers.queries.identities import blind_indexes, opened, sealing_context
from qiao.customers.rules import fiction, planting
from qiao.customers.rules.addresses import Address
from qiao.customers.rules.columns import address_columns, name_columns

FAMILIES = 0.6  # of the negatives: twins, siblings, fathers and sons, couples; the rest namesakes
SERIAL_BASE = 500_000
PARTS = ("road", "house_number", "community", "building", "unit", "room")

# Drawn by what a seed invents, never by ids, which differ from run to run. Sorting by `id + 0`
# keeps the planner from walking all accounts in their order for each customer.
_SAMPLE = """
SELECT c.id, c.kind, c.name, c.gender, p.digits, l.organisation_id, a.id, a.use,
       h.id, h.region, h.district, h.road, h.house_number, h.community, h.building, h.unit, h.room,
       h.latitude, h.longitude, h.datum,
       (SELECT i.id FROM customers_customeridentity i
         WHERE i.customer_id = c.id AND i.kind = 'id_card' LIMIT 1)
  FROM (SELECT c.id, p.digits FROM customers_customer c
          JOIN customers_customerphone p ON p.customer_id = c.id AND p.is_primary
         WHERE c.merged_into_id IS NULL AND c.id <> ALL(%(besides)s::bigint[])
         ORDER BY hashtextextended(p.digits, %(seed)s), c.id LIMIT %(count)s) p
  JOIN customers_customer c ON c.id = p.id
  JOIN LATERAL (SELECT organisation_id FROM customers_customerorganisation
                 WHERE customer_id = c.id ORDER BY 1 LIMIT 1) l ON true
  JOIN LATERAL (SELECT a.id, a.use, s.premises_id
                  FROM customers_accountparty t
                  JOIN customers_account a ON a.id = t.account_id
                  JOIN customers_servicepoint s ON s.id = a.service_point_id
                 WHERE t.customer_id = c.id ORDER BY a.id + 0 LIMIT 1) a ON true
  JOIN customers_premises h ON h.id = a.premises_id
 ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Planted:
    """`pairs` are the ids of each customer and their second record; `clusters` gives for every id
    concerned whom it really is; `strangers` are the ids added who are somebody else."""

    pairs: tuple[tuple[int, int], ...]
    clusters: dict[int, int]
    strangers: tuple[int, ...]

    def is_true(self, first: int, second: int) -> bool:
        """Whether two ids are one customer."""
        return self.clusters.get(first, first) == self.clusters.get(second, second)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A customer who is there already, with one number, account and door."""

    pk: int
    kind: str
    name: str
    gender: str
    digits: str
    organisation: int
    account: int
    use: str
    premises: int
    region: str
    district: str
    road: str
    house_number: str
    community: str
    building: str
    unit: str
    room: str
    latitude: float | None
    longitude: float | None
    datum: str
    document: int | None

    @property
    def parts(self) -> dict[str, str]:
        return {part: getattr(self, part) for part in PARTS}


@dataclass(slots=True)
class _Planter:
    rng: Random
    now: datetime
    today: date
    next_id: int
    tables: Tables = field(default_factory=Tables)
    places: dict[tuple[str, str], int] = field(default_factory=dict)

    def customer(self, seen: _Seen, name: str, gender: str) -> int:
        pk, self.next_id = self.next_id, self.next_id + 1
        created = f"{self.today} {8 + pk % 10:02d}:{pk % 60:02d}:00+08"
        columns = name_columns(name, is_person=seen.kind == "person")
        number = numbers.compose(kind="KH", day=self.today, serial=(SERIAL_BASE + pk) % 1_000_000)
        self.tables.add(
            "customers_customer", pk, number, seen.kind, name, gender, "", columns.name_search,
            array(columns.name_grams), columns.initials, columns.pinyin, array([]), "C", "",
            created,
        )  # fmt: skip
        self.tables.add("customers_customerorganisation", pk, seen.organisation, created)
        return pk

    def phone(self, pk: int, digits: str, *, first: bool = True) -> None:
        if not digits:
            return
        kind = "mobile" if len(digits) == 11 and digits[0] == "1" else "landline"
        self.tables.add(
            "customers_customerphone", pk, f"+86{digits}", "", digits, kind, "", first, self.now
        )

    def document(self, pk: int, number: str) -> None:
        sealed = crypto.default_ring().encrypt(number, context=sealing_context(pk))
        self.tables.add(
            "customers_customeridentity", pk, "id_card", "\\\\x" + sealed.hex(),
            "\\\\x" + blind_indexes(number)[0].hex(), masks.mask_id_number(number), self.now,
            self.now,
        )  # fmt: skip

    def party(self, pk: int, account: int, role: str) -> None:
        period = f"[{self.today.replace(day=1)},)"
        self.tables.add("customers_accountparty", account, pk, role, period)

    def place(self, seen: _Seen, parts: dict[str, str]) -> int:
        """A premises with such parts near the customer's; one that is held already is that one."""
        text = Address(seen.region, district=seen.district, **parts).full_text()
        columns = address_columns(text)
        key = (columns.search, seen.region)
        held = Premises.objects.filter(search=key[0], region=key[1]).values_list("pk", flat=True)
        known = self.places.get(key) or held.first()
        if known is not None:
            return known
        pk = self.places[key] = reserve_ids("customers_premises", 1)
        self.tables.add(
            "customers_premises", pk, seen.region, seen.district, parts["road"],
            parts["house_number"], parts["community"], parts["building"], parts["unit"],
            parts["room"], text, columns.search, array(columns.grams), seen.latitude,
            seen.longitude, seen.datum, self.now,
        )  # fmt: skip
        return pk

    def account(self, seen: _Seen, pk: int, premises: int) -> None:
        """An account of another service at the door, opened for a customer."""
        point = reserve_ids("customers_servicepoint", 1)
        account = reserve_ids("customers_account", 1)
        self.tables.add(
            "customers_servicepoint", point, premises, "gas", f"RQ{point:010d}",
            f"G-{60_000_000 + point}", "G2.5", "f", self.today, self.today, "active",
        )  # fmt: skip
        self.tables.add(
            "customers_account", account, f"9{account:010d}", "gas", seen.use, seen.organisation,
            point, "active", self.today, None,
        )  # fmt: skip
        self.party(pk, account, "owner")


def plant_duplicates(
    *, count: int, strangers: int, seed: int, now: datetime, besides: Sequence[int] = ()
) -> Planted:
    """Plant `count` second records and `strangers` people who only look like somebody else; the
    customers `besides` stay as they are.

    Equal seeds on equal customers give equal people. One in twelve is held a third time.
    """
    required()
    rng = Random(f"{seed}:duplicates")  # noqa: S311 - believable, not secret
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "seed": seed, "count": count + strangers, "besides": list(besides)
        }  # fmt: skip
        cursor.execute(_SAMPLE, values)
        sample = [_Seen(*row) for row in cursor.fetchall()]
    rng.shuffle(sample)
    doubled, lookalikes = sample[:count], sample[count:]
    room = 2 * count + 2 * strangers + 16
    planter = _Planter(
        rng, now, timezone.localtime(now).date(), reserve_ids("customers_customer", room)
    )
    pairs, clusters = _double(planter, doubled)
    first = planter.next_id
    for seen in lookalikes:
        (_family if rng.random() < FAMILIES else _namesake)(planter, seen)
    with connection.cursor() as cursor:
        planter.tables.write(cursor)
    return Planted(pairs, clusters, tuple(range(first, planter.next_id)))


def _double(
    planter: _Planter, doubled: Sequence[_Seen]
) -> tuple[tuple[tuple[int, int], ...], dict[int, int]]:
    documents = CustomerIdentity.objects.in_bulk([s.document for s in doubled if s.document])
    pairs, clusters = [], {}
    for seen in doubled:
        number = opened(documents[seen.document]) if seen.document else ""
        for _ in range(2 if planter.rng.random() < 1 / 12 else 1):
            pk = _second_record(planter, seen, number)
            pairs.append((seen.pk, pk))
            clusters[pk] = clusters[seen.pk] = seen.pk
    return tuple(pairs), clusters


def _second_record(planter: _Planter, seen: _Seen, document: str) -> int:
    rng, is_firm = planter.rng, seen.kind == "organisation"
    slips = planting.draw_slips(rng, is_firm=is_firm, has_document=bool(document))
    write = planting.slip_of_firm if is_firm else planting.slip_of_name
    gender = seen.gender if rng.random() < 0.7 else ""
    pk = planter.customer(seen, write(rng, seen.name, slips.name), gender)
    planter.phone(pk, planting.slip_of_phone(rng, seen.digits, slips.phone))
    if slips.keeps_document:
        planter.document(pk, document)
    if slips.place == "same":
        planter.account(seen, pk, seen.premises)
    elif slips.place == "written":
        parts = planting.slip_of_place(rng, seen.parts)
        same = parts == seen.parts
        planter.account(seen, pk, seen.premises if same else planter.place(seen, parts))
    elif slips.place == "moved":
        planter.account(seen, pk, planter.place(seen, _elsewhere(rng, seen)))
    return pk


def _elsewhere(rng: Random, seen: _Seen) -> dict[str, str]:
    road = f"新{seen.road}"
    room = f"{rng.randrange(2, 30)}{rng.randrange(1, 9):02d}室"
    number, building = f"{rng.randrange(401, 999)}号", f"{rng.randrange(20, 90)}幢"
    parts = (road, number, f"{road[:3]}新邸", building, "", room)
    return dict(zip(PARTS, parts, strict=True))


def _family(planter: _Planter, seen: _Seen) -> None:
    """Twins with cards in a row, a brother, a son, a wife: the same door, often the same number.

    Of a firm: a colleague on the same line.
    """
    rng = planter.rng
    if seen.kind == "organisation":
        _branch(planter, seen)
        return
    kind = rng.choice(("twins", "sibling", "parent", "couple"))
    surname = "" if kind == "couple" else names.split_name(seen.name).surname
    if kind in {"twins", "sibling"}:
        name, is_female = planting.sibling_of(rng, seen.name)
    else:
        is_female = seen.gender == "m" if kind == "couple" else rng.random() < 0.5
        name = fiction.person_name(rng, is_female=is_female, surname=surname)
    pk = planter.customer(seen, name, "f" if is_female else "m")
    planter.phone(pk, seen.digits if rng.random() < 0.6 else fiction.mobile(rng))
    planter.party(pk, seen.account, "occupant")
    if kind != "twins":
        return
    other, is_female = planting.sibling_of(rng, name)
    twin = planter.customer(seen, other, "f" if is_female else "m")
    planter.phone(twin, seen.digits)
    planter.party(twin, seen.account, "occupant")
    for place, child in enumerate((pk, twin)):
        planter.document(child, _card(rng, place, is_male=False))


def _card(rng: Random, place: int, *, is_male: bool) -> str:
    """A number of a district that does not exist (3391), in a row with a twin's."""
    body = f"339101{rng.randrange(1980, 2020)}0{rng.randrange(1, 10)}1{rng.randrange(10)}"
    body += f"{rng.randrange(0, 400) * 2 + 2 * place + is_male:03d}"
    return body + identity.resident_check_character(body)


def _branch(planter: _Planter, seen: _Seen) -> None:
    """Another shop of the same name elsewhere, with a line of its own."""
    rng = planter.rng
    pk = planter.customer(seen, seen.name, "")
    planter.phone(pk, fiction.landline(rng))
    planter.account(seen, pk, planter.place(seen, _elsewhere(rng, seen)))


def _namesake(planter: _Planter, seen: _Seen) -> None:
    """Somebody of the same name in the same community, with another number behind another door."""
    if seen.kind == "organisation" or not seen.community:
        _branch(planter, seen)
        return
    rng = planter.rng
    pk = planter.customer(seen, seen.name, rng.choice(("f", "m")))
    planter.phone(pk, fiction.mobile(rng))
    parts = seen.parts | {"building": f"{rng.randrange(30, 90)}幢", "unit": ""}
    planter.account(seen, pk, planter.place(seen, parts))


def planted_figures(planted: Planted, proposed: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """How well a search did: precision over `proposed`, recall over what was planted."""
    right = sum(planted.is_true(first, second) for first, second in proposed)
    found = {frozenset(pair) for pair in proposed}
    met = sum(frozenset(pair) in found for pair in planted.pairs)
    return {
        "proposed": len(proposed),
        "planted": len(planted.pairs),
        "precision": round(right / max(len(proposed), 1), 4),
        "recall": round(met / max(len(planted.pairs), 1), 4),
    }
