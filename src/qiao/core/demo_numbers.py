"""Business numbers for bulk rows of the demo world, composed by the database itself.

The check digit goes through Damm's table digit by digit; here the database looks up three digits
at a time. Serials count from 1 each day, so numbers look as they would in a real company.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from qiao.core.numbering import BLOCK
from qiao.core.rules.numbers import DAMM, check_digit


def prepare_numbers(cursor: Any, *, kind: str, days: Iterable[date]) -> None:
    """Make the temporary tables that `numbered` joins; they last until the transaction ends."""
    cursor.execute(
        "CREATE TEMP TABLE demo_digit (state int, triple int, state_after int,"
        " PRIMARY KEY (state, triple)) ON COMMIT DROP"
    )
    cursor.execute(
        "CREATE TEMP TABLE demo_stem (day date PRIMARY KEY, stem text, state int) ON COMMIT DROP"
    )
    with cursor.copy("COPY demo_digit FROM STDIN") as copy:
        for state in range(10):
            for triple in range(1000):
                after = state
                for digit in f"{triple:03d}":
                    after = DAMM[after][int(digit)]
                copy.write_row((state, triple, after))
    with cursor.copy("COPY demo_stem FROM STDIN") as copy:
        for day in sorted(set(days)):
            stem = f"{kind}{day:%y%m%d}"
            copy.write_row((day, stem, check_digit(stem)))
    cursor.execute("ANALYZE demo_digit, demo_stem")


def numbered(rows: str, *, key: str, day: str, after: int = 0) -> str:
    """A SELECT of ``key`` and ``number`` for the rows of a table, by its columns for both.

    Serials begin above `after` on every day.
    """
    return f"""SELECT r.{key}, stem.stem || lpad(r.serial::text, 6, '0') || b.state_after AS number
  FROM (SELECT {key}, {day} AS day,
               {after} + row_number() OVER (PARTITION BY {day} ORDER BY {key})::int AS serial
          FROM {rows}) r
  JOIN demo_stem stem ON stem.day = r.day
  JOIN demo_digit a ON a.state = stem.state AND a.triple = r.serial / 1000
  JOIN demo_digit b ON b.state = a.state_after AND b.triple = r.serial % 1000"""  # noqa: S608


def pass_over(cursor: Any, *, most_a_day: int) -> None:
    """Let live numbers begin above the serials that bulk rows took on any day."""
    cursor.execute(
        "SELECT nextval('core_number_seq') FROM generate_series(1, %s)",
        [most_a_day // BLOCK + 2],
    )
