"""Parts of files that browsers ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.ranges import NotThere, Part, part_of


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", Part(0, 99)),
        ("bytes=0-0", Part(0, 0)),
        ("Bytes = 90 - 400", Part(90, 99)),
        ("bytes=-1", Part(99, 99)),
        ("bytes=-400", Part(0, 99)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-3", None),
        ("bytes=0-1,5-6", None),
        ("pages=0-1", None),
    ],
)
def test_a_header_is_read_as_the_standard_says(header: str, part: Part | None) -> None:
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_what_lies_outside_is_refused(header: str) -> None:
    with pytest.raises(NotThere):
        part_of(header, 100)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_part_lies_within_its_file(size: int, first: int, last: int) -> None:
    try:
        part = part_of(f"bytes={first}-{last}", size)
    except NotThere:
        assert first >= size
        return
    if part is None:
        assert last < first
    else:
        assert 0 <= part.first <= part.last < size
        assert part.length == min(last, size - 1) - first + 1
