"""What audits of the demo world share: counts that must be nought, shares, and shapes."""

from collections.abc import Sequence
from statistics import StatisticsError, correlation
from typing import Any

from django.db import connection

from qiao.core.demo import Finding

LIKE_ENOUGH = 0.95


def ask(sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> list[Any]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL work_mem = '128MB'" if connection.in_atomic_block else "SELECT 1"
        )
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def none_of(name: str, sql: str, parameters: Sequence[Any] | None = None) -> Finding:
    """A finding that is good when the statement's count is 0."""
    ((count,),) = ask(sql, parameters)
    return Finding(name, f"{count:,}", "0", ok=count == 0)


def share(name: str, part: float, whole: float, between: tuple[float, float]) -> Finding:
    """A share that should lie between two bounds, both included."""
    low, high = between
    found = part / whole if whole else 0.0
    expected = f"{low:.1%} to {high:.1%}"
    return Finding(name, f"{found:.1%}", expected, ok=bool(whole) and low <= found <= high)


def shape(name: str, found: Sequence[float], wanted: Sequence[float]) -> Finding:
    """How alike two series are, by their correlation."""
    try:
        likeness = correlation(list(found), list(wanted))
    except StatisticsError:
        likeness = 0.0
    ok = likeness >= LIKE_ENOUGH
    return Finding(name, f"{likeness:.3f}", f"at least {LIKE_ENOUGH}", ok=ok)


def counts_agree(name: str, *, module: str, table: str, by_pack: bool = False) -> Finding:
    """Whether kept counts, changes not folded in yet included, equal a count of the rows."""
    columns = "organisation_id, day, view, holder" + (", pack" if by_pack else "")
    return none_of(
        name,
        f"SELECT count(*) FROM (SELECT {columns} FROM ("  # noqa: S608
        f" SELECT {columns}, n FROM {table} UNION ALL SELECT {columns}, n FROM {table}change"
        f" UNION ALL SELECT {columns}, -n FROM {module}_recount()) x"
        f" GROUP BY {columns} HAVING sum(n) <> 0) differing",
    )
