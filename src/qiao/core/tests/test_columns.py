"""Columns of numbers and texts between the database and Python."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.columns import fetch_columns, numbers, texts

TEXTS = st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")))


@pytest.mark.django_db
def test_columns_come_as_numbers_in_their_order() -> None:
    ask = (
        "SELECT (n * 10000000000)::bigint, -n::int FROM generate_series(1, %(most)s) n ORDER BY n"
    )
    large, small = fetch_columns(ask, {"most": 3}, ("bigint", "int"))
    assert large.tolist() == [10**10, 2 * 10**10, 3 * 10**10]
    assert small.tolist() == [-1, -2, -3]
    assert [len(each) for each in fetch_columns(ask, {"most": 0}, ("bigint", "int"))] == [0, 0]


@pytest.mark.django_db
def test_a_column_of_numbers_holds_no_null() -> None:
    with pytest.raises(ValueError, match="NULL"):
        fetch_columns("SELECT 1::int UNION ALL SELECT NULL", {}, ("int",))


@pytest.mark.django_db
def test_texts_and_numbers_come_back_as_they_were_sent() -> None:
    def sent(values: list[str]) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text[]", [texts(values)])
            found: list[str] = cursor.fetchone()[0]
            return found

    @given(TEXTS)
    def holds(values: list[str]) -> None:
        assert sent(values) == values

    holds()
    for odd in ([], [""], ["", ""], ["a\x1fb", "c"], ['"', "\\", "{,}", "NULL", "null"]):
        assert sent(odd) == odd
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bigint[]", [numbers([3, None, -1])])
        assert cursor.fetchone()[0] == [3, None, -1]
