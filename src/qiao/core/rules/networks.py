"""Addresses of the network: where a request comes from, and in which ranges that lies."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def plain_address(address: str) -> IPv4Address | IPv6Address | None:
    """An address as written, an IPv4 one also in the form of IPv6; None for what is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def lies_in(address: str, ranges: Iterable[str]) -> bool:
    """Whether an address lies in one of the ranges; without ranges every address does."""
    wanted = [ip_network(text) for text in ranges]
    if not wanted:
        return True
    found = plain_address(address)
    return found is not None and any(
        found in network for network in wanted if network.version == found.version
    )


def caller(*, peer: str, forwarded: str, proxies: Iterable[str]) -> str:
    """Where a request comes from: the peer, or what trusted proxies say of whom they stand for.

    `forwarded` is ``X-Forwarded-For``, the nearest last. It is believed only as far as it was
    written by a proxy of ours: the first address from the right that is none of `proxies`.
    """
    trusted = tuple(proxies)
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    found = peer
    while trusted and hops and lies_in(found, trusted):
        found = hops.pop()
    return found
