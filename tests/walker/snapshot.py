"""What the database holds, so finely that any change of any row shows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from qiao.core.registry import registry

# Kept by every request of anybody: the cache of rate limits and the queue of jobs.
PASSING = ("core_cache",)
PRINCIPAL = (
    "customers_customer",
    "customers_account",
    "cases_case",
    "dispatch_workorder",
    "feedback_followup",
    "contact_interaction",
    "telephony_call",
    "billing_bill",
    "metering_register",
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Digests of all rows by table, and how many rows hang on what the branch holds."""

    rows: Mapping[str, "Counter[str]"]
    hanging: Mapping[str, int]

    def lost(self, later: "Snapshot") -> list[str]:
        """Tables of which rows were changed or removed meanwhile."""
        return sorted(t for t, rows in self.rows.items() if rows - later.rows[t])

    def gained(self, later: "Snapshot") -> list[str]:
        """Tables with rows that were not there before."""
        return sorted(t for t, rows in self.rows.items() if later.rows[t] - rows)

    def hung(self, later: "Snapshot") -> list[str]:
        """Foreign keys by which something new hangs on what the branch holds."""
        return sorted(k for k, n in self.hanging.items() if later.hanging[k] != n)


class Camera:
    """Takes snapshots; what hangs on the branch is counted for the rows that are there now."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace ORDER BY 1"
            )
            names = [name for (name,) in cursor.fetchall()]
            cursor.execute(
                "SELECT relid::bigint FROM pg_stat_user_tables WHERE relname <> ALL(%s)",
                [[*PASSING, "django_session"]],
            )
            self.oids = [oid for (oid,) in cursor.fetchall()]
            own = tuple(f"{module.key}_" for module in registry)
            self.tables = [name for name in names if name.startswith(own) and name not in PASSING]
            cursor.execute(
                "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text"
                " FROM pg_constraint c JOIN pg_attribute a"
                " ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
                " WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(%s)",
                [list(PRINCIPAL)],
            )
            self.keys = cursor.fetchall()
            self.ids: dict[str, list[int]] = {}
            for table in PRINCIPAL:
                cursor.execute(f"SELECT id FROM {table}")
                self.ids[table] = [pk for (pk,) in cursor.fetchall()]
        self.first = self.take()

    def writes(self) -> int:
        """How many rows this transaction has written so far, taken back or not."""
        with connection.cursor() as cursor:
            # The view of the same figures joins all indexes of all tables first.
            cursor.execute(
                "SELECT sum(pg_stat_get_xact_tuples_inserted(t)"
                " + pg_stat_get_xact_tuples_updated(t) + pg_stat_get_xact_tuples_deleted(t))"
                " FROM unnest(%s::oid[]) AS t",
                [self.oids],
            )
            (found,) = cursor.fetchone()
        return int(found)

    def take(self) -> Snapshot:
        """Look at everything."""
        rows: dict[str, Counter[str]] = {table: Counter() for table in self.tables}
        digests = " UNION ALL ".join(
            f"SELECT '{table}', md5(t::text) FROM {table} t" for table in self.tables
        )
        counts = " UNION ALL ".join(
            f"SELECT '{table}.{column}', count(*) FROM {table} WHERE {column} = ANY(%s)"
            for table, column, _target in self.keys
        )
        with connection.cursor() as cursor:
            cursor.execute(digests)
            for table, digest in cursor.fetchall():
                rows[table][digest] += 1
            cursor.execute(counts, [self.ids[target] for _t, _c, target in self.keys])
            hanging = dict(cursor.fetchall())
        return Snapshot(rows, hanging)
