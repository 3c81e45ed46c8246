"""COPY into the customer tables, and what may stand aside while a million rows come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qiao.core.demo_bulk import bulk_load
from qiao.core.transactions import constraints_at_once

COLUMNS = {
    "customers_premises": (
        "id, region, district, road, house_number, community, building, unit, room, full_text,"
        " search, grams, latitude, longitude, datum, created_at"
    ),
    "customers_servicepoint": (
        "id, premises_id, service, number, meter_number, meter_size, meter_is_remote,"
        " meter_installed_date, meter_test_due_date, status"
    ),
    "customers_account": (
        "id, number, service, use, organisation_id, service_point_id, status, opened_date,"
        " closed_date"
    ),
    "customers_customer": (
        "id, number, kind, name, gender, language, name_search, name_grams, initials, pinyin,"
        " flags, tier, tier_reason, created_at"
    ),
    "customers_protection": (
        "customer_id, organisation_id, kind, reason, since, prove_by, review_date, due_date,"
        " stage, moves_on, claimed_at, certificate, issuer, end_reason"
    ),
    "customers_customerphone": (
        "customer_id, number, extension, digits, kind, label, is_primary, created_at"
    ),
    "customers_customeridentity": (
        "customer_id, kind, ciphertext, blind_index, hint, verified_at, created_at"
    ),
    "customers_accountparty": "account_id, customer_id, role, period",
    "customers_customerorganisation": "customer_id, organisation_id, since",
}

# What a trigger writes with them.
FOLLOWING = ("customers_meterinstallation",)


class Tables:
    """Rows waiting to be written, by table: lines of COPY's text format, in the order above."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {table: [] for table in COLUMNS}

    def add(self, table: str, *values: object) -> None:
        """A row. Values are texts without tabs, line ends and backslashes; None is NULL."""
        self.lines[table].append(
            "\t".join(["\\N" if value is None else str(value) for value in values])
        )

    def write(self, cursor: Any) -> None:
        """Copy all rows into the database, the tables that others refer to first."""
        for table, lines in self.lines.items():
            if lines:
                with cursor.copy(f"COPY {table} ({COLUMNS[table]}) FROM STDIN") as copy:
                    copy.write("\n".join(lines) + "\n")


def array(items: list[str]) -> str:
    """A text[] of plain words in COPY's form."""
    return "{" + ",".join(f'"{item}"' for item in items) + "}"


@contextmanager
def unhindered(cursor: Any, count: int) -> Iterator[None]:
    """Let a load run without audit entries: it is told by one event, not by a million rows.

    Large loads are checked and indexed at once, see `qiao.core.demo_bulk`. Both are the owner's
    right; for the plain role nothing changes.
    """
    if not _owns(cursor):
        yield
        return
    written = (*COLUMNS, *FOLLOWING)
    audited = [table for table in written if _has_audit(cursor, table)]
    # The writer gives customers their flags together with the protections.
    silent = [(table, "qiao_audit_insert") for table in audited]
    silent.append(("customers_protection", "customers_protection_insert"))
    with constraints_at_once():
        for table, trigger in silent:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        with bulk_load(cursor, *written, rows=count):
            yield
        for table, trigger in silent:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    for table in written:
        cursor.execute(f"ANALYZE {table}")


def _owns(cursor: Any) -> bool:
    cursor.execute(
        "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class"
        " WHERE oid = 'customers_customer'::regclass"
    )
    return bool(cursor.fetchone()[0])


def _has_audit(cursor: Any, table: str) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass"
        " AND tgname = 'qiao_audit_insert')",
        [table],
    )
    return bool(cursor.fetchone()[0])
