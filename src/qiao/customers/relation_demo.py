"""Households, company groups, contact persons and acting relations of the demo world."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.numbering import bulk_numbers
from qiao.core.rules.grams import grams, normalise
from qiao.customers.models import Acting, Customer, CustomerGroup, GroupMember
from qiao.customers.operations import NewPhone, register_customer
from qiao.customers.operations.groups import PREFIX

MOST_HOMES: Final = 2000
GROUPS: Final = ("临江城建集团", "锦程实业集团")
UNDER: Final = (None, 0, 0, 1, 1)  # of the companies of a group: the place of the one above
FAMILY: Final = (
    ("周志远", "m", "13906517720"), ("周子涵", "f", ""), ("周子萱", "f", ""),
    ("陈秀英", "f", "13588020146"),
)  # fmt: skip
CLERKS: Final = ("李会计", "王工", "张经理", "赵主任", "孙师傅", "钱出纳", "吴站长")

# Homes of two to five persons; two in three of them are held as households.
_HOMES = """
SELECT array_agg(x.customer_id ORDER BY x.part, x.customer_id), max(x.since),
       min(x.organisation_id)
  FROM (
    SELECT s.premises_id, t.customer_id, min(a.organisation_id) AS organisation_id,
           min(array_position(ARRAY['owner','occupant','payer','contact'], t.role)) AS part,
           min(lower(t.period)) AS since
      FROM customers_accountparty t
      JOIN customers_account a ON a.id = t.account_id
      JOIN customers_servicepoint s ON s.id = a.service_point_id
      JOIN customers_customer c ON c.id = t.customer_id
     WHERE c.kind = 'person' AND c.merged_into_id IS NULL AND t.period @> %(today)s
       AND s.premises_id %% 3 > 0 AND t.customer_id <> %(known)s
     GROUP BY s.premises_id, t.customer_id) x
 GROUP BY x.premises_id HAVING count(*) BETWEEN 2 AND 5 AND max(x.since) < %(today)s
 ORDER BY x.premises_id LIMIT %(most)s
