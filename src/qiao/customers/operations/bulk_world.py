"""Households and firms of the invented city, as rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from qiao.core import crypto
from qiao.core.copying import reserve_ids
from qiao.core.rules import identity, masks, numbers
from qiao.customers.operations.bulk_tables import Tables, array
from qiao.customers.operations.protection_terms import copy_line
from qiao.customers.queries.identities import blind_indexes, sealing_context
from qiao.customers.rules import fiction
from qiao.customers.rules.addresses import Address
from qiao.customers.rules.columns import address_columns, name_columns
from qiao.customers.rules.protection import Terms

CENTRE = (30.205, 120.435)
FIRMS_SHARE = 0.056  # of doors: about 4 % of customers, since a household has more than one
RESERVE = 20_000
SECONDS_A_DAY = 86_400
FLAGS = (("elderly_alone", 0.008), ("infant", 0.013), ("welfare", 0.017), ("disabled", 0.019),
         ("life_support", 0.0215))  # fmt: skip
FIRM_KINDS = (
    ("shop", 0.62, "commercial", ""), ("factory", 0.74, "industrial", ""),
    ("office", 0.90, "commercial", ""), ("school", 0.955, "public", "school"),
    ("public", 0.985, "public", "important"), ("hospital", 1.0, "public", "hospital"),
)  # fmt: skip
KNOWN_HOME = fiction.Home(
    "", "", "柳荫路", "88号", "翠湖花园", "6幢", "", "1203室", 30.20871, 120.43112
)
KNOWN_ACCOUNT = "10028834561"
KNOWN_MOBILE = "13805712264"
KNOWN_METER = "W-30218876"


@dataclass(slots=True)
class Person:
    """A customer already written: what others of the household share."""

    pk: int
    surname: str


class Ids:
    """Ids of one table, reserved in blocks."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._next = self._end = 0

    def take(self) -> int:
        """The next id."""
        if self._next == self._end:
            self._next = reserve_ids(self._table, RESERVE)
            self._end = self._next + RESERVE
        self._next += 1
        return self._next - 1


