"""Which pairs of customers are worth weighing: those that meet in a small group.

Comparing everybody with everybody would be half a billion million pairs. Customers come together
by keys instead: the same number, the same document, the same door, a name that sounds
alike in the same community, road or behind the same room number, or with a number that is half
the same. Each key is a hash; groups larger than `MOST_IN_A_GROUP` are left out, and told.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Iterator
from typing import Any, Final

from django.db import connection

from qiao.customers.queries.search import stands_for
from qiao.customers.rules.duplicates import MOST_HOLDERS

MOST_IN_A_GROUP: Final = 40
WORK_MEMORY: Final = "256MB"

_STANDS = stands_for("c")
# Every slip of one digit and every swap of two neighbours leaves one of the three parts whole.
_KEYS: Final = (
    f"""
SELECT k.key, {_STANDS}, k.kind
  FROM customers_customerphone p
  JOIN customers_customer c ON c.id = p.customer_id
 CROSS JOIN LATERAL (VALUES
    (hashtextextended(p.number, 1), 'phone'),
    (hashtextextended(c.pinyin || left(p.digits, 6), 2), 'near_phone'),
    (hashtextextended(c.pinyin || right(p.digits, 6), 3), 'near_phone'),
    (hashtextextended(c.pinyin || left(p.digits, 4) || right(p.digits, 4), 4), 'near_phone')
    ) AS k (key, kind)
""",
    f"""
SELECT hashtextextended(i.kind || encode(i.blind_index, 'hex'), 5), {_STANDS}, 'identity'
  FROM customers_customeridentity i
  JOIN customers_customer c ON c.id = i.customer_id
""",
    f"""
SELECT k.key, {_STANDS}, k.kind
  FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN customers_premises h ON h.id = s.premises_id
  JOIN customers_customer c ON c.id = t.customer_id
 CROSS JOIN LATERAL (VALUES
    (hashtextextended(h.id::text, 6), 'door', true),
    (hashtextextended(h.region || h.community || '|' || c.pinyin, 7), 'community',
     h.community <> ''),
    (hashtextextended(h.region || h.road || '|' || c.pinyin, 8), 'road', h.road <> ''),
    (hashtextextended(h.region || substring(h.full_text from '([0-9]+)[^0-9]*$') || '|'
                      || c.pinyin, 9), 'room', h.full_text ~ '[0-9]')) AS k (key, kind, counts)
 WHERE k.counts
""",
)
_GROUPS: Final = """
CREATE TEMP TABLE customers_group AS
SELECT kind, array_agg(customer_id) AS ids, count(*) AS n
  FROM (SELECT DISTINCT key, customer_id, kind FROM customers_key) AS one
 GROUP BY key, kind HAVING count(*) > 1
"""
_PAIRS: Final = """
CREATE TEMP TABLE customers_pair AS
SELECT DISTINCT a.id AS first_id, b.id AS second_id
  FROM customers_group g
 CROSS JOIN LATERAL unnest(g.ids) AS a (id)
 CROSS JOIN LATERAL unnest(g.ids) AS b (id)
 WHERE a.id < b.id AND g.n <= CASE WHEN g.kind = 'phone' THEN %(holders)s ELSE %(most)s END
"""
_LEFT_OUT: Final = """
SELECT kind, count(*), sum(n) FROM customers_group
 WHERE n > CASE WHEN kind = 'phone' THEN %(holders)s ELSE %(most)s END
 GROUP BY kind ORDER BY kind
