"""Which network addresses belong to the public internet: those that anybody may have us call.

The rest are our own machine and its neighbours, and services that trust whoever reaches them, such as the
metadata services of clouds. An address that carries another one inside it (IPv4 in IPv6, NAT64, 6to4) is judged
by both. The registries of special addresses are IANA's; Python knows them as they were when it was built, so
what was added later is named here.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NEVER: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carriers' address translation
        "168.63.129.16/32",  # the machine that runs a virtual machine of Azure
        "169.254.0.0/16",  # link-local, and the metadata services of most clouds
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b:1::/48",  # address translation inside a network
        "100::/64",
        "2001::/23",  # Teredo and other experiments
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
    )
)
_IN_USE = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def read_address(host: str) -> Address | None:
    """The address that a host name is, written in the one usual way; None if it is a name or a trick."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether the address, and each one inside it, is one that everybody on the internet could reach."""
    return all(_is_public(each) for each in _with_those_inside(address))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address in _NAT64:
        return True
    if isinstance(address, IPv6Address) and address not in _IN_USE:
        return False
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _with_those_inside(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    else:
        yield address
        if address.sixtofour is not None:
            yield address.sixtofour
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
