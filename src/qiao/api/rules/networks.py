"""Addresses: from where a key may be used, and where a webhook may be sent."""

from ipaddress import ip_network
from typing import Final

from qiao.core.rules.networks import plain_address

MOST_RANGES: Final = 20
# Ways by which an IPv6 address stands for an IPv4 one: NAT64 (RFC 6052, 8215), 6to4, Teredo.
_CARRIERS: Final = tuple(
    ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
# The protocols' own range (RFC 6890), of which parts count as global, and what IPv6 once had for
# nets of a house (RFC 3879), which no registry lists any more and old nets still route.
_HOUSES: Final = tuple(ip_network(text) for text in ("192.0.0.0/24", "fec0::/10"))


class BadRange(ValueError):  # noqa: N818 - names the finding
    """Not a range of addresses in the form ``10.1.0.0/16``; the text is its only argument."""


def read_ranges(text: str) -> tuple[str, ...]:
    """Ranges separated by spaces, commas or lines, each in its shortest form; a bare address is a
    range of one.

    Raises:
        BadRange: one cannot be read, or there are more than `MOST_RANGES`.
    """
    found: dict[str, None] = {}
    for word in text.replace(",", " ").split():
        try:
            found[str(ip_network(word, strict=False))] = None
        except ValueError as error:
            raise BadRange(word) from error
    if len(found) > MOST_RANGES:
        raise BadRange(f"> {MOST_RANGES}")
    return tuple(found)


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet: neither this machine nor the house's net.

    Refused are loopback, private, link-local (cloud metadata), site-local, shared, multicast,
    reserved, unspecified and protocol ranges (IANA special-purpose registries), and IPv6 forms
    that carry an IPv4 one.
    """
    found = plain_address(address)
    if found is None or not found.is_global or found.is_multicast or found.is_reserved:
        return False
    refused = (*_CARRIERS, *_HOUSES)
    return not any(found in range_ for range_ in refused if range_.version == found.version)