"""
_FIRMS = """
SELECT c.id, min(l.organisation_id), (c.created_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM customers_customer c JOIN customers_customerorganisation l ON l.customer_id = c.id
 WHERE c.kind = 'organisation' AND c.merged_into_id IS NULL AND c.flags = '{}'
 GROUP BY c.id ORDER BY c.name LIKE '%%公司' DESC, c.id LIMIT %s
"""
# The contact persons that accounts name, and the clerks that nobody holds as customers.
_CONTACTS = """
INSERT INTO customers_contactperson
    (customer_id, person_id, name, function, phone, email, is_primary, period)
SELECT DISTINCT ON (o.customer_id) o.customer_id, p.customer_id, '', 'technical', '', '', false,
       daterange(lower(p.period), NULL)
  FROM customers_accountparty p
  JOIN customers_accountparty o ON o.account_id = p.account_id AND o.role = 'owner'
  JOIN customers_customer c ON c.id = o.customer_id AND c.kind = 'organisation'
 WHERE p.role = 'contact' AND p.period @> %(today)s
 ORDER BY o.customer_id, p.id
"""
_CLERKS = """
INSERT INTO customers_contactperson
    (customer_id, person_id, name, function, phone, email, is_primary, period)
SELECT c.id, NULL, (%(clerks)s::text[])[1 + c.id %% cardinality(%(clerks)s::text[])], f.function,
       '+86139' || lpad((10000000 + (c.id * 7919 + f.place * 13) %% 80000000)::text, 8, '0'),
       f.function || c.id || '@linjiang.example', f.place = 1,
       daterange(%(today)s::date - 900 + (c.id %% 500)::int,
                 CASE WHEN f.place = 3 THEN %(today)s::date - (c.id %% 200)::int - 1 END)
  FROM customers_customer c, (VALUES ('finance', 1), ('emergency', 2), ('contracts', 3))
       f (function, place)
 WHERE c.kind = 'organisation' AND c.merged_into_id IS NULL AND (c.id + f.place) %% 3 < 2
"""
# Who is called at night is known by the number when they call.
_EMERGENCY_NUMBERS = """
INSERT INTO customers_customerphone
    (customer_id, number, extension, digits, kind, label, is_primary, created_at)
SELECT p.customer_id, p.phone, '', substr(p.phone, 4), 'mobile', p.name, false, %(now)s
  FROM customers_contactperson p
 WHERE p.function = 'emergency' AND p.phone <> ''
   AND NOT EXISTS (SELECT 1 FROM customers_customerphone h WHERE h.number = p.phone)
"""
# Who lives alone and is old is cared for by the next customer of the same branch.
_CARERS = """
INSERT INTO customers_acting
    (agent_id, principal_id, basis, scope, proof, period, noted_at)
SELECT DISTINCT ON (c.id) k.customer_id, c.id,
       CASE WHEN c.id %% 3 = 0 THEN 'attorney' ELSE 'carer' END,
       CASE WHEN c.id %% 3 = 0 THEN ARRAY['information', 'service', 'payment', 'contract']
            ELSE ARRAY['information', 'service', 'payment'] END,
       CASE WHEN c.id %% 3 = 0 THEN '公证书 (2025) 临证字第 ' || c.id || ' 号' ELSE '' END,
       daterange(%(today)s::date - 30 - (c.id %% 600)::int,
                 CASE WHEN c.id %% 3 = 0 THEN %(today)s::date + 20 + (c.id %% 300)::int END),
       %(now)s
  FROM customers_customer c
  JOIN customers_customerorganisation l ON l.customer_id = c.id
  JOIN customers_customerorganisation k
    ON k.organisation_id = l.organisation_id AND k.customer_id BETWEEN c.id + 1 AND c.id + 40
  JOIN customers_customer a ON a.id = k.customer_id AND a.kind = 'person' AND a.flags = '{}'
 WHERE 'elderly_alone' = ANY(c.flags) AND c.merged_into_id IS NULL AND a.merged_into_id IS NULL
 ORDER BY c.id, k.customer_id
"""

Stay = tuple[int, str, int | None, date, date | None]


def build(world: World) -> None:
    """Some who live together are households, firms stand in groups and have people to ask."""
    known = world.shared["first_customer_id"]
    today = world.now.date()
    values: dict[str, Any] = {
        "today": today,
        "known": known,
        "most": MOST_HOMES,
        "now": world.now,
        "clerks": list(CLERKS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOMES, values)
        homes = cursor.fetchall()
        cursor.execute(_FIRMS, [len(GROUPS) * len(UNDER)])
        firms = cursor.fetchall()
    made = [
        (CustomerGroup(kind="household", organisation_id=place), _home(members, since, today))
        for members, since, place in homes
    ]
    for number, name in enumerate(GROUPS):
        chosen = firms[number * len(UNDER) : (number + 1) * len(UNDER)]
        if len(chosen) > 1:
            made.append(_concern(name, chosen))
    made.append(_known_family(world, known, today))
    _write(world, made)
    with connection.cursor() as cursor:
        for sql in (_CONTACTS, _CLERKS, _EMERGENCY_NUMBERS, _CARERS):
            cursor.execute(sql, values)


def _home(members: Sequence[int], since: date, today: date) -> list[Stay]:
    """Who owns leads; in every fourth home another led before."""
    first, second, *others = members
    stays: list[Stay] = [(pk, "member", None, since, None) for pk in others]
    change = today - timedelta(days=100 + first % 300)
    if first % 4 == 0 and since < change:
        return [
            (second, "head", None, since, change),
            (first, "member", None, since, change),
            (first, "head", None, change, None),
            (second, "member", None, change, None),
            *stays,
        ]
    return [(first, "head", None, since, None), (second, "member", None, since, None), *stays]


def _concern(
    name: str, firms: Sequence[tuple[int, int, date]]
) -> tuple[CustomerGroup, list[Stay]]:
    since = max(day for _pk, _place, day in firms)
    folded = normalise(name)
    group = CustomerGroup(
        kind="company",
        name=name,
        search=folded,
        grams=grams(folded, singles=False),
        organisation_id=firms[0][1],
    )
    stays: list[Stay] = []
    for (pk, _place, _day), above in zip(firms, UNDER, strict=False):
        under = None if above is None else firms[above][0]
        stays.append((pk, "head" if under is None else "member", under, since, None))
    return group, stays


def _known_family(world: World, known: int, today: date) -> tuple[CustomerGroup, list[Stay]]:
    """The best known customer with husband, two children, and her mother who moved out."""
    place = Customer.objects.get(pk=known).organisation_links.order_by("pk")[0].organisation_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM staff_staff WHERE is_active ORDER BY id LIMIT 1")
        (clerk,) = cursor.fetchone()
    actor = Actor(clerk, "", place, grants={"customers.edit": (place,)})
    husband, one, other, mother = (
        register_customer(
            actor=actor,
            now=world.now - timedelta(days=900),
            organisation_id=place,
            name=name,
            gender=gender,
            phones=[NewPhone(phone)] if phone else (),
        ).pk
        for name, gender, phone in FAMILY
    )
    start = today - timedelta(days=9 * 365)
    born, left = start + timedelta(days=800), today - timedelta(days=420)
    stays: list[Stay] = [
        (known, "head", None, start, None),
        (husband, "member", None, start, None),
        (one, "member", None, born, None),
        (other, "member", None, born + timedelta(days=1100), None),
        (mother, "member", None, start, left),
    ]
    acting = (
        (one, "parent", ["information", "service", "payment"], "出生医学证明已核验", born),
        (other, "parent", ["information", "service", "payment"], "出生医学证明已核验",
         born + timedelta(days=1100)),
        (mother, "carer", ["information", "service", "payment"], "", left),
    )  # fmt: skip
    Acting.objects.bulk_create(
        Acting(
            agent_id=known,
            principal_id=principal,
            basis=basis,
            scope=scope,
            proof=proof,
            period=DateRange(since, None),
            noted_at=world.now,
            noted_by_id=clerk,
        )
        for principal, basis, scope, proof, since in acting
    )
    return CustomerGroup(kind="household", organisation_id=place), stays


def _write(world: World, made: Sequence[tuple[CustomerGroup, list[Stay]]]) -> None:
    numbers = bulk_numbers(prefix=PREFIX, count=len(made))
    for (group, stays), number in zip(made, numbers, strict=True):
        group.number, group.made_at = number, world.now
        group.period = DateRange(min(since for *_others, since, _until in stays), None)
    CustomerGroup.objects.bulk_create([group for group, _stays in made], batch_size=2000)
    GroupMember.objects.bulk_create(
        [
            GroupMember(
                group=group,
                customer_id=pk,
                role=role,
                under_id=under,
                period=DateRange(since, until),
            )
            for group, stays in made
            for pk, role, under, since, until in stays
        ],
        batch_size=5000,
    )


_FIGURES = """
SELECT (SELECT count(*) FROM customers_customergroup WHERE kind = 'household'),
       (SELECT count(*) FROM customers_customergroup WHERE kind = 'company'),
       (SELECT count(*) FROM customers_contactperson), (SELECT count(*) FROM customers_acting)
"""


def audit() -> Sequence[Finding]:
    """Whether there is something to look at."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        households, groups, contacts, acting = cursor.fetchone()
    return [
        Finding("households", f"{households:,}", "some", households > 0),
        Finding("company groups", str(groups), f"at most {len(GROUPS)}", groups <= len(GROUPS)),
        Finding("contact persons", f"{contacts:,}", "some", contacts >= 0),
        Finding("who acts for whom", f"{acting:,}", "some", acting > 0),
    ]
