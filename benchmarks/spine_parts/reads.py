"""A number comes in, somebody is looked for, a list is paged: each beside a bare statement."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from measuring.timing import Limits, Result, measure

from qiao.cases.queries import list_cases
from qiao.core.actor import Actor
from qiao.core.rules import grams
from qiao.customers.queries import find_customers
from qiao.customers.queries.search import SORTED_AT_MOST
from qiao.desk.queries import screen_pop
from qiao.desk.queries.palette import PER_SOURCE

SAMPLE = 150
SCREEN_POP = Limits(p95=30, ratio=2.5)
SEARCH = Limits(p95=30, ratio=3)
LIST = Limits(p95=50)


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def column(sql: str, *values: Any) -> list[Any]:
    """The first column."""
    return [row[0] for row in rows(sql, *values)]


# What a caller's screen shows, as one statement that somebody would write by hand for this page.
SCREEN = """
WITH hit AS MATERIALIZED (
    SELECT c.*, p.label FROM customers_customerphone p
      JOIN customers_customer c ON c.id = coalesce(
           (SELECT m.merged_into_id FROM customers_customer m WHERE m.id = p.customer_id),
           p.customer_id)
      LEFT JOIN customers_lastcontact l ON l.customer_id = c.id
     WHERE p.digits = %(digits)s AND p.number = %(number)s
       AND EXISTS (SELECT 1 FROM customers_customerorganisation o WHERE o.customer_id = c.id
                      AND o.organisation_id + 0 = ANY(%(units)s))
     ORDER BY l.at DESC NULLS LAST, p.is_primary DESC, c.id LIMIT 1
), account AS MATERIALIZED (
    SELECT a.*, t.role, t.period, h.full_text, s.number AS point, s.meter_number, s.meter_size,
           s.meter_is_remote, s.meter_test_due_date
      FROM hit JOIN customers_accountparty t ON t.customer_id = hit.id
      JOIN customers_account a ON a.id = t.account_id
      LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
      LEFT JOIN customers_premises h ON h.id = s.premises_id
     WHERE a.organisation_id + 0 = ANY(%(units)s)
     ORDER BY t.period @> %(today)s::date DESC, a.status, a.id LIMIT 8
), mine AS MATERIALIZED (
    SELECT c.*, t.names FROM hit JOIN cases_case c ON c.customer_id = hit.id
      JOIN cases_casetype t ON t.id = c.case_type_id
     WHERE c.organisation_id + 0 = ANY(%(units)s)
)
SELECT to_jsonb(hit),
       (SELECT jsonb_agg(to_jsonb(p)) FROM customers_customerphone p WHERE p.customer_id = hit.id),
       (SELECT to_jsonb(l) FROM customers_lastcontact l WHERE l.customer_id = hit.id),
       (SELECT jsonb_agg(jsonb_build_object('id', id, 'number', number, 'service', service,
               'status', status, 'use', use, 'opened', opened_date, 'role', role,
               'now', period @> %(today)s::date, 'address', full_text, 'point', point,
               'meter', meter_number, 'size', meter_size, 'remote', meter_is_remote,
               'due', meter_test_due_date)) FROM account),
       (SELECT jsonb_agg(x.line) FROM (SELECT jsonb_build_object('id', id, 'number', number,
               'title', title, 'names', names, 'process', process_id, 'step', step,
               'phase', phase, 'priority', priority, 'level', level, 'due', due_at,
               'paused', is_paused, 'opened', opened_at) AS line
          FROM mine WHERE closed_at IS NULL ORDER BY due_at LIMIT 8) x),
       (SELECT jsonb_agg(x.line) FROM (SELECT jsonb_build_object('id', id, 'number', number,
               'title', title, 'names', names, 'process', process_id, 'step', step,
               'phase', phase, 'priority', priority, 'opened', opened_at, 'closed', closed_at,
               'kept', promise_kept) AS line
          FROM mine WHERE closed_at IS NOT NULL ORDER BY opened_at DESC LIMIT 5) x),
       (SELECT jsonb_agg(jsonb_build_object('id', w.id, 'number', w.number, 'state', w.state,
               'title', mine.title, 'due', mine.due_at, 'technician', s.name, 'team', t.name))
          FROM mine JOIN dispatch_workorder w ON w.case_id = mine.id AND w.finished_at IS NULL
          JOIN staff_organisation t ON t.id = w.team_id
          LEFT JOIN staff_staff s ON s.id = w.technician_id WHERE mine.closed_at IS NULL),
       (SELECT jsonb_agg(x) FROM (SELECT i.id, i.started_at, i.channel, i.direction, i.state,
               i.subject, i.outcome, i.resolved,
               (SELECT count(*) FROM contact_interactioncase k WHERE k.interaction_id = i.id) n
          FROM contact_interaction i WHERE i.customer_id = hit.id AND i.state = 'closed'
           AND i.organisation_id + 0 = ANY(%(units)s)
         ORDER BY i.started_at DESC, i.id DESC LIMIT 5) x),
       (SELECT jsonb_build_object('n', count(*), 'unsolved', count(*) FILTER (WHERE NOT resolved),
               'words', jsonb_agg(words) FILTER (WHERE words <> ''))
          FROM mine JOIN feedback_followup f ON f.case_id = mine.id AND f.state = 'reached')
  FROM hit
