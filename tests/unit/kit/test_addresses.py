"""Only what everybody on the internet can reach is public, however the address is dressed up."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.addresses import is_public, read_address

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nobody listens here
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("written", PRIVATE)
def test_what_only_some_can_reach_is_not_public(written: str) -> None:
    assert not is_public(ip_address(written))


@pytest.mark.parametrize("written", PUBLIC)
def test_what_everybody_can_reach_is_public(written: str) -> None:
    assert is_public(ip_address(written))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_one_is_judged_like_itself(inner: IPv4Address) -> None:
    mapped = IPv6Address(int(IPv6Address("::ffff:0:0")) + int(inner))
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) + int(inner))
    tunnelled = IPv6Address(int(IPv6Address("2002::")) + (int(inner) << 80))

    assert {is_public(each) for each in (mapped, translated, tunnelled)} == {is_public(inner)}


@given(st.ip_addresses())
def test_nothing_is_public_that_python_knows_not_to_be(
    address: IPv4Address | IPv6Address,
) -> None:
    special = address.is_loopback or address.is_link_local or address.is_multicast
    assert not (is_public(address) and special)


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "localhost", ""]
)
def test_only_the_usual_way_to_write_an_address_is_read(host: str) -> None:
    assert read_address(host) is None