"""
_TABLES: Final = ("customers_key", "customers_group", "customers_pair")


def gather_pairs() -> tuple[int, list[dict[str, Any]]]:
    """Gather all pairs worth weighing in a table of this session; how many, and what is left out.

    Reads every customer once a kind of key: seconds for a hundred thousand, a minute or two for a
    million.
    """
    drop_pairs()
    limits = {"holders": MOST_HOLDERS, "most": MOST_IN_A_GROUP}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, false)", [WORK_MEMORY])
        cursor.execute(
            "CREATE TEMP TABLE customers_key (key bigint, customer_id bigint, kind text)"
        )
        for statement in _KEYS:
            cursor.execute("INSERT INTO customers_key " + statement)
        cursor.execute(_GROUPS)
        cursor.execute("DROP TABLE customers_key")
        cursor.execute(_LEFT_OUT, limits)
        left_out = [
            {"key": key, "groups": groups, "customers": int(customers)}
            for key, groups, customers in cursor.fetchall()
        ]
        cursor.execute(_PAIRS, limits)
        cursor.execute("DROP TABLE customers_group")
        cursor.execute("CREATE UNIQUE INDEX ON customers_pair (first_id, second_id)")
        cursor.execute("ANALYZE customers_pair")
        cursor.execute("SELECT count(*) FROM customers_pair")
        (count,) = cursor.fetchone()
        cursor.execute("RESET work_mem")
    return int(count), left_out


def gathered_pairs(*, after: tuple[int, int], limit: int) -> list[tuple[int, int]]:
    """The next pairs of this session's table, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT first_id, second_id FROM customers_pair"
            " WHERE (first_id, second_id) > (%s, %s) ORDER BY 1, 2 LIMIT %s",
            [*after, limit],
        )
        return list(cursor.fetchall())


def drop_pairs() -> None:
    """Leave no table behind in the session."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


# The same keys for a few customers, each read by an index.
_NEAR: Final = f"""
WITH asked AS MATERIALIZED (
    SELECT DISTINCT w.id, c.kind, c.pinyin,
           CASE WHEN EXISTS (SELECT 1 FROM customers_customer m WHERE m.merged_into_id = c.id)
                THEN customers_held_as(c.id) ELSE ARRAY[c.id] END AS ids
      FROM unnest(%(ids)s::bigint[]) AS w (id) JOIN customers_customer c ON c.id = w.id
     WHERE c.merged_into_id IS NULL
), met AS (
    SELECT a.id, o.customer_id AS other
      FROM asked a
      JOIN customers_customerphone p ON p.customer_id = ANY(a.ids)
     CROSS JOIN LATERAL (SELECT q.customer_id FROM customers_customerphone q
                          WHERE q.digits = p.digits AND q.number = p.number
                          LIMIT %(holders)s + 1) o
    UNION
    SELECT a.id, o.customer_id
      FROM asked a
      JOIN customers_customeridentity i ON i.customer_id = ANY(a.ids)
     CROSS JOIN LATERAL (SELECT j.customer_id FROM customers_customeridentity j
                          WHERE j.kind = i.kind AND j.blind_index = i.blind_index
                          LIMIT %(most)s) o
    UNION
    SELECT a.id, o.customer_id
      FROM asked a
      JOIN customers_accountparty t ON t.customer_id = ANY(a.ids)
      JOIN customers_account b ON b.id = t.account_id
      JOIN customers_servicepoint s ON s.id = b.service_point_id
     CROSS JOIN LATERAL (SELECT u.customer_id
                           FROM customers_servicepoint z
                           JOIN customers_account d ON d.service_point_id = z.id
                           JOIN customers_accountparty u ON u.account_id = d.id
                          WHERE z.premises_id = s.premises_id LIMIT %(most)s) o
    UNION
    SELECT a.id, o.id
      FROM asked a
     CROSS JOIN LATERAL (SELECT n.id FROM customers_customer n
                          WHERE n.pinyin = a.pinyin AND n.kind = a.kind AND a.pinyin <> ''
                            AND n.merged_into_id IS NULL
                          ORDER BY n.id DESC LIMIT %(namesakes)s) o
)
SELECT DISTINCT least(m.id, x.id), greatest(m.id, x.id)
  FROM met m
  JOIN customers_customer c ON c.id = m.other
 CROSS JOIN LATERAL (SELECT {_STANDS} AS id) x
 WHERE x.id <> m.id
 ORDER BY 1, 2
"""
NAMESAKES: Final = 300


def pairs_of(customer_ids: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs worth weighing of a few customers, read by the indexes of the base tables."""
    values: dict[str, Any] = {
        "ids": customer_ids, "holders": MOST_HOLDERS, "most": MOST_IN_A_GROUP,
        "namesakes": NAMESAKES,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, values)
        yield from cursor.fetchall()