"""


def pop(actor: Actor, now: datetime) -> Result:
    """A ringing number and everything the screen then shows, out of the product and by hand."""
    found = rows(
        "SELECT number, digits FROM customers_customerphone p TABLESAMPLE SYSTEM (2)"
        " WHERE extension = '' AND (number <> '') LIMIT %s",
        SAMPLE,
    )
    values: dict[str, Any] = {
        "units": list(actor.organisations("customers.view")),
        "today": now.date(),
    }

    def by_hand(place: int) -> object:
        number, digits = found[place % len(found)]
        with connection.cursor() as cursor:
            cursor.execute(SCREEN, values | {"number": number, "digits": digits})
            return cursor.fetchall()

    def product(place: int) -> object:
        return screen_pop(actor=actor, phone=found[place % len(found)][0], now=now)

    shown = [screen_pop(actor=actor, phone=number, now=now) for number, _ in found[:20]]
    panels = max(len(item.aside.panels) if item.aside else 0 for item in shown)
    return measure("screen-pop", product, by_hand, limits=SCREEN_POP, panels=panels)


# The bare index query: the rows that match, with the customer's own columns and nothing else.
_OWN = "SELECT c.id, c.number, c.name, c.tier, c.flags"
_CUSTOMERS = " FROM customers_customer c "
BARE = _OWN + _CUSTOMERS
BARE_PHONE = (
    f"{_OWN}, p.number FROM customers_customerphone p"
    " JOIN customers_customer c ON c.id = p.customer_id "
)
Terms = Sequence[str]


def searches(actor: Actor) -> Iterator[Result]:
    """Ten kinds of search, and terms that nobody has, for as many hits as the palette shows."""
    for case, terms, bare in _kinds():
        yield _search(actor, case, terms, bare)


def _search(
    actor: Actor, case: str, terms: Terms, bare: Callable[[str], tuple[str, Sequence[Any]]]
) -> Result:
    def product(place: int) -> object:
        return find_customers(actor=actor, text=terms[place % len(terms)], limit=PER_SOURCE)

    def floor(place: int) -> object:
        sql, values = bare(terms[place % len(terms)])
        return rows(f"{sql} LIMIT {PER_SOURCE}", *values)

    hits = sum(len(find_customers(actor=actor, text=t, limit=PER_SOURCE)) for t in terms[:30])
    return measure(
        f"search-{case}", product, floor, rounds=120, limits=SEARCH, example=terms[0], hits=hits
    )


def _kinds() -> Iterator[tuple[str, Terms, Any]]:
    people = rows(
        "SELECT name_search, initials, pinyin, number FROM customers_customer"
        " TABLESAMPLE SYSTEM (5) WHERE kind = 'person' AND length(name_search) >= 2 LIMIT %s",
        SAMPLE,
    )
    names = [row[0] for row in people]
    digits = column(
        "SELECT digits FROM customers_customerphone TABLESAMPLE SYSTEM (5) LIMIT %s", SAMPLE
    )
    accounts = column(
        "SELECT number FROM customers_account TABLESAMPLE SYSTEM (5) LIMIT %s", SAMPLE
    )
    doors = column(
        "SELECT DISTINCT community FROM customers_premises WHERE community <> '' LIMIT %s", SAMPLE
    )
    places = column(
        "SELECT full_text FROM customers_premises TABLESAMPLE SYSTEM (5) LIMIT %s", SAMPLE
    )
    yield "name-1", sorted({name[:1] for name in names}), _start("name_search")
    yield "name-2", sorted({name[:2] for name in names}), _part
    yield "name-part", sorted({name[1:3] for name in names if len(name) > 2}), _part
    yield "name-whole", names, _start("name_search")
    yield "initials", sorted({row[1] for row in people}), _start("initials")
    yield "pinyin", sorted({row[2] for row in people}), _start("pinyin")
    yield "phone", digits, lambda t: (f"{BARE_PHONE}WHERE p.digits = %s", [t])
    yield "phone-tail", sorted({d[-4:] for d in digits}), _tail
    yield "phone-middle", sorted({d[4:9] for d in digits}), _middle
    yield "account", accounts, _account
    yield "address", places, _address
    yield "address-part", doors, _address
    yield "absent-name", ["龘靐齉", "鱻麤", "犇骉猋"], _part
    yield "absent-phone", ["19999999990", "19900000001"], _phone
    yield "absent-pinyin", ["xqzvv", "vvvvq"], _start("pinyin")
    yield "absent-address", ["龘靐路九千号", "鱻麤花园"], _address


def _start(name: str) -> Callable[[str], tuple[str, Sequence[Any]]]:
    def bare(term: str) -> tuple[str, Sequence[Any]]:
        end = term[:-1] + chr(ord(term[-1]) + 1)
        return f"{BARE}WHERE c.{name} >= %s AND c.{name} < %s ORDER BY c.{name}, c.id", [term, end]

    return bare


def _part(term: str) -> tuple[str, Sequence[Any]]:
    """In the order of the product, names that begin with the term first: the same rows."""
    where = "WHERE c.name_grams @> %s::text[] AND c.name_search LIKE %s"
    some = f"{_OWN}, c.name_search {_CUSTOMERS}{where} LIMIT {SORTED_AT_MOST}"
    sql = f"SELECT * FROM ({some}) x ORDER BY NOT starts_with(name_search, %s), name_search"
    return sql, [grams.term_grams(term), f"%{term}%", term]


def _phone(term: str) -> tuple[str, Sequence[Any]]:
    return f"{BARE_PHONE}WHERE p.digits = %s", [term]


def _tail(term: str) -> tuple[str, Sequence[Any]]:
    back = term[::-1]
    end = back[:-1] + chr(ord(back[-1]) + 1)
    return f"{BARE_PHONE}WHERE reverse(p.digits) >= %s AND reverse(p.digits) < %s", [back, end]


def _middle(term: str) -> tuple[str, Sequence[Any]]:
    return f"{BARE_PHONE}WHERE p.digits LIKE %s", [f"%{term}%"]


def _account(term: str) -> tuple[str, Sequence[Any]]:
    sql = (
        "SELECT c.id, c.number, c.name, c.tier, c.flags, a.number FROM customers_account a"
        " JOIN customers_accountparty t ON t.account_id = a.id"
        " JOIN customers_customer c ON c.id = t.customer_id WHERE a.number = %s"
    )
    return sql, [term]


def _address(term: str) -> tuple[str, Sequence[Any]]:
    from qiao.customers.rules.searching import address_terms

    asked = address_terms(term)
    sql = (
        "SELECT c.id, c.number, c.name, c.tier, c.flags, h.full_text FROM customers_premises h"
        " JOIN customers_servicepoint s ON s.premises_id = h.id"
        " JOIN customers_account a ON a.service_point_id = s.id"
        " JOIN customers_accountparty t ON t.account_id = a.id"
        " JOIN customers_customer c ON c.id = t.customer_id"
        " WHERE h.grams @> %s::text[] AND h.search LIKE ALL(%s)"
    )
    return sql, [asked.grams, asked.likes]


def lists(people: Sequence[Actor], now: datetime) -> Iterator[Result]:
    """The first page and the hundredth step, of what is open and of the archive."""
    for actor in people:
        for view in ("open", "all"):
            yield _list("case-list-first", actor, view, None, now)
            cursor = None
            for _ in range(99):
                page = list_cases(actor=actor, now=now, view=view, cursor=cursor)
                if page.following is None:
                    break
                cursor = page.following
            yield _list("case-list-100th", actor, view, cursor, now)


def _list(case: str, actor: Actor, view: str, cursor: Any, now: datetime) -> Result:
    def product(_: int) -> object:
        return list_cases(actor=actor, now=now, view=view, cursor=cursor)

    shown = len(list_cases(actor=actor, now=now, view=view, cursor=cursor).rows)
    return measure(
        case, product, rounds=80, limits=LIST, view=view, person=actor.number, rows=shown
    )