class Builder:
    """Draws households one after another until the wanted number of customers is reached."""

    def __init__(
        self,
        *,
        seed: int,
        today: date,
        now: datetime,
        organisations: dict[str, int],
        names: dict[str, str],
        first_customer_id: int,
        count: int,
        terms: Terms,
    ) -> None:
        self.rng = Random(f"{seed}:customers")  # noqa: S311 - believable, not secret
        self.today = today
        self.now = now
        self.organisations = organisations
        self.areas = list(organisations)
        self.left = count
        self.next_id = first_customer_id
        # Above the low numbers that people who are registered one by one are given.
        self.serial_base = (first_customer_id + 500_000) % 1_000_000
        self.day_serials: dict[int, int] = {}
        self.premises_ids = Ids("customers_premises")
        self.point_ids = Ids("customers_servicepoint")
        self.account_ids = Ids("customers_account")
        self.districts = [
            fiction.District(
                Random(f"{seed}:{area}"),  # noqa: S311 - believable, not secret
                area=area,
                name=names.get(area, area),
                centre=(CENTRE[0] + 0.06 * (place % 3 - 1), CENTRE[1] + 0.08 * (place // 3)),
            )
            for place, area in enumerate(self.areas)
        ]
        # The first area is the most populous, each further one a quarter smaller.
        weights = [0.78**place for place in range(len(self.areas))]
        self.weights = [sum(weights[: place + 1]) for place in range(len(weights))]
        self.terms = terms
        self.is_first = True

    def fill(self, tables: Tables, wanted: int) -> int:
        """Add households until `wanted` customers, or a few more, are drawn; how many."""
        before = self.left
        while self.left and before - self.left < wanted:
            self._household(tables)
        return before - self.left

    def _household(self, tables: Tables) -> None:
        if self.is_first:
            self.is_first = False
            self._known_household(tables)
            return
        district = self.rng.choices(self.districts, cum_weights=self.weights)[0]
        if self.rng.random() < FIRMS_SHARE:
            self._firm(tables, district)
        else:
            self._family(tables, district)

    def _known_household(self, tables: Tables) -> None:
        area = self.areas[0]
        home = self._premises(tables, KNOWN_HOME, area, self.districts[0].name)
        opened = self.today.replace(day=1) - timedelta(days=9 * 365)
        account = self._account(
            tables, home, area, "household", opened, number=KNOWN_ACCOUNT, meter=KNOWN_METER
        )
        customer = self._customer(
            tables, area, "陈慧敏", "person", opened,
            gender="f", flags=["infant"], mobile=KNOWN_MOBILE,
        )  # fmt: skip
        self._party(tables, account, customer, "owner", opened)

    def _family(self, tables: Tables, district: fiction.District) -> None:
        rng = self.rng
        area = district.area
        opened = self.today - timedelta(days=int(60 + 7_000 * rng.random() ** 1.3))
        home = self._premises(tables, district.home(), area, district.name)
        account = self._account(tables, home, area, "household", opened)
        owner = self._person(tables, area, opened)
        moved_in = opened
        draw = rng.random()
        if draw < 0.07 and self.left and (self.today - opened).days > 800:
            moved_in = opened + timedelta(days=rng.randrange(300, (self.today - opened).days - 60))
            before = self._person(tables, area, opened)
            self._party(tables, account, before.pk, "owner", opened, moved_in)
        self._party(tables, account, owner.pk, "owner", moved_in)
        if draw > 0.90 and self.left:
            let = moved_in + timedelta(days=rng.randrange(0, (self.today - moved_in).days + 1))
            self._tenants(tables, area, account, let)
        elif draw > 0.72 and self.left:
            payer = self._person(tables, area, moved_in, surname=owner.surname, share=owner)
            self._party(tables, account, payer.pk, "payer", moved_in)
        elif draw > 0.70:
            self._second_home(tables, district, owner, moved_in)

    def _tenants(self, tables: Tables, area: str, account: int, since: date) -> None:
        """Somebody who rents, and perhaps who rented before."""
        tenant = self._person(tables, area, since)
        if self.rng.random() < 0.3 and self.left and (self.today - since).days > 200:
            change = since + timedelta(days=(self.today - since).days // 2)
            self._party(tables, account, tenant.pk, "occupant", since, change)
            tenant = self._person(tables, area, change)
            since = change
        self._party(tables, account, tenant.pk, "occupant", since)
        if self.rng.random() < 0.6:
            self._party(tables, account, tenant.pk, "payer", since)

    def _second_home(
        self, tables: Tables, district: fiction.District, owner: Person, opened: date
    ) -> None:
        home = self._premises(tables, district.home(), district.area, district.name)
        account = self._account(tables, home, district.area, "household", opened)
        self._party(tables, account, owner.pk, "owner", opened)

    def _firm(self, tables: Tables, district: fiction.District) -> None:
        rng = self.rng
        draw = rng.random()
        kind, _, use, flag = next(row for row in FIRM_KINDS if draw < row[1])
        opened = self.today - timedelta(days=rng.randrange(60, 7_000))
        home = self._premises(tables, district.business_place(), district.area, district.name)
        account = self._account(tables, home, district.area, use, opened)
        firm = self._customer(
            tables, district.area, fiction.firm_name(rng, district=district.name, kind=kind),
            "organisation", opened, flags=[flag] if flag else [],
        )  # fmt: skip
        self._party(tables, account, firm, "owner", opened)
        if rng.random() < 0.5 and self.left:
            clerk = self._person(tables, district.area, opened)
            self._party(tables, account, clerk.pk, "contact", opened)

    def _premises(self, tables: Tables, home: fiction.Home, area: str, district: str) -> int:
        pk = self.premises_ids.take()
        text = Address(
            area, district, home.road, home.house_number, home.community, home.building,
            home.unit, home.room,
        ).full_text()  # fmt: skip
        columns = address_columns(text)
        tables.add(
            "customers_premises", pk, area, district, home.road, home.house_number,
            home.community, home.building, home.unit, home.room, text, columns.search,
            array(columns.grams), home.latitude, home.longitude, "wgs84", self.now,
        )  # fmt: skip
        return pk

    def _account(
        self,
        tables: Tables,
        premises: int,
        area: str,
        use: str,
        opened: date,
        *,
        number: str = "",
        meter: str = "",
    ) -> int:
        rng = self.rng
        point, pk = self.point_ids.take(), self.account_ids.take()
        installed = max(opened, self.today - timedelta(days=int(rng.random() * 2_100)))
        tables.add(
            "customers_servicepoint", point, premises, "water", f"LJ{point:010d}",
            meter or f"W-{40_000_000 + point}",
            "DN15" if use == "household" else rng.choice(("DN25", "DN40", "DN80")),
            rng.random() < 0.7, installed, installed + timedelta(days=6 * 365), "active",
        )  # fmt: skip
        # Multiplying by a unit of the ring scatters the numbers and keeps them different.
        scattered = (pk * 387_420_489 + 271_828_183) % 10**9
        branch = self.areas.index(area) + 1
        draw = rng.random()
        status = "active" if draw < 0.985 or number else "suspended"
        tables.add(
            "customers_account", pk, number or f"{branch:02d}{scattered:09d}", "water", use,
            self.organisations[area], point, status, opened, None,
        )  # fmt: skip
        return pk

    def _person(
        self,
        tables: Tables,
        area: str,
        since: date,
        *,
        surname: str = "",
        share: Person | None = None,
    ) -> Person:
        is_female = self.rng.random() < 0.5
        name = fiction.person_name(self.rng, is_female=is_female, surname=surname)
        pk = self._customer(
            tables, area, name, "person", since, gender="f" if is_female else "m", share=share
        )
        return Person(pk, fiction.surname_of(name))

    def _customer(
        self,
        tables: Tables,
        area: str,
        name: str,
        kind: str,
        since: date,
        *,
        gender: str = "",
        flags: list[str] | None = None,
        mobile: str = "",
        share: Person | None = None,
    ) -> int:
        rng = self.rng
        pk, self.next_id, self.left = self.next_id, self.next_id + 1, self.left - 1
        day = min(since, self.today - timedelta(days=1))
        created = f"{day} {8 + pk % 10:02d}:{pk % 60:02d}:00+08"
        columns = name_columns(name, is_person=kind == "person")
        if flags is None:
            draw = rng.random()
            flags = next(([flag] for flag, limit in FLAGS if draw < limit), [])
        tables.add(
            "customers_customer", pk, self._number(day), kind, name, gender, "",
            columns.name_search, array(columns.name_grams), columns.initials, columns.pinyin,
            array(flags), "C", "", created,
        )  # fmt: skip
        tables.add("customers_customerorganisation", pk, self.organisations[area], created)
        for kind_of_protection in flags:
            line = copy_line(
                customer_id=pk, organisation_id=self.organisations[area],
                kind=kind_of_protection, day=day, now=created, terms=self.terms,
            )  # fmt: skip
            tables.add("customers_protection", *line)
        self._phones(tables, pk, kind, created, mobile, share)
        if kind == "person" and rng.random() < 0.06:
            self._identity(tables, pk, gender, created)
        return pk

    def _number(self, day: date) -> str:
        key = day.toordinal()
        serial = self.day_serials.get(key, self.serial_base)
        self.day_serials[key] = serial + 1
        return numbers.compose(kind="KH", day=day, serial=serial % 1_000_000)

    def _phones(
        self, tables: Tables, pk: int, kind: str, created: str, mobile: str, share: Person | None
    ) -> None:
        rng = self.rng
        is_firm = kind == "organisation"
        first = mobile or (fiction.landline(rng) if is_firm else fiction.mobile(rng))
        self._phone(tables, pk, first, created, is_primary=True, label="办公室" if is_firm else "")
        if mobile:
            return
        draw = rng.random()
        if share is not None and draw < 0.35:
            self._phone(tables, pk, self._shared_line(share.pk), created, label="家")
            self._phone(tables, share.pk, self._shared_line(share.pk), created, label="家")
        elif draw > 0.93:
            self._phone(tables, pk, fiction.landline(rng), created, label="家")
        elif draw > 0.85:
            self._phone(tables, pk, fiction.mobile(rng), created)

    @staticmethod
    def _shared_line(pk: int) -> str:
        return f"{fiction.LANDLINE_AREA}8{(pk * 7_368_787 + 1) % 10**7:07d}"

    @staticmethod
    def _phone(
        tables: Tables, pk: int, digits: str, created: str, *,
        is_primary: bool = False, label: str = "",
    ) -> None:  # fmt: skip
        kind = "mobile" if len(digits) == 11 and digits[0] == "1" else "landline"
        tables.add(
            "customers_customerphone", pk, f"+86{digits}", "", digits, kind, label, is_primary,
            created,
        )  # fmt: skip

    def _identity(self, tables: Tables, pk: int, gender: str, created: str) -> None:
        """A number of a district that does not exist (3391)."""
        rng = self.rng
        born = date(1945, 1, 1) + timedelta(days=int(rng.random() * 21_900))
        order = rng.randrange(0, 1000) // 2 * 2 + (gender == "m")
        body = f"3391{rng.randrange(1, 9):02d}{born:%Y%m%d}{order:03d}"
        number = body + identity.resident_check_character(body)
        sealed = crypto.default_ring().encrypt(number, context=sealing_context(pk))
        tables.add(
            "customers_customeridentity", pk, "id_card", "\\\\x" + sealed.hex(),
            "\\\\x" + blind_indexes(number)[0].hex(), masks.mask_id_number(number), created,
            created,
        )  # fmt: skip

    def _party(
        self,
        tables: Tables,
        account: int,
        customer: int,
        role: str,
        since: date,
        until: date | None = None,
    ) -> None:
        tables.add("customers_accountparty", account, customer, role, f"[{since},{until or ''})")
