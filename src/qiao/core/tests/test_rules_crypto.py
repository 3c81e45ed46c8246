"""What is sealed opens only with its key, in its place, unharmed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.core.crypto import (
    ENVIRONMENT_KEY,
    BadKey,
    KeyRing,
    WrongKey,
    default_ring,
    field_context,
    new_secret,
    version_of,
)

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
RING = KeyRing({1: OLD})
HERE = field_context("customers_identity", "number", 7)

values = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(values)
def test_a_value_comes_back_and_is_never_stored_twice_alike(value: str) -> None:
    stored = RING.encrypt(value, context=HERE)
    assert RING.decrypt(stored, context=HERE) == value
    assert RING.decrypt(memoryview(stored), context=HERE) == value
    assert stored != RING.encrypt(value, context=HERE)
    assert len(value) < 4 or value.encode() not in stored


@given(values, st.data())
@settings(max_examples=200)
def test_every_flipped_bit_is_refused(value: str, data: st.DataObject) -> None:
    stored = bytearray(RING.encrypt(value, context=HERE))
    place = data.draw(st.integers(0, len(stored) - 1))
    stored[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(WrongKey):
        RING.decrypt(bytes(stored), context=HERE)


@given(st.binary(max_size=60))
def test_foreign_bytes_are_refused(stored: bytes) -> None:
    with pytest.raises(WrongKey):
        RING.decrypt(stored, context=HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        field_context("customers_identity", "number", 8),
        field_context("customers_identity", "hint", 7),
        field_context("customers_bank", "number", 7),
        field_context("customers_identity", "number"),
        b"",
    ],
)
def test_a_value_does_not_open_in_another_place(elsewhere: bytes) -> None:
    stored = RING.encrypt("330102199003078515", context=HERE)
    with pytest.raises(WrongKey) as refusal:
        RING.decrypt(stored, context=elsewhere)
    assert refusal.value.reason == "refused"


@given(st.lists(st.text(max_size=5), min_size=2), st.lists(st.text(max_size=5), min_size=2))
def test_different_parts_never_give_one_context(one: list[str], other: list[str]) -> None:
    assert (field_context(*one) == field_context(*other)) == (one == other)


def test_another_secret_of_the_same_version_is_refused() -> None:
    stored = RING.encrypt("x", context=HERE)
    with pytest.raises(WrongKey) as refusal:
        KeyRing({1: NEW}).decrypt(stored, context=HERE)
    assert refusal.value.reason == "refused"
    with pytest.raises(WrongKey) as unknown:
        KeyRing({2: OLD}).decrypt(stored, context=HERE)
    assert (unknown.value.reason, unknown.value.version) == ("unknown-version", 1)


def test_rotation_reads_old_rows_writes_new_ones_and_lets_the_old_secret_go() -> None:
    old = RING.encrypt("330102199003078515", context=HERE)
    both = KeyRing({1: OLD, 2: NEW})
    assert both.decrypt(old, context=HERE) == "330102199003078515"
    assert not both.is_current(old)
    moved = both.reencrypt(old, context=HERE)
    assert both.is_current(moved)
    assert version_of(moved) == 2
    assert KeyRing({2: NEW}).decrypt(moved, context=HERE) == "330102199003078515"


def test_a_version_cannot_be_exchanged_for_another() -> None:
    same = KeyRing({1: OLD, 2: OLD})
    stored = KeyRing({1: OLD}).encrypt("x", context=HERE)
    with pytest.raises(WrongKey):
        same.decrypt(b"v2" + stored[2:], context=HERE)


@given(values, values)
def test_blind_indexes_are_equal_exactly_for_equal_values(one: str, other: str) -> None:
    place = field_context("customers_identity", "number")
    same = RING.blind_index(one, context=place) == KeyRing({1: OLD}).blind_index(
        other, context=place
    )
    assert same == (one == other)
    assert RING.blind_index(one, context=place) != RING.blind_index(one, context=HERE)
    assert len(RING.blind_index(one, context=place)) == 35


def test_a_search_during_rotation_tries_every_version() -> None:
    both = KeyRing({1: OLD, 2: NEW})
    tried = both.blind_indexes("1", context=HERE)
    assert tried[0] == both.blind_index("1", context=HERE)
    assert RING.blind_index("1", context=HERE) in tried
    assert len(set(tried)) == 2


def test_secrets_are_read_as_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = new_secret(), new_secret()
    assert KeyRing.from_text(one).current == 1
    assert KeyRing.from_text(f"v1:{one}, v3:{two}").versions == (3, 1)
    assert KeyRing.from_text(one.rstrip("=").replace("+", "-").replace("/", "_")).current == 1
    monkeypatch.setenv(ENVIRONMENT_KEY, one)
    stored = default_ring().encrypt("x", context=HERE)
    assert KeyRing.from_text(f"v1:{one}").decrypt(stored, context=HERE) == "x"
    assert default_ring() is default_ring()


@pytest.mark.parametrize("text", ["", ",", "short", "v1:", "not base64!", "v1:AAAA"])
def test_a_malformed_secret_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(BadKey) as refusal:
        KeyRing.from_text(text)
    assert not text.strip(",") or text not in str(refusal.value)


def test_a_missing_or_doubled_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_KEY, raising=False)
    with pytest.raises(BadKey, match=ENVIRONMENT_KEY):
        default_ring()
    with pytest.raises(BadKey, match="twice"):
        KeyRing.from_text(f"v1:{new_secret()},v1:{new_secret()}")


def test_a_ring_does_not_show_its_secrets() -> None:
    assert repr(RING) == "<KeyRing versions (1,)>"
