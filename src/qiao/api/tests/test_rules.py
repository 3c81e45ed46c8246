"""Rules of the module: keys, scopes, networks, signatures, pauses, times."""

from datetime import timedelta
from ipaddress import ip_address
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.api.rules import backoff, keys, latency, networks, scopes, signing
from qiao.api.views.v1.contacts import Channel
from qiao.api.views.v1.customers import Flag
from qiao.api.words import SCOPES as SAID
from qiao.contact.models import Interaction
from qiao.core.registry import registry
from qiao.core.rules.networks import lies_in
from qiao.customers.models import ProtectedFlag


def test_a_key_is_read_as_it_was_written() -> None:
    for _ in range(50):
        secret = keys.new_secret(keys.new_public_id())
        assert keys.read_key(secret.text) == secret
        assert keys.matches(secret, [secret.digest])


@given(st.text())
def test_no_other_text_is_a_key(text: str) -> None:
    assert keys.read_key(text) is None


def test_two_secrets_of_a_key_do_not_match() -> None:
    first, second = keys.new_secret("a" * 12), keys.new_secret("a" * 12)
    assert not keys.matches(first, [second.digest])
    assert not keys.matches(first, [])
    assert keys.matches(first, [second.digest, first.digest])


def test_every_scope_stands_for_rights_that_exist_and_has_words() -> None:
    known = set(registry.permissions())
    assert scopes.permissions_of(scopes.SCOPES) <= known
    assert set(SAID) == set(scopes.SCOPES)


def test_choices_of_the_description_are_those_of_the_tables() -> None:
    assert set(get_args(Channel)) == set(Interaction.Channel.values)
    assert set(get_args(Flag)) == set(ProtectedFlag.values)


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",  # noqa: S104
    "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1%eth0", "2001:db8::1",
    "fec0::1", "feff::1", "192.0.0.8", "192.0.0.9", "::ffff:192.0.0.8", "localhost", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_the_house_is_not_public(address: str) -> None:
    assert not networks.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert networks.is_public(address)


@given(st.ip_addresses())
def test_nothing_private_is_ever_public(address: object) -> None:
    found = ip_address(str(address))
    assert not (networks.is_public(str(address)) and (found.is_private or found.is_loopback))


@given(st.ip_addresses(v=4))
def test_an_address_lies_in_its_own_range_however_it_is_written(address: object) -> None:
    (own,) = networks.read_ranges(str(address))
    assert lies_in(str(address), [own])
    assert lies_in(f"::ffff:{address}", [own])


def test_ranges_are_read_or_refused_by_word() -> None:
    text = "10.1.7.1/16, 2001:db8::/32\n192.168.1.1"
    assert networks.read_ranges(text) == ("10.1.0.0/16", "2001:db8::/32", "192.168.1.1/32")
    with pytest.raises(networks.BadRange):
        networks.read_ranges("10.1.0.0/33")
    with pytest.raises(networks.BadRange):
        networks.read_ranges(" ".join(f"10.0.0.{n}" for n in range(30)))
    assert not lies_in("unknown", ["10.0.0.0/8"])


def test_a_signature_is_that_of_the_specification() -> None:
    told = signing.headers(
        signing=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1_614_265_330,
        body=b'{"test": 2432232314}',
    )
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_pauses_grow_from_seconds_to_hours_and_end_after_three_days() -> None:
    pauses = [backoff.pause_after(n, stretch=0) for n in range(1, backoff.ATTEMPTS)]
    known = [pause for pause in pauses if pause is not None]
    assert known[0] == timedelta(seconds=5)
    assert known[-1] == timedelta(hours=8)
    assert known == sorted(known)
    assert timedelta(days=2.5) < sum(known, timedelta()) <= timedelta(days=3.2)
    assert backoff.pause_after(backoff.ATTEMPTS, stretch=0) is None


@given(st.integers(1, backoff.ATTEMPTS - 1), st.floats(0, 1))
def test_a_pause_is_stretched_by_a_tenth_at_most(attempts: int, stretch: float) -> None:
    plain = backoff.pause_after(attempts, stretch=0)
    stretched = backoff.pause_after(attempts, stretch=stretch)
    assert plain is not None
    assert stretched is not None
    assert plain <= stretched <= plain * 1.11


@given(st.lists(st.floats(0.1, 20_000), min_size=1), st.floats(0.01, 1))
def test_a_percentile_lies_in_the_class_of_the_true_one(times: list[float], share: float) -> None:
    counts = [0] * latency.CLASSES
    for each in times:
        counts[latency.class_of(each)] += 1
    found = latency.percentile(counts, share)
    assert found is not None
    place = next(n for n in range(len(times)) if n + 1 >= share * len(times))
    true = latency.class_of(sorted(times)[place])
    low = latency.BOUNDS_MS[true - 1] if true else 0
    high = latency.BOUNDS_MS[true] if true < len(latency.BOUNDS_MS) else float("inf")
    assert low <= found <= high


def test_without_calls_there_is_no_percentile() -> None:
    assert latency.percentile([0] * latency.CLASSES, 0.95) is None
